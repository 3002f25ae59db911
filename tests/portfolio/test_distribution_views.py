"""The pages of distribution, handover and leads: who sees what, what a form does, how many statements."""

from decimal import Decimal

import pytest
from django.urls import reverse

from apps.clients.models import Client
from apps.core.jobs import run_job
from apps.portfolio.actions.applying import apply_distribution
from apps.portfolio.actions.handover import hand_over
from apps.portfolio.models import Distribution, Handover, LeadRule, LoadNorms, SellerFocus
from tests.factories.distribution import base_of, certify, proposal
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db

SECTION = "portfolio:"


@pytest.fixture
def crew(seller, teammate, lead, head):
    certify(seller, teammate)
    return seller, teammate


def page(client, user, name, *args, query=""):
    client.force_login(user)
    return client.get(reverse(SECTION + name, args=args) + query)


def post(client, user, page, *args, **data):
    client.force_login(user)
    return client.post(reverse(SECTION + page, args=args), data)


def test_the_head_asks_sees_the_preview_and_applies(client, head, team_a, crew):
    base_of(crew[0], 10)
    asked = {"node": team_a.pk, "scope": "all", "tolerance": "0.10", "most_moved": "1.00"}

    answer = post(client, head, "distribution_create", **asked, with_deals="on")

    made = Distribution.objects.get()
    assert answer.url == reverse("core:job", args=[made.job_id])
    run_job(made.job_id)
    shown = page(client, head, "distribution", made.pk)
    assert len(shown.context["page"]) == made.moves.count() == 5
    assert Client.objects.filter(owner=crew[1]).count() == 0

    post(client, head, "distribution_apply", made.pk, with_deals="on", expected="5", until="")

    made.refresh_from_db()
    assert made.state == "applied"
    assert made.decision.expected_change == Decimal("0.05")
    assert Client.objects.filter(owner=crew[1]).count() == 5

    post(client, head, "distribution_undo", made.pk)
    assert Client.objects.filter(owner=crew[0]).count() == 10


def test_a_form_without_the_person_says_so(client, head, team_a, crew):
    asked = {"node": team_a.pk, "scope": "person", "tolerance": "0.10", "most_moved": "1.00"}

    answer = post(client, head, "distribution_create", **asked)

    assert answer.status_code == 422
    assert answer.context["form"].errors["person"]
    assert Distribution.objects.count() == 0


def test_ticking_a_move_answers_with_the_people_anew(client, head, team_a, crew):
    base_of(crew[0], 10)
    made = proposal(head, team_a)
    move = made.moves.first()
    client.force_login(head)

    answer = client.post(
        reverse("portfolio:move_choose", args=[move.pk]), headers={"HX-Request": "true"}
    )

    assert answer.context["verdict"]["clients"] == 4
    move.refresh_from_db()
    assert not move.is_chosen


def test_pinning_counts_anew(client, head, team_a, crew):
    base_of(crew[0], 10)
    made = proposal(head, team_a)

    answer = post(client, head, "seat_mode", made.pk, crew[0].pk, mode="pinned")

    made.refresh_from_db()
    assert answer.url == reverse("core:job", args=[made.job_id])
    assert made.state == "counting"


def test_moves_are_narrowed_to_a_person_and_a_state(client, head, team_a, crew, other_seller):
    base_of(crew[0], 10)
    made = proposal(head, team_a)

    one = page(client, head, "distribution", made.pk, query=f"?person={crew[1].pk}")
    none = page(client, head, "distribution", made.pk, query="?state=skipped")

    assert len(one.context["page"]) == 5
    assert len(none.context["page"]) == 0


def test_the_filtered_moves_are_downloaded(client, head, team_a, crew):
    third = UserFactory(team=team_a, may_receive_clients=True)
    base_of(crew[0], 12)
    made = proposal(head, team_a)
    moves = made.moves.filter(new_owner=third)
    client.force_login(head)

    address = reverse("portfolio:moves_export", args=[made.pk, "csv"])
    answer = client.get(address + f"?person={third.pk}")

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == [move.client.name for move in moves]
    assert client.get(address.replace("csv", "pdf")).status_code == 404


@pytest.mark.parametrize("count", [4, 40])
def test_the_preview_takes_as_many_statements_for_any_base(
    client, head, team_a, crew, count, django_assert_max_num_queries
):
    base_of(crew[0], count)
    made = proposal(head, team_a)
    client.force_login(head)

    with django_assert_max_num_queries(15):
        client.get(made.get_absolute_url())


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_of_a_handover_takes_as_many_statements_for_any_base(
    client, head, crew, count, django_assert_max_num_queries
):
    base_of(crew[0], count)
    made = hand_over(giver=crew[0], receiver=crew[1], by=head, cause="leave")
    client.force_login(head)

    with django_assert_max_num_queries(15):
        client.get(made.get_absolute_url())


