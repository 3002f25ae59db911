"""Numbers about big deals: no ORM, no clock, no settings. Formulas: apps/deals/FORMULAS.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.core.shares import ENOUGH, Interval, newcombe


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
    def interval(self) -> Interval | None:
        """95 %, by Newcombe."""
        if not self.is_enough:
            return None
        one, two = self.with_part, self.without
        return newcombe((one.won, one.n), (two.won, two.n))

    @property
    def is_unclear(self) -> bool:
        """Does the interval hold zero, so that the sides may as well be equal?"""
        return self.interval is not None and self.interval.low <= 0 <= self.interval.high


def share_given(worths: Sequence[Decimal], amount: Decimal | None) -> Decimal | None:
    """What was given away as a fraction of the amount before it: worth ÷ (amount + worth).

    The amount of a deal is what is left after concessions. None without an amount or concessions.
    """
    given = sum(worths, Decimal(0))
    if not given or amount is None:
        return None
    return given / (amount + given)
