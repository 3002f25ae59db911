"""The formulas of big deals against published and hand-counted numbers; no database."""

from decimal import Decimal

import pytest

from apps.deals.big_calculations import Effect, Side, share_given


def test_effect_of_enough_deals():
    effect = Effect(Side(70, 56, 40.0), Side(80, 48, 35.0))

    assert (effect.with_part.rate, effect.without.rate) == (0.8, 0.6)
    assert effect.difference == pytest.approx(0.2)
    assert tuple(round(end, 4) for end in effect.interval) == (0.0524, 0.3339)
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
