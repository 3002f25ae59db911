"""The worked examples of apps/kpis/FORMULAS.md, and what must hold for any numbers."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kpis import calculations as calc
from apps.kpis.night.months import curve_of

D = Decimal
MONEY = st.decimals(min_value=0, max_value=10**9, places=2)
WEIGHTS = st.lists(st.decimals(min_value=0, max_value=10, places=2), min_size=1, max_size=12)


def curve(*values):
    return [D(value) for value in values]


PAST = [curve(10, 30, 60, 100), curve(20, 40, 70, 200), curve(5, 15, 20, 50)]


def test_share_of_a_past_month_at_this_working_day():
    assert calc.share_at(curve(10, 30, 60, 100), 2, 4) == D("0.3")
    # Day 10 of 20 is the end of the second of four days; day 3 of 8 lies half-way to it.
    assert calc.share_at(curve(10, 30, 60, 100), 10, 20) == D("0.3")
    assert calc.share_at(curve(10, 30, 60, 100), 3, 8) == D("0.2")
    assert calc.share_at(curve(0, 0), 1, 2) is None
    assert calc.share_at([], 1, 2) is None


def test_expected_share_is_the_mean_of_three_months_or_more():
    # 0.30, 0.20 and 0.30 at the second of four days.
    assert calc.expected_share(PAST, 2, 4) == (D("0.2667"), 3)
    assert calc.expected_share(PAST[:2], 2, 4) == (D("0.5"), 0)
    assert calc.expected_share(PAST, 4, 4) == (D(1), 3)
    assert calc.expected_share([], 14, 20) == (D("0.7"), 0)


def test_pace_run_rate_and_need_of_the_example():
    """Plan 48 m, fact 29.64 m, expected share 0.66 on day 14 of 20."""
    plan, fact, share = D("48000000"), D("29640000"), D("0.66")
    expected = plan * share

    assert expected == D("31680000")
    assert calc.ratio(fact, expected) == D("0.9356")
    assert calc.ratio(fact, plan) == D("0.6175")
    assert calc.run_rate(fact, share) == D("44909090.91")
    assert calc.needed_per_day(plan, fact, 6) == D("3060000.00")
    assert calc.mean_money(fact, 14) == D("2117142.86")


def test_what_has_no_plan_or_no_days_has_no_need():
    assert calc.needed_per_day(None, D(1), 6) is None
    assert calc.needed_per_day(D(10), D(1), 0) is None
    assert calc.needed_per_day(D(10), D(11), 6) == 0
    assert calc.run_rate(D(10), D(0)) is None
    assert calc.ratio(1, 0) is None
    assert calc.mean_money(D(10), 0) is None


def test_attainment_is_never_capped():
    assert calc.ratio(D(250), D(100)) == D("2.5")


def test_weighted_pipeline_and_coverage():
    deals = [(D("1000000"), D("0.3")), (D("500000"), D("0.75"))]

    assert calc.weighted(deals) == D("675000.00")
    assert calc.coverage(D("1500000"), D("48000000"), D("47000000")) == D("1.5")
    assert calc.coverage(D("1500000"), D("48000000"), D("48000000")) is None
    with pytest.raises(ValueError, match=r"probability 1\.1"):
        calc.weighted([(D(1), D("1.1"))])


def test_win_share_is_drawn_to_the_stage_while_deals_are_few():
    # (6 + 20 x 0.30) / (10 + 20)
    assert calc.shrunk_share(6, 10, D("0.30")) == D("0.4")
    assert calc.shrunk_share(0, 0, D("0.30")) == D("0.3")


def test_stuck_is_the_75th_percentile_of_won_deals():
    stays = list(range(1, 21))

    assert calc.percentile(stays, D("0.75")) == 15
    assert calc.stuck_after(stays, 7) == 15
    assert calc.stuck_after(stays[:19], 7) == 7
    assert calc.stuck_after([0] * 20, 7) == 1
    assert calc.percentile([], D("0.5")) is None


def test_error_of_forecasts():
    assert calc.wape([(D(110), D(100)), (D(45), D(50))]) == D("0.1")
    assert calc.wape([]) is None


def test_interval_widens_the_error_by_two_imagined_ones():
    # Mean square (2 x 0.0225 + 3 x 0.01) / 5 = 0.015; half-width 100 x 1.2816 x 0.1225.
    low, high = calc.interval(D(100), D(90), [D("0.1"), D("-0.1"), D("0.1")])

    assert (low, high) == (D("90.00"), D("115.70"))
    assert calc.interval(D(100), D(0), [D("0.1")] * 2) is None


def test_cumulative_shares_of_refusals():
    assert calc.cumulative_shares([D(60), D(30), D(10)], [1, 1, 1]) == [D("0.6"), D("0.9"), D(1)]
    assert calc.cumulative_shares([D(0), D(0)], [3, 1]) == [D("0.75"), D(1)]


def test_seasonality_of_two_years():
    year = [D(1)] * 11 + [D(13)]
    weights = calc.seasonality([year, year])

    # December's mean share is 13 x 12 / 24 = 6.5; two years weigh one half: 0.5 x 6.5 + 0.5.
    assert weights[11] == D("3.75")
    assert weights[0] == D("0.75")
    assert sum(weights) == 12
    assert calc.seasonality([]) == [D(1)] * 12


def test_sales_of_a_day_off_count_on_the_next_working_day():
    days = [date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 10)]
    daily = {date(2026, 3, 6): D(10), date(2026, 3, 8): D(5), date(2026, 3, 31): D(1)}

    assert curve_of(daily, days, date(2026, 4, 1)) == [D(0), D(10), D(16)]
    assert curve_of({date(2026, 3, 7): D(5)}, days, date(2026, 3, 9)) == [D(0), D(5)]
    assert curve_of({date(2026, 3, 1): D(5)}, days, date(2026, 3, 2)) == []


@given(total=MONEY, months=WEIGHTS, people=WEIGHTS)
def test_the_parts_of_a_plan_make_the_plan(total, months, people):
    if not any(months) or not any(people):
        with pytest.raises(ValueError, match="weights"):
            calc.distribute(total, months, people)
        return
    rows = calc.distribute(total, months, people)

    assert len(rows) == len(people)
    assert all(len(row) == len(months) for row in rows)
    assert sum(sum(row) for row in rows) == total


@given(
    st.lists(st.lists(MONEY, min_size=1, max_size=23).map(sorted), max_size=12), st.integers(0, 23)
)
def test_an_expected_share_is_a_share(curves, done):
    share, _months = calc.expected_share(curves, done, 23)

    assert 0 <= share <= 1


@given(st.integers(0, 500), st.integers(0, 500), st.decimals(0, 1, places=3))
def test_a_shrunk_share_lies_between_history_and_stage(won, lost, prior):
    share = calc.shrunk_share(won, won + lost, prior)
    bounds = [prior, D(won) / (won + lost)] if won + lost else [prior]

    assert min(bounds) - calc.SHARE <= share <= max(bounds) + calc.SHARE
