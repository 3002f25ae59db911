from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.money import CENT, round_money, split_exactly

money = st.decimals(min_value=-(10**10), max_value=10**10, places=2)
weights = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("0.004999", "0.00"),
        ("2.675", "2.68"),
        ("7", "7.00"),
    ],
)
def test_halves_go_away_from_zero(value, rounded):
    assert str(round_money(Decimal(value))) == rounded


@pytest.mark.parametrize(
    ("total", "by", "parts"),
    [
        ("100", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("0.05", [3, 1], ["0.04", "0.01"]),
        ("-100", [1, 1, 1], ["-33.34", "-33.33", "-33.33"]),
        ("10", [0, 1], ["0.00", "10.00"]),
        ("0.01", [1, 1], ["0.01", "0.00"]),
    ],
)
def test_split_by_the_largest_remainder(total, by, parts):
    assert split_exactly(Decimal(total), by) == [Decimal(part) for part in parts]


@settings(max_examples=1000, deadline=None)
@given(money, weights)
def test_parts_sum_up_to_the_cent_and_differ_from_their_share_by_less_than_one(total, by):
    parts = split_exactly(total, by)

    assert sum(parts) == total
    for part, weight in zip(parts, by, strict=True):
        assert abs(part - total * weight / sum(by)) < CENT


@pytest.mark.parametrize("by", [[], [0, 0], [1, -1, 5]])
def test_weights_must_be_positive(by):
    with pytest.raises(ValueError, match="weights"):
        split_exactly(Decimal(10), by)
