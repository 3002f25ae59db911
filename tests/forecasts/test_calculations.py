"""The forecast's part of FORMULAS.md."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.forecasts import calculations as calc

D = Decimal
MONTHS = [date(2026, month, 1) for month in (1, 2, 3)]
CURVES = {
    MONTHS[0]: [D(50), D(100)],
    MONTHS[1]: [D(60), D(100)],
    MONTHS[2]: [D(80), D(200)],
}


def test_each_month_is_replayed_by_the_others():
    # Shares at the first of two days: 0.5, 0.6, 0.4; each month by the mean of the other two.
    replays = calc.replay_run_rate(CURVES, 1, 2)

    assert [(row.month, row.forecast, row.fact) for row in replays] == [
        (MONTHS[0], D("100.00"), D(100)),
        (MONTHS[1], D("133.33"), D(100)),
        (MONTHS[2], D("145.45"), D(200)),
    ]
    assert [row.error for row in replays] == [D(0), D("0.3333"), D("-0.2728")]


def test_two_months_are_too_few_to_look_back():
    curves = {month: CURVES[month] for month in MONTHS[:2]}

    assert calc.replay_run_rate(curves, 1, 2) == []


def test_misses_are_fractions_of_the_forecast():
    row = calc.Replay(MONTHS[0], D(200), D(150))

    assert calc.relative_misses([row]) == [D("-0.25")]
    assert row.error == D("0.3333")
    assert calc.Replay(MONTHS[0], D(200), D(0)).error is None


def test_an_untried_method_is_within_a_third():
    assert calc.untried_interval(D(100), D(80), 10) == (D("80.00"), D("135.00"))
    assert calc.untried_interval(D(100), D(0), 9) is None


def test_the_line_goes_from_the_fact_to_the_forecast():
    shares = [D("0.2"), D("0.5"), D("0.75"), D(1)]

    assert calc.line(D(50), D(100), shares, 2) == [None, D("50.00"), D("75.00"), D("100.00")]
    assert calc.line(D(0), D(40), shares, 0) == [D("8.00"), D("20.00"), D("30.00"), D("40.00")]
    assert calc.line(D(50), None, shares, 2) == [None] * 4
    assert calc.line(D(50), D(50), shares, 4) == [None, None, None, D("50.00")]


@given(
    fact=st.decimals(0, 10**9, places=2),
    rise=st.decimals(0, 10**9, places=2),
    steps=st.lists(st.decimals("0.01", 10, places=2), min_size=1, max_size=23),
    done=st.integers(0, 23),
)
def test_a_line_ends_at_its_forecast_and_never_falls(fact, rise, steps, done):
    whole = sum(steps)
    shares = [sum(steps[: place + 1]) / whole for place in range(len(steps))]
    points = calc.line(fact, fact + rise, shares, min(done, len(steps) - 1))
    known = [point for point in points if point is not None]

    assert known[-1] == fact + rise
    assert known == sorted(known)
