"""ABC, XYZ, RFM and lifecycle, trap by trap, with figures worked out by hand."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from apps.portfolio.calculations import lifecycle, rfm
from apps.portfolio.calculations.segments import (
    abc,
    held_abc,
    quarters_known,
    segment,
    share_before,
    variation,
    xyz,
)
from apps.portfolio.calculations.spans import calendar_quarter, months_back, quarter_starts
from apps.portfolio.calculations.thresholds import QUARTERS, Thresholds
from tests.portfolio.frames import DAY, NO_RUN, sales_frame

USUAL = Thresholds()


def series(values):
    return pd.Series(values, index=range(1, len(values) + 1))


def classes(revenue, thresholds=USUAL):
    return list(abc(share_before(series(revenue)), thresholds))


# --- ABC ------------------------------------------------------------------------------------


def test_abc_goes_by_the_share_before_the_client():
    """70, 15, 10, 5 of 100: before them stand 0, 70, 85, 95 %."""
    assert classes([70, 15, 10, 5]) == ["A", "A", "B", "C"]


def test_a_single_giant_is_an_a_client():
    """By the share *with* the client he would be a C."""
    assert classes([97, 2, 1]) == ["A", "C", "C"]


def test_the_threshold_itself_belongs_to_the_lower_class():
    assert classes([80, 15, 5]) == ["A", "B", "C"]


def test_abc_needs_no_order_of_rows():
    assert classes([5, 70, 10, 15]) == ["C", "A", "B", "A"]


def test_without_revenue_there_is_no_class():
    assert classes([100, 0, -20]) == ["A", "", ""]
    assert list(share_before(series([0, -1])).isna()) == [True, True]


def test_equal_revenue_means_the_same_class():
    """Six times 20: one by one the shares before would be 0, 17, 33, 50, 67, 83 %."""
    assert classes([20] * 6) == ["A"] * 6


def test_thresholds_are_settings():
    assert classes([70, 15, 10, 5], Thresholds(a_share=0.7, b_share=0.9)) == ["A", "B", "B", "C"]


# --- Hysteresis -----------------------------------------------------------------------------


def held(share, before, said=None):
    """The class in force of a client with the share before him, after a run with `before`."""
    shares = pd.Series({1: share})
    previous = pd.DataFrame({"abc": [before], "abc_raw": [said or before]}, index=[1])
    return held_abc(abc(shares, USUAL), shares, previous, USUAL)[1]


@pytest.mark.parametrize(
    ("share", "before", "now"),
    [
        (0.81, "A", "A"),  # just beyond: stays
        (0.82, "A", "B"),  # beyond by the margin
        (0.79, "B", "B"),
        (0.77, "B", "A"),
        (0.96, "B", "B"),
        (0.97, "B", "C"),
        (0.94, "C", "C"),
        (0.92, "C", "B"),
        (0.96, "A", "C"),  # two thresholds at once are no small step
        (0.50, "A", "A"),
        (0.81, "N", "B"),  # a new client had no class
        (0.81, "", "B"),
    ],
)
def test_a_class_changes_only_beyond_the_margin(share, before, now):
    assert held(share, before) == now


def test_the_second_run_in_a_row_changes_the_class():
    assert held(0.81, before="A", said="A") == "A"
    assert held(0.81, before="A", said="B") == "B"


def test_who_stopped_buying_loses_his_class_at_once():
    assert held(np.nan, before="A") == ""


def test_without_a_run_before_nothing_is_held():
    shares = pd.Series({1: 0.81})
    assert held_abc(abc(shares, USUAL), shares, NO_RUN, USUAL)[1] == "B"


# --- XYZ ------------------------------------------------------------------------------------


def cv(quarters, known=None, least=4):
    frame = pd.DataFrame([quarters])
    count = pd.Series([len(quarters) if known is None else known])
    return variation(frame, count, least)[0]


def test_quarters_without_revenue_count_as_zeros():
    """100, 0, 100, 0: mean 50, σ 50."""
    assert cv([100, 0, 100, 0]) == 1.0


def test_even_revenue_has_no_variation():
    assert cv([30, 30, 30, 30]) == 0.0


def test_variation_by_hand():
    """40, 60, 80, 20: mean 50, deviations 10, 10, 30, 30, σ = √500."""
    assert cv([40, 60, 80, 20]) == pytest.approx(500**0.5 / 50)


def test_quarters_before_the_first_order_are_no_zeros():
    assert cv([0, 0, 0, 0, 50, 50, 50, 50], known=4) == 0.0


def test_below_four_quarters_nothing_is_said():
    assert np.isnan(cv([0, 50, 50, 50], known=3))
    assert cv([0, 50, 50, 50], known=4) > 0


def test_a_mean_of_nothing_has_no_variation():
    assert np.isnan(cv([0, 0, 0, 0]))
    assert np.isnan(cv([10, -10, 5, -20]))


def test_limits_of_xyz_belong_to_the_better_class():
    assert list(xyz(series([0.5, 0.51, 1.0, 1.01, np.nan]), USUAL)) == ["X", "Y", "Y", "Z", ""]


def test_quarters_end_with_the_period_on_any_day():
    assert quarter_starts(date(2026, 11, 1), 4) == [
        date(2025, 11, 1), date(2026, 2, 1), date(2026, 5, 1), date(2026, 8, 1),
    ]  # fmt: skip
    assert months_back(date(2026, 5, 31), 3) == date(2026, 2, 28)
    assert months_back(date(2024, 2, 29), 12) == date(2023, 2, 28)
    assert months_back(date(2026, 1, 15), 1) == date(2025, 12, 15)


def test_quarters_known_begin_with_that_of_the_first_order():
    starts = quarter_starts(date(2026, 11, 1), 4)
    first = pd.to_datetime(
        pd.Series(["2020-01-01", "2025-11-01", "2026-02-01", "2026-01-31", "2026-10-31", None])
    )
    assert list(quarters_known(first, starts)) == [4, 4, 3, 4, 1, 0]


# --- RFM ------------------------------------------------------------------------------------


def test_scores_are_ranks_in_five_steps():
    assert list(rfm.rank_score(series([10, 20, 30, 40, 50]), 5)) == [1, 2, 3, 4, 5]
    assert list(rfm.rank_score(series(range(10)), 5)) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_equal_values_get_the_score_of_their_average_rank():
    """Ranks 1, 3, 3, 3, 5 of five: ceil of 1, 3, 3, 3, 5."""
    assert list(rfm.rank_score(series([1, 7, 7, 7, 9]), 5)) == [1, 3, 3, 3, 5]


def test_a_single_order_is_one_and_the_rest_quartiles():
    orders = series([1, 1, 1, 1, 2, 3, 4, 5])
    assert list(rfm.frequency_score(orders, 5)) == [1, 1, 1, 1, 2, 3, 4, 5]


def test_where_all_ordered_once_all_have_one():
    assert list(rfm.frequency_score(series([1, 1, 1]), 5)) == [1, 1, 1]


def clients_of(count):
    return pd.DataFrame(
        {"silence": range(count), "orders": range(1, count + 1), "revenue": range(count)},
        index=range(count),
    )


def test_terciles_below_a_hundred_clients():
    assert rfm.scores(clients_of(99), few=100).bins == 3
    assert rfm.scores(clients_of(100), few=100).bins == 5
    assert set(rfm.scores(clients_of(99), few=100).frame["r"]) == {1, 2, 3}


def test_the_longer_the_silence_the_lower_the_score():
    found = rfm.scores(clients_of(100), few=100).frame
    assert (found.loc[0, "r"], found.loc[99, "r"]) == (5, 1)


def test_no_clients_no_scores():
    assert rfm.scores(clients_of(0), few=100).frame.empty


def named(r, f, m, bins=5):
    return rfm.segments(pd.DataFrame({"r": [r], "f": [f], "m": [m]}), bins)[0]


@pytest.mark.parametrize(
    ("scores", "name"),
    [
        ((5, 5, 5), "champions"),
        ((4, 3, 4), "champions"),  # 3.5 is rounded up
        ((5, 1, 1), "newcomers"),
        ((4, 1, 5), "newcomers"),  # one large order is not loyalty yet
        ((3, 3, 3), "loyal"),
        ((2, 5, 5), "loyal"),
        ((1, 5, 5), "at_risk"),
        ((1, 2, 2), "hibernating"),
        ((2, 1, 2), "hibernating"),
        ((3, 1, 1), "attention"),
        ((4, 2, 2), "attention"),
    ],
)
def test_named_segments(scores, name):
    assert named(*scores) == name


def test_terciles_name_the_same_segments():
    assert named(3, 3, 3, bins=3) == "champions"
    assert named(1, 3, 3, bins=3) == "at_risk"
    assert named(3, 1, 1, bins=3) == "newcomers"


# --- Lifecycle ------------------------------------------------------------------------------


def ordered(*days_ago):
    """A client with an order of 100.00 so many days before the end of DAY."""
    return [(1, DAY - timedelta(days=shift), 10_000) for shift in days_ago]


def run(orders, thresholds=USUAL, previous=NO_RUN):
    end = DAY + timedelta(days=1)
    return segment(
        sales_frame(orders), previous, day=DAY, starts=quarter_starts(end, QUARTERS),
        thresholds=thresholds,
    )  # fmt: skip


def state(*days_ago, others=()):
    return run([*ordered(*days_ago), *others])[0].loc[1, "lifecycle"]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (90, "active"),  # 1.5 × 60
        (91, "cooling"),
        (180, "cooling"),
        (181, "sleeping"),
        (360, "sleeping"),
        (361, "lost"),
    ],
)
def test_states_go_by_the_own_rhythm(last, expected):
    """Gaps of 60 days."""
    assert state(*(last + 60 * back for back in range(6, -1, -1))) == expected


def test_a_quick_rhythm_is_not_lost_before_half_a_year():
    """Gaps of 10 days: 60 days of silence are six rhythms."""
    rhythm = [10 * back for back in range(12, -1, -1)]
    assert state(*(100 + shift for shift in rhythm)) == "sleeping"
    assert state(*(180 + shift for shift in rhythm)) == "lost"


def test_few_orders_go_by_the_rhythm_of_the_base():
    """Another client orders every 100 days, so 160 days of silence after one order are cooling."""
    others = [(2, DAY - timedelta(days=shift), 10_000) for shift in (400, 300, 200, 100)]
    assert state(160, others=others) == "cooling"
    assert run([*ordered(160), *others])[1].rhythm == 100


def test_a_base_without_a_rhythm_takes_the_usual_one():
    assert run(ordered(160))[1].rhythm == lifecycle.UNKNOWN_RHYTHM


def test_the_first_ninety_days_are_new():
    assert state(90) == "new"
    assert state(91) != "new"
    assert state(60, 30, 1) == "new"


def test_an_order_after_a_sleep_is_a_return_for_ninety_days():
    """Gaps of 30 days, then 120, more than three rhythms."""
    assert state(290, 260, 230, 200, 80) == "returned"
    assert state(301, 271, 241, 211, 91) == "sleeping"


def test_a_usual_gap_is_no_return():
    assert state(140, 110, 80, 50, 20) == "active"


def test_the_gap_of_the_return_does_not_stretch_the_rhythm_that_judges_it():
    """Three orders, gaps of 20 and 100: against 20 (the base's rhythm below three) it is long."""
    days = [DAY - timedelta(days=shift) for shift in (95, 75, 55, 35, 15)]
    others = [(client, on, 10_000) for client in (2, 3) for on in days]
    assert state(200, 180, 80, others=others) == "returned"


def test_who_never_bought_is_a_prospect():
    frame = sales_frame([(1, DAY + timedelta(days=5), 10_000)])
    found, _base = segment(
        frame, NO_RUN, day=DAY, starts=quarter_starts(DAY + timedelta(days=1), QUARTERS),
        thresholds=USUAL,
    )  # fmt: skip
    assert found.loc[1, "lifecycle"] == "prospect"
    assert (found.loc[1, "abc"], found.loc[1, "chance"]) == ("", 0)


# --- Chance ---------------------------------------------------------------------------------


def test_the_chance_falls_by_the_rhythm():
    """Share 0.8; after one rhythm of silence 0.8 × ½ ÷ (0.8 × ½ + 0.2) = 2/3, after two ½."""
    chance = lifecycle.chance_of_order(series([0, 30, 60]), series([30, 30, 30]), 0.8)
    assert list(chance) == pytest.approx([0.8, 2 / 3, 0.5])


def test_repeat_share_counts_only_orders_that_had_time():
    """Ten days with orders before the last ones; of three last orders one is older than 3 gaps."""
    frame = pd.DataFrame(
        {"order_days": [5, 6, 2], "silence": [10, 100, 20], "rhythm": [30.0, 30.0, 30.0]}
    )
    assert lifecycle.repeat_share(frame) == pytest.approx(10 / 11)


# --- The whole ------------------------------------------------------------------------------


def test_new_clients_stand_apart_and_weigh_nothing():
    """The newcomer brings most, yet the others are classed among themselves."""
    months = [DAY - timedelta(days=30 * back) for back in range(12, 0, -1)]
    old = [(client, on, cents) for client, cents in ((1, 900), (2, 100)) for on in months]
    found, _base = run([*old, (3, DAY, 10**9)])
    assert list(found["abc"]) == ["A", "B", "N"]
    assert found.loc[3, "lifecycle"] == "new"
    assert np.isnan(found.loc[3, "share_before"])


def test_new_clients_can_be_counted_among_the_rest():
    months = [DAY - timedelta(days=30 * back) for back in range(12, 0, -1)]
    old = [(client, on, cents) for client, cents in ((1, 900), (2, 100)) for on in months]
    found, _base = run([*old, (3, DAY, 10**9)], Thresholds(new_days=-1))
    assert list(found["abc"]) == ["C", "C", "A"]


def test_returns_lower_the_revenue_of_their_own_day():
    found, _base = run([(1, date(2026, 1, 10), 10_000), (1, date(2026, 3, 1), -4_000)])
    assert found.loc[1, "revenue"] == 6_000


def test_thresholds_survive_their_json():
    assert Thresholds.from_json({**Thresholds(a_share=0.7).as_json(), "gone": 1}).a_share == 0.7


def test_calendar_quarters_are_consecutive():
    assert calendar_quarter(date(2026, 1, 1)) - calendar_quarter(date(2025, 12, 31)) == 1
    assert calendar_quarter(date(2026, 3, 31)) == calendar_quarter(date(2026, 1, 1))
