"""The formulas of big deals against published and hand-counted numbers; no database."""

from decimal import Decimal

import pytest

from apps.deals.big_calculations import Effect, Side, difference_interval, share_given, wilson


def test_the_example_of_the_formulas():
    """Newcombe (1998), table II, (a): 56/70 against 48/80, method 10."""
    low, high = difference_interval(56, 70, 48, 80)

    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def test_wilson_of_the_example():
    assert tuple(round(end, 4) for end in wilson(56, 70)) == (0.6918, 0.877)
    assert tuple(round(end, 4) for end in wilson(48, 80)) == (0.4905, 0.7004)


def test_small_sides_stay_within_what_is_possible():
    """Newcombe (1998), table II, (g): 10/10 against 0/20 gives 0.6791 to 1."""
    low, high = difference_interval(10, 10, 0, 20)

    assert (round(low, 4), round(high, 4)) == (0.6791, 1.0)


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (3, 2), (-1, 5)])
def test_nonsense_is_no_proportion(successes, n):
    with pytest.raises(ValueError, match="no proportion"):
        wilson(successes, n)


def test_effect_of_enough_deals():
    effect = Effect(Side(70, 56, 40.0), Side(80, 48, 35.0))

    assert (effect.with_part.rate, effect.without.rate) == (0.8, 0.6)
    assert effect.difference == pytest.approx(0.2)
    assert not effect.is_unclear
    assert (effect.with_part.days, effect.without.days) == (40.0, 35.0)


def test_equal_sides_are_unclear():
    assert Effect(Side(10, 5, None), Side(10, 5, None)).is_unclear


@pytest.mark.parametrize(("one", "two"), [(9, 100), (100, 9), (0, 0)])
def test_too_few_closed_deals_hide_the_rates(one, two):
    effect = Effect(Side(one, one // 2, 10.0), Side(two, two // 2, 10.0))

    assert (effect.difference, effect.interval, effect.is_unclear) == (None, None, False)
    assert None in (effect.with_part.rate, effect.without.rate)


def test_cycle_of_few_wins_is_hidden():
    assert Side(100, 9, 12.0).days is None
    assert Side(100, 10, 12.0).days == 12.0


def test_share_given_away():
    worths = [Decimal("150000.00"), Decimal("50000.00")]

    assert share_given(worths, Decimal("1800000.00")) == Decimal("0.1")
    assert share_given([], Decimal("1800000.00")) is None
    assert share_given(worths, None) is None
    assert share_given(worths, Decimal(0)) == 1
