"""What the payloads say, computed by hand."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from apps.deals.actions import log_activity, plan_next_step
from apps.kpis.choices import PeriodKind
from apps.kpis.models import PlanLine, Snapshot, StockFact
from apps.kpis.snapshots import current_snapshot
from tests.factories.deals import ScheduleLineFactory
from tests.factories.kpis import (
    MOSCOW,
    PlanLineFactory,
    PlanVersionFactory,
    do_night_of,
    morning_after,
)
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
# Thursday, the 13th of 21 working days of March 2026.
DAY = date(2026, 3, 19)
D = Decimal


def payload_of(kind, pk, day=DAY, month=None):
    with time_machine.travel(morning_after(day)):
        return current_snapshot(kind, pk, month).payload


@pytest.fixture
def plan(head, seller, team_a):
    version = PlanVersionFactory(author=head)
    PlanLineFactory(version=version, node=team_a, user=seller, amount=D("1050000.00"))
    return version


def test_plan_fact_and_pace_by_even_days(sell, seller, plan):
    sell(seller, date(2026, 3, 2), "400000.00")
    sell(seller, DAY, "120000.00")
    do_night_of(DAY)
    payload = payload_of("person", seller.pk)
    result = payload["result"]

    assert payload["period"] == {
        "kind": "month",
        "start": "2026-03-01",
        "end": "2026-04-01",
        "is_over": False,
        "days_done": 13,
        "days_total": 21,
        "days_left": 8,
    }
    assert result["fact"] == D(520000)
    # 13 of 21 days is 0.6190 of 1,050,000.
    assert (result["share_expected"], result["share_history"]) == (D("0.619"), 0)
    assert result["expected"] == D(649950)
    assert result["gap"] == D(-129950)
    assert result["pace"] == D("0.8001")
    assert result["attainment"] == D("0.4952")
    assert result["needed_per_day"] == D(66250)
    assert result["current_per_day"] == D(40000)
    assert result["short_per_day"] == D(26250)
    assert result["run_rate"] == D("840064.62")


def test_the_series_ends_on_fact_and_plan(sell, seller, plan):
    sell(seller, date(2026, 3, 2), "400000.00")
    sell(seller, date(2026, 3, 8), "7000.00")
    do_night_of(DAY)
    series = payload_of("person", seller.pk)["series"]

    assert len(series["days"]) == len(series["fact"]) == len(series["plan"]) == 21
    assert series["fact"][0] == D(400000)
    # Sunday the 8th and the holiday of the 9th count on Tuesday the 10th.
    assert series["days"][5] == "2026-03-10"
    assert series["fact"][4:6] == [D(400000), D(407000)]
    assert series["fact"][12] == D(407000)
    assert series["fact"][13:] == [None] * 8
    assert series["plan"][-1] == D(1050000)


def test_the_parts_make_the_whole(sell, seller, teammate, other_seller, company_node, plan):
    for person, amount in ((seller, "1000.10"), (teammate, "2000.20"), (other_seller, "400.40")):
        sell(person, DAY, amount)
    do_night_of(DAY)
    company = payload_of("company", company_node.pk)
    department = company_node.children.get()
    teams = [payload_of("team", node.pk) for node in department.children.all()]

    assert company["result"]["fact"] == D("3400.70")
    assert sum(team["result"]["fact"] for team in teams) == D("3400.70")
    people = [row for row in company["team"] if row["kind"] == "person"]
    assert sum(row["fact"] for row in people) == D("3400.70")
    assert sum(team["deals"]["won_count"] for team in teams) == company["deals"]["won_count"] == 3
    # The plan of the one line reaches every node above it.
    assert company["plan"]["plan"] == D(1050000)
    assert [row["plan"] for row in people if row["id"] == seller.pk] == [D(1050000)]


def test_a_whole_month_compares_with_the_one_before(sell, seller):
    sell(seller, date(2026, 2, 2), "100.00")
    sell(seller, date(2026, 2, 27), "900.00")
    sell(seller, date(2026, 3, 2), "300.00")
    do_night_of(DAY)

    comparison = payload_of("person", seller.pk)["comparison"]
    assert (comparison["fact"], comparison["whole_fact"]) == (D(100), D(1000))
    over = payload_of("person", seller.pk, month=date(2026, 2, 1))
    assert over["period"]["is_over"]
    assert over["result"]["fact"] == D(1000)
    assert over["forecast"] is over["funnel"] is over["burning"] is None


def test_the_first_morning_of_a_month_has_its_own_screen(sell, seller):
    sell(seller, date(2026, 3, 31), "500.00")
    do_night_of(date(2026, 3, 31))
    april = payload_of("person", seller.pk, day=date(2026, 3, 31))

    assert april["period"]["start"] == "2026-04-01"
    assert (april["period"]["days_done"], april["result"]["fact"]) == (0, D(0))
    march = payload_of("person", seller.pk, day=date(2026, 3, 31), month=date(2026, 3, 1))
    assert march["period"]["is_over"]
    assert march["result"]["fact"] == D(500)


def test_hygiene_needs_step_day_amount_and_client(sell, seller, stages, lead):
    good = sell(seller, DAY, to=stages.quote)
    bare = sell(seller, DAY, to=stages.quote)
    with at_work(DAY, 18):
        plan_next_step(
            good,
            by=seller,
            next_step="Позвонить",
            next_step_at=morning_after(DAY + timedelta(days=1)),
        )
    do_night_of(DAY)

    quality = payload_of("person", seller.pk)["quality"]
    assert (quality["hygiene"], quality["n"], quality["no_step"]) == (D("0.5"), 2, 1)
    assert StockFact.objects.get(day=DAY, user=seller).open_count == 2
    assert bare.next_step_at is None


def test_what_burns_is_ordered_by_money(sell, seller, stages, department):
    sell(seller, date(2026, 3, 16), "100.00", to=stages.quote)
    dear = sell(seller, date(2026, 2, 2), "9000.00", to=stages.quote)
    won = sell(seller, date(2026, 3, 2), "5000.00")
    ScheduleLineFactory(deal=won, amount=D("5000.00"), due_on=date(2026, 3, 10))
    do_night_of(DAY)
    burning = payload_of("person", seller.pk)["burning"]

    assert [(row["reason"], row["amount"]) for row in burning["rows"]] == [
        ("stuck", D(9000)),
        ("payment_overdue", D(5000)),
        ("no_step", D(100)),
    ]
    assert (burning["count"], burning["amount"]) == (3, D(14100))
    stuck, debt, _ = burning["rows"]
    assert (stuck["deal_id"], stuck["usual_days"], stuck["days"]) == (dear.pk, 7, 45)
    assert (debt["days"], debt["on"], debt["owner"]) == (10, "2026-03-10", "Семён Селин")
    assert payload_of("department", department.pk)["burning"]["count"] == 3


def test_a_step_of_yesterday_is_overdue_by_a_day(sell, seller, stages):
    deal = sell(seller, DAY, to=stages.quote)
    with at_work(DAY, 16):
        plan_next_step(
            deal,
            by=seller,
            next_step="Позвонить",
            next_step_at=datetime(2026, 3, 19, 18, tzinfo=MOSCOW),
        )
    do_night_of(DAY)

    (row,) = payload_of("person", seller.pk)["burning"]["rows"]
    assert (row["reason"], row["days"], row["on"], row["has_step"]) == (
        "step_overdue",
        1,
        "2026-03-19",
        True,
    )


def test_receivables_by_age(sell, seller):
    won = sell(seller, date(2026, 3, 2), "900000.00")
    for due_on, amount in (
        (date(2026, 3, 20), "100"),
        (date(2026, 3, 19), "200"),
        (date(2025, 12, 1), "300"),
    ):
        ScheduleLineFactory(deal=won, amount=D(amount), due_on=due_on)
    do_night_of(DAY)
    part = payload_of("person", seller.pk)["receivables"]

    amounts = {row["code"]: row["amount"] for row in part["rows"]}
    # The morning of the 20th: what is due that day is not overdue.
    assert amounts == {"not_due": 100, "1_30": 200, "31_60": 0, "61_90": 0, "over_90": 300}
    assert (part["total"], part["overdue"], part["overdue_share"]) == (600, 500, D("0.8333"))


def test_refusals_are_a_pareto_in_money(sell, seller, stages, reason):
    sell(seller, DAY, "3000.00", to=stages.lost)
    sell(seller, DAY - timedelta(days=40), "1000.00", to=stages.lost)
    do_night_of(DAY)
    part = payload_of("person", seller.pk)["refusals"]

    assert [(row["name"], row["count"], row["amount"]) for row in part["days_30"]] == [
        ("Дорого", 1, 3000)
    ]
    assert [(row["count"], row["amount"], row["cumulative"]) for row in part["days_90"]] == [
        (2, 4000, 1)
    ]


def test_activity_against_the_team(sell, seller, teammate, stages, team_a):
    deal = sell(seller, date(2026, 3, 2), to=stages.quote)
    with at_work(date(2026, 3, 3)):
        for _ in range(26):
            log_activity(by=seller, kind="call", deal=deal)
    do_night_of(DAY)
    activity = payload_of("person", seller.pk)["activity"]

    assert (activity["calls"], activity["per_day"]) == (26, 2)
    # Two sellers in the team: 26 touches over 26 person-days.
    assert (activity["norm"], activity["against_norm"]) == (1, 2)
    assert payload_of("team", team_a.pk)["activity"]["person_days"] == 26


def test_the_funnel_counts_matured_entries_only(sell, seller, stages, company_node):
    old = DAY - timedelta(days=90)
    sell(seller, old, "100.00")
    sell(seller, old, "100.00", path=[stages.quote, stages.lost])
    sell(seller, DAY, "100.00", to=stages.quote)
    do_night_of(DAY)
    funnel = payload_of("company", company_node.pk)["funnel"]
    rows = {row["stage_id"]: row for row in funnel["rows"]}

    assert funnel["matures_in_days"] == 60
    assert (rows[stages.lead.pk]["entered"], rows[stages.lead.pk]["conversion"]) == (2, 1)
    quote = rows[stages.quote.pk]
    assert (quote["entered"], quote["passed"], quote["lost"]) == (2, 1, 1)
    assert (quote["conversion"], quote["open_now"]) == (D("0.5"), 1)
    assert stages.lost.pk not in rows
    deals = payload_of("company", company_node.pk)["deals"]
    assert (deals["conversion"], deals["conversion_n"]) == (D("0.5"), 2)


def test_an_untouched_month_is_not_written_again(sell, seller):
    sell(seller, date(2026, 2, 2))
    first = do_night_of(DAY - timedelta(days=1))
    second = do_night_of(DAY)

    months = Snapshot.objects.filter(run=second).values_list("period_start", flat=True).distinct()
    assert list(months) == [date(2026, 3, 1)]
    newest = Snapshot.objects.of("person", seller.pk, PeriodKind.MONTH, date(2026, 2, 1)).first()
    assert newest.run == first


def test_a_new_plan_writes_its_months_again(sell, seller, head, team_a):
    sell(seller, date(2026, 2, 2), "100.00")
    do_night_of(DAY - timedelta(days=1))
    PlanLine.objects.create(
        version=PlanVersionFactory(author=head),
        month=date(2026, 2, 1),
        node=team_a,
        user=seller,
        amount=D("200.00"),
    )
    do_night_of(DAY)

    assert payload_of("person", seller.pk, month=date(2026, 2, 1))["result"]["attainment"] == D(
        "0.5"
    )


def test_money_survives_the_json_to_the_cent(sell, seller):
    sell(seller, DAY, "9999999999.99")
    do_night_of(DAY)

    assert payload_of("person", seller.pk)["result"]["fact"] == D("9999999999.99")


def test_people_see_snapshots_of_their_scope(sell, people, other_seller, team_b):
    sell(other_seller, DAY)
    do_night_of(DAY)
    mine = {role: Snapshot.objects.visible_to(user) for role, user in people.items()}

    assert set(mine["seller"].values_list("scope_kind", "scope_id")) == {
        ("person", people["seller"].pk)
    }
    assert not mine["lead"].filter(scope_id=team_b.pk, scope_kind="team").exists()
    assert mine["head"].filter(scope_id=team_b.pk, scope_kind="team").exists()
    assert mine["director"].count() == Snapshot.objects.count()
    assert not mine["hr"].exists()
