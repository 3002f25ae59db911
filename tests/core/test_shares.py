"""Intervals of shares against published figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.shares import newcombe, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (5, 10, 0.2366, 0.7634),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(successes, n, low, high):
    interval = wilson(successes, n)

    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_wilson_of_nothing_knows_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("case", [(3, 2), (-1, 2)])
def test_wilson_refuses_what_is_no_share(case):
    with pytest.raises(ValueError, match="no share"):
        wilson(*case)


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share_and_stays_on_the_scale(n, data):
    successes = data.draw(st.integers(0, n))

    low, high = wilson(successes, n)

    assert 0 <= low <= successes / n + 1e-12
    assert successes / n - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe(first, second, low, high):
    interval = newcombe(first, second)

    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_newcombe_needs_cases():
    with pytest.raises(ValueError, match="nothing"):
        newcombe((0, 0), (1, 2))
