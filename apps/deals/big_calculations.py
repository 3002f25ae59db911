"""Numbers about big deals: no ORM, no clock, no settings. Formulas: apps/deals/FORMULAS.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

# The quantile of the normal distribution for an interval of 95 %.
Z95 = 1.959964
# Fewer closed deals than this on a side, and no rate is shown.
ENOUGH = 10


def wilson(successes: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of one proportion, fractions from 0 to 1.

    Raises ValueError unless 0 <= successes <= n and n > 0. Source: Wilson (1927).
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} of {n} is no proportion")
    p, z2 = successes / n, z * z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def difference_interval(
    successes: int, n: int, other_successes: int, other_n: int
) -> tuple[float, float]:
    """The interval of 95 % for the difference of two independent proportions, first minus second.

    Source: Newcombe (1998), Statistics in Medicine 17:873-890, method 10: the score intervals of
    both sides put together. It holds for small sides, where the plain one gives nonsense.
    """
    p, q = successes / n, other_successes / other_n
    low, high = wilson(successes, n)
    other_low, other_high = wilson(other_successes, other_n)
    return (
        p - q - sqrt((p - low) ** 2 + (other_high - q) ** 2),
        p - q + sqrt((high - p) ** 2 + (q - other_low) ** 2),
    )


@dataclass(frozen=True)
class Side:
    """Closed big deals of one kind: `n` of them, `won`, and the days that the won ones took."""

    n: int
    won: int
    median_days: float | None

    @property
    def rate(self) -> float | None:
        """The share of won ones among closed ones, lost ones counted; None for too few."""
        return self.won / self.n if self.n >= ENOUGH else None

    @property
    def days(self) -> float | None:
        """The median cycle of won deals; None for too few of them."""
        return self.median_days if self.won >= ENOUGH else None


@dataclass(frozen=True)
class Effect:
    """Closed big deals with the leader's part beside those without it."""

    with_part: Side
    without: Side

    @property
    def is_enough(self) -> bool:
        return min(self.with_part.n, self.without.n) >= ENOUGH

    @property
    def difference(self) -> float | None:
        """By how much (a fraction) the deals with the leader are won more often; None for too few."""
        if not self.is_enough:
            return None
        return self.with_part.won / self.with_part.n - self.without.won / self.without.n

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.is_enough:
            return None
        one, two = self.with_part, self.without
        return difference_interval(one.won, one.n, two.won, two.n)

    @property
    def is_unclear(self) -> bool:
        """Does the interval hold zero, so that the sides may as well be equal?"""
        return self.interval is not None and self.interval[0] <= 0 <= self.interval[1]


def share_given(worths: Sequence[Decimal], amount: Decimal | None) -> Decimal | None:
    """What was given away as a fraction of the amount before it: worth ÷ (amount + worth).

    The amount of a deal is what is left after concessions. None without an amount or concessions.
    """
    given = sum(worths, Decimal(0))
    if not given or amount is None:
        return None
    return given / (amount + given)
