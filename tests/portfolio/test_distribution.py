"""Preview, apply and undo of a distribution; who may, who gets nothing, what changed meanwhile."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.clients.actions import assign_client
from apps.clients.models import Client, OwnerChange
from apps.core.calendars import company_today
from apps.core.jobs import run_job
from apps.core.models import Decision, Job, Notification
from apps.deals.models import Deal
from apps.portfolio.actions.applying import (
    apply_distribution,
    start_applying,
    undo_distribution,
)
from apps.portfolio.actions.distribution import (
    choose_move,
    propose,
    set_mode,
    start_again,
    start_distribution,
)
from apps.portfolio.actions.eligibility import norms_in_force
from apps.portfolio.calculations.load import client_hours
from apps.portfolio.models import Distribution, LoadNorms, SellerFocus, ServiceNorm
from apps.portfolio.proposal_page import seat_rows, verdict
from apps.portfolio.reasons import in_words
from apps.staff.models import User
from apps.tasks.models import Task
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, staged_pipeline
from tests.factories.distribution import base_of, certify, proposal
from tests.factories.staff import AbsenceFactory, UserFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(seller, teammate, lead):
    """The seller has 20 clients, the teammate none; both may receive."""
    certify(seller, teammate)
    return base_of(seller, 20)


def owners():
    return dict(Client.objects.values_list("pk", "owner_id"))


def everything():
    """What a preview must leave as it was."""
    return (
        owners(),
        dict(Client.objects.values_list("pk", "version")),
        dict(Deal.objects.values_list("pk", "owner_id")),
        dict(Task.objects.values_list("pk", "assignee_id")),
        OwnerChange.objects.count(),
        Decision.objects.count(),
        Notification.objects.count(),
    )


def with_work(client):
    """A deal and a task of the owner."""
    deal = DealFactory(client=client, owner=client.owner, pipeline=staged_pipeline())
    return deal, TaskFactory(assignee=client.owner, subject=deal)


def test_the_preview_levels_the_load_and_changes_nothing(head, team_a, base, teammate):
    with_work(base[0])
    before = everything()

    made = proposal(head, team_a)

    assert everything() == before
    assert made.state == "proposed"
    assert {move.new_owner for move in made.moves.all()} == {teammate}
    rows = {row.seat.user: row for row in seat_rows(made)}
    # Eleven hours, of which the client with the deal has one and a half.
    assert rows[teammate].clients in range(8, 13)
    said = verdict(made, list(rows.values()))
    assert said["low_after"] / said["high_after"] > 0.8
    assert said["clients"] == made.moves.count()


def test_the_same_base_gives_the_same_proposal(head, team_a, base):
    first, second = proposal(head, team_a), proposal(head, team_a)

    def moves(one):
        return sorted(one.moves.values_list("client", "new_owner"))

    assert moves(first) == moves(second)


def test_apply_then_undo_restores_every_owner_with_deals_and_tasks(
    head, team_a, base, seller, teammate
):
    works = [with_work(client) for client in base]
    before = owners(), dict(Deal.objects.values_list("pk", "owner_id"))
    made = proposal(head, team_a)

    apply_distribution(made, by=head)

    moved = made.moves.values_list("client", flat=True)
    assert set(Client.objects.filter(owner=teammate).values_list("pk", flat=True)) == set(moved)
    for deal, task in works:
        deal.refresh_from_db()
        task.refresh_from_db()
        assert deal.owner_id == task.assignee_id == owners()[deal.client_id]
    assert OwnerChange.objects.count() == len(moved)

    undo_distribution(made, by=head)

    assert (owners(), dict(Deal.objects.values_list("pk", "owner_id"))) == before
    assert set(Task.objects.values_list("assignee", flat=True)) == {seller.pk}
    made.refresh_from_db()
    assert made.state == "undone"
    assert set(made.moves.values_list("state", flat=True)) == {"undone"}


def test_applying_records_the_decision_and_tells_each_receiver_once(head, team_a, base, teammate):
    made = proposal(head, team_a)
    until = company_today() + timedelta(days=60)

    apply_distribution(
        made, by=head, expected_change=Decimal("0.05"), until=until, note="Ровнее нагрузка"
    )
    apply_distribution(made, by=head)

    decision = Decision.objects.get()
    assert (decision.kind, decision.subject, decision.metric) == ("redistribution", made, "revenue")
    assert (decision.expected_change, decision.ends_on) == (Decimal("0.05"), until)
    assert teammate in decision.people.all()
    assert Notification.objects.filter(user=teammate).count() == 1


def test_deals_stay_when_the_head_wants_so(head, team_a, base, seller):
    deals = [with_work(client)[0] for client in base]
    made = proposal(head, team_a)

    apply_distribution(made, by=head, with_deals=False)

    assert set(Deal.objects.values_list("owner", flat=True)) == {seller.pk}
    assert made.moves.count() > 0
    assert len(deals) == 20


def test_a_colleagues_own_deal_with_the_client_stays_his(
    head, team_a, base, teammate, other_seller
):
    foreign = DealFactory(client=base[0], owner=other_seller, pipeline=staged_pipeline())
    made = proposal(head, team_a)

    apply_distribution(made, by=head)

    foreign.refresh_from_db()
    assert foreign.owner == other_seller


def test_who_changed_hands_meanwhile_is_skipped_and_listed(
    head, team_a, base, teammate, other_seller
):
    made = proposal(head, team_a)
    taken, binned = (move.client for move in made.moves.all()[:2])
    assign_client(taken, to=other_seller, by=head)
    Client.objects.filter(pk=binned.pk).update(archived_at="2026-11-01T00:00:00Z")

    apply_distribution(made, by=head)

    states = dict(made.moves.values_list("client", "skipped_for"))
    assert states[taken.pk] == "changed"
    assert states[binned.pk] == "gone"
    assert owners()[taken.pk] == other_seller.pk
    assert made.moves.filter(state="applied").count() == made.moves.count() - 2


def test_undo_leaves_what_changed_since_and_lists_it(head, team_a, base, seller, other_seller):
    made = apply_distribution(proposal(head, team_a), by=head)
    gone, returned = (move.client for move in made.moves.all()[:2])
    new_owner = made.moves.first().new_owner
    assign_client(gone, to=other_seller, by=head)
    # Away and back again: the last word is not ours any more.
    assign_client(returned, to=other_seller, by=head)
    assign_client(returned, to=new_owner, by=head)

    undo_distribution(made, by=head)

    stayed = dict(made.moves.filter(state="applied").values_list("client", "skipped_for"))
    assert stayed == {gone.pk: "changed", returned.pk: "changed"}
    assert owners()[gone.pk] == other_seller.pk
    assert owners()[returned.pk] == new_owner.pk
    assert Client.objects.filter(owner=seller).count() == 18


def test_undo_does_not_give_clients_to_who_has_left_since(head, team_a, base, seller):
    made = apply_distribution(proposal(head, team_a), by=head)
    User.objects.filter(pk=seller.pk).update(dismissed_on=company_today())

    undo_distribution(made, by=head)

    assert set(made.moves.values_list("skipped_for", flat=True)) == {"owner_left"}


@pytest.mark.parametrize("trouble", ["uncertified", "away", "dismissed"])
def test_who_may_not_receive_gets_nothing(head, team_a, base, teammate, trouble):
    third = UserFactory(team=team_a, may_receive_clients=True)
    make_trouble(teammate, trouble)

    made = proposal(head, team_a)

    receivers = set(made.moves.values_list("new_owner", flat=True))
    assert receivers == {third.pk}


def make_trouble(person, trouble):
    today = company_today()
    if trouble == "uncertified":
        User.objects.filter(pk=person.pk).update(may_receive_clients=False)
    elif trouble == "away":
        AbsenceFactory(user=person, starts_on=today, ends_on=today + timedelta(days=14))
    else:
        User.objects.filter(pk=person.pk).update(dismissed_on=today)


@pytest.mark.parametrize("trouble", ["uncertified", "away", "dismissed"])
def test_who_may_not_receive_any_more_gets_nothing_when_applied(
    head, team_a, base, teammate, seller, trouble
):
    made = proposal(head, team_a)
    make_trouble(teammate, trouble)

    apply_distribution(made, by=head)

    assert set(owners().values()) == {seller.pk}
    assert set(made.moves.values_list("state", "skipped_for")) == {("skipped", "ineligible")}


def test_a_short_absence_is_no_obstacle(head, team_a, base, teammate):
    today = company_today()
    AbsenceFactory(user=teammate, starts_on=today, ends_on=today + timedelta(days=2))

    assert proposal(head, team_a).moves.filter(new_owner=teammate).exists()


def test_a_newcomer_on_ramp_gets_in_proportion(head, team_a, base, teammate):
    User.objects.filter(pk=teammate.pk).update(ramp_share="0.25")

    made = proposal(head, team_a)

    # 20 clients on capacities of 1 and 0.25: four for the newcomer, within ten percent.
    assert made.moves.count() == 4


def test_a_leavers_clients_all_go_to_somebody(head, team_a, base, seller, teammate):
    User.objects.filter(pk=seller.pk).update(dismissed_on=company_today())

    made = proposal(head, team_a, most_moved=Decimal("0.05"))

    assert made.moves.count() == 20
    assert {move.why[0]["code"] for move in made.moves.all()} == {"owner_left"}
    assert in_words(made.moves.first().why).startswith("ответственный больше не работает")


def test_clients_of_one_person_are_divided_among_the_others(head, team_a, team_b, base, seller):
    third = UserFactory(team=team_a, may_receive_clients=True)

    made = proposal(head, team_a, scope="person", person=seller)
    apply_distribution(made, by=head)

    counts = [Client.objects.filter(owner=one).count() for one in (third, seller)]
    assert counts[1] == 0
    assert counts[0] in (9, 10, 11)


def test_clients_without_an_owner_are_divided(head, department, seller, teammate):
    certify(seller, teammate)
    ClientFactory.create_batch(6, owner=None, level="C")

    made = apply_distribution(proposal(head, department, scope="no_owner"), by=head)

    assert Client.objects.filter(owner=None).count() == 0
    assert Client.objects.filter(owner=seller).count() == 3

    undo_distribution(made, by=head)

    assert Client.objects.filter(owner=None).count() == 6


def test_only_the_asked_level_moves(head, team_a, base, seller):
    base_of(seller, 4, level="A")

    made = proposal(head, team_a, scope="level", level="A")

    assert set(made.moves.values_list("level", flat=True)) == {"A"}


def test_people_who_know_the_town_come_first(head, team_a, base, seller, teammate):
    third = UserFactory(team=team_a, may_receive_clients=True)
    SellerFocus.objects.create(user=third, cities=["Казань"])
    SellerFocus.objects.create(user=teammate, cities=["Пермь"])
    kazan = base_of(seller, 6, city="Казань")
    perm = base_of(seller, 6, city="Пермь")

    made = proposal(head, team_a)

    to = dict(made.moves.values_list("client", "new_owner"))
    assert {to.get(client.pk, third.pk) for client in kazan} == {third.pk}
    assert {to.get(client.pk, teammate.pk) for client in perm} == {teammate.pk}


def test_a_pinned_person_keeps_his_own_and_an_excluded_one_receives_nothing(
    head, team_a, base, seller, teammate
):
    made = proposal(head, team_a)

    set_mode(made, person=teammate, mode="excluded", by=head)
    propose(made)
    assert made.moves.count() == 0

    set_mode(made, person=teammate, mode="takes", by=head)
    propose(made)
    set_mode(made, person=seller, mode="pinned", by=head)
    propose(made)
    assert made.moves.count() == 0

    set_mode(made, person=seller, mode="takes", by=head)
    propose(made)
    assert made.moves.count() > 0


def test_an_unticked_move_is_not_made(head, team_a, base, seller):
    made = proposal(head, team_a)
    kept = made.moves.first()

    choose_move(kept, is_chosen=False, by=head)
    apply_distribution(made, by=head)

    assert owners()[kept.client_id] == seller.pk
    kept.refresh_from_db()
    assert kept.state == "kept"


def test_nothing_ticked_is_refused(head, team_a, base):
    made = proposal(head, team_a)
    made.moves.update(is_chosen=False)
    before = owners()

    with pytest.raises(ValidationError) as refusal:
        apply_distribution(made, by=head)

    assert refusal.value.code == "nothing_chosen"
    assert owners() == before


def test_a_lead_divides_within_his_team_only(lead, other_lead, team_a, team_b, base, head):
    made = proposal(lead, team_a)
    before = everything()

    with pytest.raises(PermissionDenied):
        start_distribution(by=lead, node=team_b)
    with pytest.raises(PermissionDenied):
        apply_distribution(made, by=other_lead)
    with pytest.raises(PermissionDenied):
        undo_distribution(made, by=other_lead)
    assert everything() == before
    assert list(Distribution.objects.visible_to(other_lead)) == []
    assert list(Distribution.objects.visible_to(lead)) == [made]

    assert apply_distribution(made, by=lead).state == "applied"


def test_a_lead_cannot_divide_the_clients_of_another_team(lead, team_a, other_seller, base):
    with pytest.raises(PermissionDenied):
        start_distribution(by=lead, node=team_a, scope="person", person=other_seller)


def test_sellers_and_directors_divide_nothing(seller, director, team_a, base):
    for by in (seller, director):
        with pytest.raises(PermissionDenied):
            start_distribution(by=by, node=team_a)
    assert Distribution.objects.count() == 0


def test_an_applied_distribution_is_not_counted_or_changed_again(head, team_a, base, teammate):
    made = apply_distribution(proposal(head, team_a), by=head)

    with pytest.raises(ValidationError) as refusal:
        set_mode(made, person=teammate, mode="pinned", by=head)
    assert refusal.value.code == "not_proposed"
    assert propose(made).state == "applied"


def test_nobody_who_may_receive_gives_an_empty_proposal_that_says_so(head, team_a, seller):
    base_of(seller, 3)

    made = proposal(head, team_a)

    assert made.moves.count() == 0
    rows = seat_rows(made)
    assert verdict(made, rows)["taking"] == 0
    assert {row.seat.obstacle for row in rows} >= {"uncertified"}


def test_the_proposal_is_counted_by_a_job(head, team_a, base):
    made = start_distribution(by=head, node=team_a, most_moved=Decimal(1))
    assert made.state == "counting"

    assert run_job(made.job_id)

    made.refresh_from_db()
    assert Job.objects.get(pk=made.job_id).status == "done"
    assert made.state == "proposed"
    assert made.moves.exists()


def test_a_large_one_is_applied_by_a_job_that_may_run_twice(head, team_a, base, teammate):
    made = proposal(head, team_a)
    job = start_applying(
        made, by=head, with_deals=True, expected_change=Decimal("0.1"), until=None, note="Так надо"
    )

    run_job(job.pk)
    apply_distribution(made, by=head)

    assert Job.objects.get(pk=job.pk).status == "done"
    assert Decision.objects.get().note == "Так надо"
    assert Client.objects.filter(owner=teammate).count() == made.moves.count()


def test_statements_do_not_grow_with_the_base(head, team_a, base, seller):
    made = proposal(head, team_a)
    with CaptureQueriesContext(connection) as few:
        propose(made)
    base_of(seller, 60)
    with CaptureQueriesContext(connection) as many:
        propose(made)

    assert len(many) == len(few)


def test_a_proposal_whose_job_failed_is_counted_again(head, team_a, base):
    made = start_distribution(by=head, node=team_a)
    Job.objects.filter(pk=made.job_id).update(status="failed")

    again = start_again(made, by=head)

    assert again.job_id != made.job_id
    assert run_job(again.job_id)
    made.refresh_from_db()
    assert made.state == "proposed"


def test_a_new_client_costs_by_the_norm_of_new_clients():
    """Not by that of clients without a level: F9 has them in a class of their own, F10 counts by class."""
    ServiceNorm.objects.create(abc="N", touches=4, days=30)

    norms = norms_in_force(LoadNorms.current())

    assert client_hours(norms, "N") == pytest.approx(4 * 15 / 60)
    assert client_hours(norms, "") == pytest.approx(0.25 * 15 / 60)
