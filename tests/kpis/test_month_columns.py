"""Months that the night keeps: the same as the records say, and the same again when asked again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apps.core.metrics import added, find_metric, read_columns
from apps.core.periods import month_of
from apps.deals.actions import create_deal, move_deal
from apps.kpis.actions.plans import save_plan
from apps.kpis.measuring import month_columns
from apps.kpis.models import MonthColumns, NightRun, StockFact
from apps.kpis.night.columns import months_of, store_month
from apps.kpis.night.numbers import plain
from apps.kpis.snapshots import current_snapshot
from apps.staff.actions import join_team
from tests.factories.clients import ClientFactory
from tests.factories.kpis import do_night_of
from tests.factories.staff import UserFactory
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 3, 17)
MARCH, FEBRUARY = date(2026, 3, 1), date(2026, 2, 1)


@pytest.fixture
def spring(sell, stages, seller, teammate, other_seller):
    """February: one deal; March: two won, one lost, one open."""
    sell(seller, date(2026, 2, 10), "100000")
    sell(seller, date(2026, 3, 10), "150000", opened=date(2026, 3, 2))
    sell(teammate, date(2026, 3, 11), "90000")
    sell(other_seller, date(2026, 3, 12), "70000", to=stages.lost)
    sell(other_seller, date(2026, 3, 13), "50000", to=stages.quote)
    return do_night_of(DAY)


def kept():
    """All rows as they lie there, but for the night that wrote them."""
    return list(
        MonthColumns.objects.order_by("month", "user").values_list(
            "month", "user", "team", "values"
        )
    )


def test_the_night_keeps_what_the_records_say(spring, seller, team_a):
    row = MonthColumns.objects.get(month=MARCH, user=seller)

    assert row.team_id == team_a.pk
    assert row.run == spring
    assert row.values["deals.won_count"] == "1"
    assert row.values["deals.won_amount"] == "150000"
    assert row.values["deals.cycle_days"] == "8"
    # 2 to 17 March without the holiday of the 9th.
    assert row.values["presence.days"] == "11"
    assert "deals.lost_count" not in row.values


def test_months_are_read_from_what_is_kept(spring, seller, django_assert_num_queries):
    with django_assert_num_queries(1):
        columns = month_columns(MARCH)

    assert columns[seller.pk]["deals.won_amount"] == D(150_000)
    group = added(columns.values())
    assert find_metric("win_rate").measure(group).value == D(2) / 3
    assert find_metric("average_deal").measure(group).value == D(120_000)


def test_kept_months_equal_the_live_ones(spring):
    """Of every column that is not zero; the balances and flows of the same days."""
    with at_work(DAY + timedelta(days=1), 3):
        live = read_columns(month_of(MARCH))
    assert without_zeros(month_columns(MARCH)) == without_zeros(live)


def without_zeros(people):
    found = {
        person: {name: value for name, value in columns.items() if value}
        for person, columns in people.items()
    }
    return {person: columns for person, columns in found.items() if columns}


def test_a_balance_of_zero_is_known(spring, other_seller):
    values = MonthColumns.objects.get(month=MARCH, user=other_seller).values

    assert values["stock.debt_amount"] == "0"
    assert "deals.adjusted_amount" not in values


def test_before_the_first_night_months_are_read_from_the_records(seller):
    with at_work(DAY):
        assert month_columns(MARCH)[seller.pk]["presence.days"] == 10


def test_calculating_again_gives_the_same(spring):
    before = kept()
    do_night_of(DAY, rebuild=True)

    assert kept() == before
    assert NightRun.objects.count() == 2


def test_a_late_event_changes_its_month_and_no_other(spring, stages, seller):
    before = {row[:2]: row for row in kept()}
    late = date(2026, 1, 20)
    with at_work(DAY + timedelta(days=1), 9):
        deal = create_deal(
            by=seller,
            title="Забытая",
            pipeline=stages.pipeline,
            owner=seller,
            client=ClientFactory(owner=seller),
            amount=D(33_000),
            opened_on=late,
        )
        move_deal(deal, to=stages.won, by=seller, on=late)
    run = do_night_of(DAY + timedelta(days=1))

    assert months_of(run) == ["2026-01-01", "2026-02-01", "2026-03-01"]
    january = MonthColumns.objects.get(month=date(2026, 1, 1), user=seller)
    assert january.values["deals.won_amount"] == "33000"
    after = {row[:2]: row for row in kept()}
    changed = {key[0] for key, row in before.items() if after[key] != row}
    assert changed == {date(2026, 1, 1), MARCH}


def test_a_quiet_night_writes_this_month_and_the_one_before(spring):
    run = do_night_of(DAY + timedelta(days=1))

    assert months_of(run) == ["2026-02-01", "2026-03-01"]


def test_on_the_morning_of_the_first_the_new_month_has_no_rows(spring):
    do_night_of(date(2026, 3, 31))

    assert not MonthColumns.objects.filter(month=date(2026, 4, 1)).exists()
    assert MonthColumns.objects.filter(month=MARCH).exists()


def test_balances_of_a_past_month_are_those_of_its_last_day(spring, other_seller, sell, stages):
    sell(other_seller, date(2026, 3, 20), "10000", to=stages.quote)
    do_night_of(date(2026, 3, 31))
    do_night_of(date(2026, 4, 1))

    assert StockFact.objects.filter(user=other_seller, day=date(2026, 3, 31)).exists()
    assert month_columns(MARCH)[other_seller.pk]["stock.open_count"] == 2


def test_what_only_the_present_knows_stays_as_it_was_written(spring, seller):
    """The base of a person is not remembered; counting March in April leaves what March wrote."""
    do_night_of(date(2026, 3, 31))
    before = month_columns(MARCH)[seller.pk]["cards.client_count"]
    ClientFactory.create_batch(3, owner=seller)
    run = do_night_of(date(2026, 4, 2), rebuild=True)
    with at_work(date(2026, 4, 3), 3):
        store_month(run, "2026-03-01")

    assert before == 2
    assert month_columns(MARCH)[seller.pk]["cards.client_count"] == 2
    assert month_columns(date(2026, 4, 1))[seller.pk]["cards.client_count"] == 5


def test_the_team_is_that_of_the_end_of_the_month(spring, seller, team_a, team_b):
    join_team(seller, team_b, date(2026, 3, 2))
    do_night_of(date(2026, 3, 18), rebuild=True)

    teams = MonthColumns.objects.filter(user=seller, month__in=[FEBRUARY, MARCH])
    assert dict(teams.values_list("month", "team")) == {FEBRUARY: team_a.pk, MARCH: team_b.pk}


def test_the_conversion_is_the_one_of_the_dashboard(sell, stages, seller, department, head):
    for day in range(1, 13):
        sell(seller, date(2025, 12, day), "1000", to=stages.won if day % 3 == 0 else stages.lost)
    do_night_of(DAY)

    group = added(month_columns(MARCH).values())
    measure = find_metric("conversion").measure(group)
    with at_work(DAY + timedelta(days=1)):
        shown = current_snapshot("department", department.pk).payload["deals"]
    assert (measure.value, measure.n) == (D(4) / 12, 12)
    assert (round(measure.value, 2), measure.n) == (
        round(shown["conversion"], 2),
        shown["conversion_n"],
    )


def test_the_plan_of_the_month_is_attained_by_the_version_in_force(spring, head, seller):
    save_plan(by=head, year=2026, level="plan", amounts={(seller.pk, MARCH): D(300_000)}, base=None)
    do_night_of(DAY + timedelta(days=1))

    assert find_metric("attainment").measure(month_columns(MARCH)[seller.pk]).value == D("0.5")


@pytest.mark.parametrize("people", [1, 4])
def test_a_month_is_written_by_a_fixed_number_of_statements(
    spring, people, team_a, django_assert_max_num_queries
):
    UserFactory.create_batch(people, team=team_a)
    with at_work(DAY + timedelta(days=1), 3), django_assert_max_num_queries(58):
        store_month(spring, "2026-03-01")


def test_who_sees_the_rows(spring, seller, teammate, other_seller, lead, head, hr):
    def seen(viewer):
        rows = MonthColumns.objects.visible_to(viewer).filter(month=MARCH)
        return set(rows.values_list("user", flat=True))

    assert seen(seller) == {seller.pk}
    assert seen(lead) == {seller.pk, teammate.pk}
    assert {seller.pk, other_seller.pk} <= seen(head)
    assert seen(hr) == set()


@pytest.mark.parametrize(
    ("value", "text"), [("12.50", "12.5"), ("300.00", "300"), ("3E+2", "300"), ("-0.010", "-0.01")]
)
def test_a_number_is_written_in_one_way(value, text):
    assert plain(D(value)) == text