def test_lists_take_few_statements(client, head, team_a, crew, django_assert_max_num_queries):
    base_of(crew[0], 6)
    apply_distribution(proposal(head, team_a), by=head)
    hand_over(giver=crew[0], receiver=crew[1], by=head, cause="leave")
    client.force_login(head)

    for name in ("distribution_list", "handover_list", "lead_rules", "focus_list"):
        with django_assert_max_num_queries(12):
            assert client.get(reverse(f"portfolio:{name}")).status_code == 200


def test_a_selection_is_handed_over(client, head, crew):
    clients = base_of(crew[0], 3)
    address = reverse("portfolio:handover_create") + f"?giver={crew[0].pk}"
    client.force_login(head)
    data = {"receiver": crew[1].pk, "cause": "regrouping", "clients": [clients[0].pk]}

    answer = client.post(address, data)

    made = Handover.objects.get()
    assert answer.url == made.get_absolute_url()
    assert set(Client.objects.filter(owner=crew[1])) == {clients[0]}


def test_neither_clients_nor_the_whole_base_is_refused(client, head, crew):
    base_of(crew[0], 3)
    client.force_login(head)
    address = reverse("portfolio:handover_create") + f"?giver={crew[0].pk}"

    answer = client.post(address, {"receiver": crew[1].pk, "cause": "leave"})

    assert answer.status_code == 422
    assert Client.objects.filter(owner=crew[0]).count() == 3


def test_who_may_not_receive_is_not_offered(client, head, crew, lead):
    base_of(crew[0], 1)
    crew[1].may_receive_clients = False
    crew[1].save()

    shown = page(client, head, "handover_create", query=f"?giver={crew[0].pk}")

    offered = set(shown.context["form"].fields["receiver"].queryset)
    assert crew[1] not in offered
    assert lead in offered


def test_the_receiver_accepts_ticks_and_the_head_takes_back(client, head, crew):
    base_of(crew[0], 2)
    made = hand_over(giver=crew[0], receiver=crew[1], by=head, cause="leave")

    post(client, crew[1], "handover_accept", made.pk)
    post(client, crew[1], "handover_step", made.pk, step="brief_read", done="1")
    made.refresh_from_db()
    assert (made.state, made.steps_done) == ("accepted", ["brief_read"])

    post(client, head, "handover_return", made.pk)
    assert Client.objects.filter(owner=crew[0]).count() == 2


def test_norms_are_saved_and_a_stale_save_gets_a_conflict(client, head):
    shown = page(client, head, "load_norms").context["form"]
    data = {name: shown[name].value() for name in shown.fields}
    data |= {"minutes_a": "50"}

    assert post(client, head, "load_norms", **data).status_code == 302
    assert LoadNorms.objects.get().minutes_a == 50
    assert post(client, head, "load_norms", **data).status_code == 409

    assert post(client, head, "load_norms", **data | {"version": "1"}).status_code == 302
    assert LoadNorms.objects.get().version == 2


def test_the_focus_of_a_seller(client, lead, crew, other_seller):
    data = {"cities": "Казань, Уфа", "industries": "", "version": "0"}

    assert post(client, lead, "seller_focus", crew[0].pk, **data).status_code == 302
    assert SellerFocus.objects.get().cities == ["Казань", "Уфа"]
    assert post(client, lead, "seller_focus", crew[0].pk, **data).status_code == 409
    assert post(client, lead, "seller_focus", other_seller.pk, **data).status_code == 404
    assert SellerFocus.objects.count() == 1


def test_a_rule_for_leads_is_made_changed_moved_and_removed(client, head, team_a):
    data = {"name": "Сайт", "node": team_a.pk, "method": "round_robin", "is_on": "on"}

    assert post(client, head, "lead_rule_create", **data, version="0").status_code == 302
    assert post(client, head, "lead_rule_create", **data, version="0").status_code == 302
    first, second = LeadRule.objects.order_by("order")
    changed = data | {"name": "Выставка", "version": "1"}
    assert post(client, head, "lead_rule", second.pk, **changed).status_code == 302
    assert post(client, head, "lead_rule", second.pk, **changed).status_code == 409
    post(client, head, "lead_rule_shift", second.pk, "up")
    assert list(LeadRule.objects.in_force()) == [second, first]
    post(client, head, "lead_rule_archive", first.pk)

    rules = page(client, head, "lead_rules").context["rules"]
    assert [one.name for one in rules] == ["Выставка"]
