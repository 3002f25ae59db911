"""The pages of decisions: who sees what, what is said, keeping one by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import translation

from apps.core.decision_kinds import effect_page
from apps.core.models import Decision
from apps.kpis.actions.decisions import change_note, record_decision
from apps.kpis.effects_page import bar_of
from apps.kpis.models import DealFact
from apps.kpis.models.effects import decisions_visible_to
from apps.kpis.night.effects import store_effects
from tests.factories.deals import staged_pipeline
from tests.factories.decisions import DecisionFactory, weekly_facts
from tests.factories.staff import TeamNodeFactory, UserFactory

pytestmark = pytest.mark.django_db

START = date(2026, 3, 16)
BEFORE, AFTER = START - timedelta(weeks=6), START + timedelta(weeks=1)
LAST_DAY = AFTER + timedelta(weeks=6, days=-1)
TREATED, PEERS = (100_000, 110_000, 90_000), (100_000, 105_000, 95_000, 110_000, 90_000)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"), time_machine.travel("2026-05-05 09:00+03:00", tick=False):
        yield


def sell(users, levels, gain, pipeline=None):
    pipeline = pipeline or staged_pipeline()
    facts = []
    for user, level in zip(users, levels, strict=True):
        facts += weekly_facts(pipeline, user, BEFORE, 6, won_amount=level)
        facts += weekly_facts(pipeline, user, AFTER, 6, won_amount=level + gain)
    DealFact.objects.bulk_create(facts)


@pytest.fixture
def measured(team_a, team_b, head):
    """Three of team A gained 20,000 a week, five of team B 5,000."""
    treated = [UserFactory(team=team_a, last_name=f"Алов{at}") for at in range(3)]
    peers = [UserFactory(team=team_b, last_name=f"Белов{at}") for at in range(5)]
    sell(treated, TREATED, 20_000)
    sell(peers, PEERS, 5_000)
    decision = DecisionFactory(people=treated, author=head, expected_change=Decimal("0.1"))
    store_effects(LAST_DAY)
    return decision


def plain(words):
    return tuple(str(word).replace("\xa0", " ") for word in words)


def page_of(client, viewer, decision):
    client.force_login(viewer)
    return client.get(reverse("kpis:decision", args=[decision.pk]))


def test_the_page_puts_the_measured_beside_the_expected(client, head, measured):
    viewer = head
    viewer.language = "en"
    viewer.save()
    response = page_of(client, viewer, measured)

    context = response.context
    assert context["verdict"] == (
        "Won revenue: +14.3% against the peers. Expected was +10.0%: it is reached."
    )
    label, count, before, after, change = context["figures"][0]
    assert (label, count) == ("Whom it is about", 3)
    assert plain((before, after, change)) == ("RUB 100k", "RUB 120k", "+RUB 20k")
    assert plain(context["figures"][1][1:]) == ("5", "RUB 100k", "RUB 105k", "+RUB 5k")
    assert [term["value"] for term in context["chart"]["terms"]] == [100.0, 5.0, 15.0, 120.0]
    # 15,000 × 3 people × 34 weeks and 3 days from 5 May to the end of the year.
    assert context["plan"].amount == pytest.approx(15_000 * 3 * 241 / 7)
    assert len(context["treated"]) == 3
    assert (len(context["peers"]), context["strangers"]) == (5, 0)


def test_a_lead_reads_no_names_of_another_team(client, lead, measured):
    response = page_of(client, lead, measured)
    assert response.status_code == 200
    assert (response.context["peers"], response.context["strangers"]) == ([], 5)
    assert "Белов" not in response.content.decode()


def test_figures_that_would_tell_of_two_strangers_are_hidden(client, lead, team_a, team_b, head):
    treated = [UserFactory(team=team_a) for _ in range(3)]
    peers = [UserFactory(team=team_a) for _ in range(3)]
    peers += [UserFactory(team=team_b) for _ in range(2)]
    pipeline = staged_pipeline()
    sell(treated, TREATED, 20_000, pipeline)
    sell(peers, PEERS, 5_000, pipeline)
    decision = DecisionFactory(people=treated, author=head)
    store_effects(LAST_DAY)

    response = page_of(client, lead, decision)
    assert response.context["line"].hides_figures
    assert "figures" not in response.context
    assert "14" not in response.context["line"].effect
    assert "figures" in page_of(client, head, decision).context


def test_who_sees_which_decision(head, director, lead, other_lead, seller, other_seller):
    own_team = DecisionFactory(people=[seller])
    both = DecisionFactory(people=[seller, other_seller])
    nobody = DecisionFactory()
    by_lead = DecisionFactory(author=lead)
    far = UserFactory(team=TeamNodeFactory(kind="department", name="Юг", parent=head.team.parent))
    beyond = DecisionFactory(people=[seller, far])

    def seen(viewer):
        return set(decisions_visible_to(viewer))

    assert seen(director) == {own_team, both, nobody, by_lead, beyond}
    assert seen(head) == {own_team, both}
    assert seen(lead) == {own_team, by_lead}
    assert seen(other_lead) == set()


def test_the_list_says_how_far_each_is(client, head, measured, seller):
    DecisionFactory(people=[seller], author=head, starts_on=date(2026, 5, 1))
    DecisionFactory(people=[seller], author=head, starts_on=date(2026, 5, 20))
    DecisionFactory(people=[seller], author=head, metric="", starts_on=date(2026, 3, 1))
    head.language = "en"
    head.save()
    client.force_login(head)
    lines = list(client.get(reverse("kpis:decisions")).context["page"])
    assert list(plain(line.state for line in lines)) == [
        "begins 20 May 2026",
        "measuring until 18 Jun 2026",
        "clear improvement",
        "not measured: no metric is named",
    ]
    assert [line.effect for line in lines] == ["", "", "+14.3%", ""]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("kind=handover", 1),
        ("state=better", 1),
        ("state=measuring", 0),
        ("since=2026-04-01", 1),
        ("until=2026-03-31", 1),
        ("since=nonsense", 0),
    ],
)
def test_the_list_is_narrowed(client, head, measured, seller, query, count):
    DecisionFactory(people=[seller], kind="handover", starts_on=date(2026, 4, 20))
    client.force_login(head)
    response = client.get(f"{reverse('kpis:decisions')}?{query}")
    assert len(response.context["page"].object_list) == count


@pytest.mark.parametrize("count", [1, 6])
def test_the_number_of_statements_does_not_grow(
    client, head, measured, seller, count, django_assert_max_num_queries
):
    for _ in range(count):
        DecisionFactory(people=[seller], author=head)
    store_effects(LAST_DAY)
    client.force_login(head)
    client.get(reverse("kpis:decisions"))
    with django_assert_max_num_queries(8):
        client.get(reverse("kpis:decisions"))
    with django_assert_max_num_queries(12):
        client.get(reverse("kpis:decision", args=[measured.pk]))


def said(**changed):
    return {
        "kind": "resolution",
        "note": "Звонить старым клиентам",
        "metric": "revenue",
        "expected": "7.5",
        "starts_on": "2026-05-04",
        "ends_on": "",
    } | changed


def test_a_head_keeps_a_decision(client, head, seller, teammate):
    client.force_login(head)
    response = client.post(reverse("kpis:decision_create"), said(people=[seller.pk, teammate.pk]))
    decision = Decision.objects.get()
    assert response.url == reverse("kpis:decision", args=[decision.pk])
    assert (decision.author, decision.metric, decision.expected_change) == (
        head,
        "revenue",
        Decimal("0.075"),
    )
    assert set(decision.people.all()) == {seller, teammate}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ends_on": "2026-05-04"}, "ends_on"),
        ({"starts_on": "2025-12-01"}, "starts_on"),
        ({"note": ""}, "note"),
        ({"people": []}, "people"),
        ({"metric": "weather"}, "metric"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(client, head, seller, changed, field):
    client.force_login(head)
    response = client.post(
        reverse("kpis:decision_create"),
        said(people=[seller.pk], **changed) if "people" not in changed else said(**changed),
    )
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Decision.objects.exists()


def test_people_out_of_sight_cannot_be_meant(head, seller):
    stranger = UserFactory(team=None)
    with pytest.raises(PermissionDenied):
        record_decision(
            by=head,
            kind="other",
            people=[seller, stranger],
            metric="revenue",
            starts_on=START,
            note="Слово",
        )
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "handover"}, "unknown_kind"),
        ({"metric": "weather"}, "unknown_metric"),
        ({"note": "  "}, "no_note"),
        ({"people": []}, "no_people"),
        ({"ends_on": START}, "ends_first"),
    ],
)
def test_the_action_refuses_by_itself(head, seller, changed, code):
    fields = {
        "kind": "other",
        "people": [seller],
        "metric": "revenue",
        "starts_on": START,
        "note": "Слово",
    }
    with pytest.raises(ValidationError) as refusal:
        record_decision(by=head, **(fields | changed))
    assert refusal.value.code == code
    assert not Decision.objects.exists()


def test_only_the_words_change_and_only_by_their_author(client, head, director, seller):
    decision = DecisionFactory(author=head, people=[seller])
    with pytest.raises(PermissionDenied):
        change_note(decision, note="Иначе", by=director)

    client.force_login(head)
    address = reverse("kpis:decision_note", args=[decision.pk])
    assert client.post(address, {"note": ""}).status_code == 422
    client.post(address, {"note": "Иначе", "metric": "win_rate", "starts_on": "2026-01-01"})

    decision.refresh_from_db()
    assert (decision.note, decision.metric, decision.starts_on) == ("Иначе", "revenue", START)


def test_deciding_pages_lead_to_the_effect_for_who_may_see_it(head, other_lead, seller):
    decision = DecisionFactory(people=[seller], author=head)
    address = reverse("kpis:decision", args=[decision.pk])
    assert effect_page(decision.pk, head) == address
    assert effect_page(decision.pk, other_lead) == ""
    assert effect_page(decision.pk, seller) == ""
    assert effect_page(None, head) == ""


def test_the_bar_always_shows_zero():
    bar = bar_of(10.0, 15.0, 20.0)
    assert (bar.left, bar.width, bar.middle) == pytest.approx((11 / 22, 10 / 22, 16 / 22))
    assert bar.zero == pytest.approx(1 / 22)
    flat = bar_of(0.0, 0.0, 0.0)
    assert 0 <= flat.left <= 1
