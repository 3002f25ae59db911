"""Scorecards of the night: one statement for all, against what working days had to bring by now."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.deals.actions import move_deal
from apps.kpis.choices import ScopeKind
from apps.kpis.models import Scorecard
from apps.kpis.night.scorecards import scorecards_step
from apps.kpis.snapshots import KpiScore, current_snapshot, scores_of
from tests.factories.kpis import PlanLineFactory, PlanVersionFactory, do_night_of
from tests.factories.schemes import GATE, RECEIVED, REVENUE, crowd, scheme_of
from tests.kpis.conftest import at_work
from tests.kpis.plan_steps import approved

pytestmark = pytest.mark.django_db

FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (2, 3, 4))
# 10 of March's 21 working days are done (the 9th is a holiday).
TENTH_DAY = date(2026, 3, 16)
WON = replace(REVENUE, weight=Decimal(100))


@pytest.fixture
def planned(seller, director, head, team_a):
    """One million of March for the seller."""
    version = PlanVersionFactory(author=head)
    PlanLineFactory(version=version, user=seller, node=team_a, month=MARCH)
    return approved(version, by=director)


def scheme(head, department, **more):
    with at_work(date(2026, 3, 2)):
        return scheme_of(head, node=department, role="seller", starts_on=MARCH, **more)


def card(person, month=MARCH):
    return Scorecard.objects.shown().get(user=person, month=month)


def test_a_month_is_judged_whole_and_lit_by_the_pace(head, department, seller, planned, sell):
    """400,000 of a million with 10 of 21 days done (even days: 0.4762): 40 % of the plan, 84 % of the pace."""
    scheme(head, department, items=[replace(WON, floor=Decimal(0))])
    sell(seller, date(2026, 3, 5), "400000.00")
    do_night_of(TENTH_DAY)

    mine = card(seller)
    assert (mine.score, mine.on_pace, mine.light) == (Decimal("40.0"), Decimal("84.0"), "warn")
    assert mine.share_expected == Decimal("0.4762")
    (line,) = mine.items
    assert (line["fact"], line["target"], line["attainment"]) == (
        400_000,
        1_000_000,
        Decimal("0.4"),
    )
    assert (line["points"], line["weight_used"], line["n"], line["light"]) == (40, 100, 1, "warn")


def test_the_team_table_has_the_scores_of_its_own_night(head, department, seller, planned, sell):
    scheme(head, department, items=[replace(WON, floor=Decimal(0))])
    sell(seller, date(2026, 3, 5), "400000.00")
    do_night_of(TENTH_DAY)

    shown = current_snapshot(ScopeKind.DEPARTMENT, department.pk, MARCH)
    assert scores_of(shown) == {seller.pk: KpiScore(Decimal("40.0"), "warn")}
    assert scores_of(current_snapshot(ScopeKind.PERSON, seller.pk, MARCH)) == {}


def test_without_a_plan_the_line_is_off_and_the_rest_is_rescaled(head, department, seller, sell):
    scheme(head, department)
    sell(seller, date(2026, 3, 5), "400000.00")
    do_night_of(TENTH_DAY)

    mine = card(seller)
    assert (mine.score, mine.is_rescaled) == (Decimal("0.0"), True)
    revenue, received = mine.items
    assert (revenue["off"], revenue["weight_used"]) == ("no_target", 0)
    assert (received["off"], received["weight_used"], received["fact"]) == ("", 100, 0)


def test_a_trend_is_against_the_same_part_of_the_months_before(
    head, department, seller, planned, sell
):
    """300,000 a month on average before, 0.4762 of it by now: 142,860; 400,000 is 180 % more."""
    scheme(head, department, items=[WON])
    for month, amount in ((12, "200000.00"), (1, "300000.00"), (2, "400000.00")):
        sell(seller, date(2025 if month == 12 else 2026, month, 12), amount)
    sell(seller, date(2026, 3, 5), "400000.00")
    do_night_of(TENTH_DAY)

    (line,) = card(seller).items
    share = card(seller).share_expected
    usual = 300_000 * share
    assert line["usual"] == usual
    assert line["trend"] == (400_000 / usual - 1).quantize(Decimal("0.0001"))


def test_an_own_average_is_a_target(head, department, seller, sell):
    """200,000 and 400,000 won in the two months that know him: the target is 300,000."""
    own = replace(WON, target_kind="average", floor=Decimal(0))
    scheme(head, department, items=[own])
    for month, amount in ((1, "200000.00"), (2, "400000.00")):
        sell(seller, date(2026, month, 12), amount)
    sell(seller, date(2026, 3, 5), "150000.00")
    do_night_of(TENTH_DAY)

    (line,) = card(seller).items
    assert (line["target"], line["attainment"]) == (300_000, Decimal("0.5"))


def test_a_rate_over_few_deals_is_off_and_breaks_no_gate(
    head, department, seller, planned, sell, stages
):
    rate = replace(RECEIVED, formula="win_rate", target=Decimal("0.5"))
    scheme(head, department, items=[REVENUE, rate], gates=[GATE])
    sell(seller, date(2026, 3, 5), "800000.00")
    do_night_of(date(2026, 3, 31))

    mine = card(seller)
    assert [line["off"] for line in mine.items] == ["", "few"]
    assert (mine.items[1]["n"], mine.gates[0]["is_broken"], mine.factor) == (1, None, 1)
    assert mine.score == Decimal("80.0")


def test_a_broken_gate_takes_its_share(head, department, seller, planned, sell, stages):
    """One of eleven won: 9 %, below 20 %: 80 × 0.9."""
    scheme(head, department, items=[WON], gates=[GATE])
    sell(seller, date(2026, 3, 5), "800000.00")
    for _ in range(10):
        sell(seller, date(2026, 3, 6), to=stages.lost)
    do_night_of(date(2026, 3, 31))

    mine = card(seller)
    assert (mine.score, mine.before_gates, mine.factor) == (
        Decimal("72.0"),
        Decimal("80.0"),
        Decimal("0.9"),
    )
    assert mine.gates[0]["is_broken"] is True


def test_a_formula_of_ones_own_is_counted(head, department, seller, planned, sell):
    own = replace(
        RECEIVED,
        formula="revenue / won_deals",
        name="Чек",
        weight=Decimal(100),
        target=Decimal(500_000),
    )
    scheme(head, department, items=[own])
    sell(seller, date(2026, 3, 5), "300000.00")
    sell(seller, date(2026, 3, 6), "500000.00")
    do_night_of(TENTH_DAY)

    (line,) = card(seller).items
    assert (line["fact"], line["attainment"], line["name"]) == (400_000, Decimal("0.8"), "Чек")
    # A ratio has no half of the month: the pace asks for all of it.
    assert (line["on_pace"], line["usual"]) == (Decimal("0.8"), None)


def test_people_of_a_position_are_ranked_from_five_on(
    head, department, team_a, seller, teammate, sell
):
    others = crowd(team_a, 2)
    scheme(head, department, items=[replace(RECEIVED, formula="revenue", weight=Decimal(100))])
    for at, person in enumerate([seller, teammate, *others]):
        sell(person, date(2026, 3, 5), f"{20000 * (at + 1)}.00")
    do_night_of(TENTH_DAY)
    assert (card(seller).standing, card(seller).peers) == (None, 4)

    with at_work(date(2026, 3, 16)):
        (fifth,) = crowd(team_a, 1)
    sell(fifth, date(2026, 3, 17), "10000.00")
    do_night_of(date(2026, 3, 17))
    standings = [card(person).standing for person in (fifth, seller, teammate, *others)]
    assert standings == [Decimal(text) for text in ("0", "0.25", "0.5", "0.75", "1")]
    assert [card(fifth).items[0]["standing"], card(fifth).peers] == [0, 5]


def test_a_deal_told_late_changes_the_card_of_its_month(head, department, seller, sell, stages):
    scheme(head, department, items=[replace(RECEIVED, formula="revenue", weight=Decimal(100))])
    deal = sell(seller, date(2026, 3, 30), "90000.00", to=stages.contract)
    do_night_of(date(2026, 4, 1))
    assert (card(seller).score, card(seller, APRIL).score) == (0, 0)

    with at_work(date(2026, 4, 2)):
        move_deal(deal, to=stages.won, by=seller, on=date(2026, 3, 30))
    do_night_of(date(2026, 4, 2))
    assert (card(seller).score, card(seller, APRIL).score) == (90, 0)
    assert not Scorecard.objects.filter(month=FEBRUARY).exists()


def test_a_card_is_seen_when_its_night_is_published(head, department, seller):
    scheme(head, department, items=[replace(RECEIVED, weight=Decimal(100))])
    run = do_night_of(TENTH_DAY)
    assert Scorecard.objects.shown().count() == 1
    run.published_at, run.is_current = None, False
    run.save()
    assert Scorecard.objects.shown().count() == 0


def test_statements_do_not_grow_with_people(head, department, team_a, seller):
    scheme(head, department)
    run = do_night_of(TENTH_DAY)
    counts = []
    for more in (0, 6):
        crowd(team_a, more)
        Scorecard.objects.all().delete()
        with CaptureQueriesContext(connection) as seen:
            assert scorecards_step(run, "") == 1 + more
        counts.append(len(seen))
    assert counts[0] == counts[1]
