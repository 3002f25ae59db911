"""Forecasts of FORMULAS.md ("Run-rate", "Weighted pipeline", "Past error"): plain values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.core.money import round_money
from apps.kpis.calculations import ratio, share_at

ZERO = Decimal(0)
# A weighted pipeline without a past of its own is taken to be right within so much.
UNTRIED = Decimal("0.35")
ENOUGH_CLOSED = 10


@dataclass(frozen=True)
class Replay:
    """What the method would have said about a past month at the same place, and what came."""

    month: date
    forecast: Decimal
    fact: Decimal

    @property
    def error(self) -> Decimal | None:
        """(forecast - fact) / fact; None for a month that sold nothing."""
        return ratio(self.forecast - self.fact, self.fact)


def replay_run_rate(
    curves: Mapping[date, Sequence[Decimal]], done: int, total: int
) -> list[Replay]:
    """The run-rate of each past month by the shares of the other ones.

    `curves` hold the cumulative revenue by working day of whole months. Months that had sold
    nothing by then, and those without at least two others to learn from, are left out.
    """
    shares = {month: share_at(curve, done, total) for month, curve in curves.items()}
    known = {month: share for month, share in shares.items() if share is not None}
    found = []
    for month in sorted(known):
        others = [share for other, share in known.items() if other != month]
        mean = sum(others, ZERO) / len(others) if len(others) >= 2 else ZERO
        fact = curves[month][-1]
        if mean > 0 and known[month] > 0:
            found.append(Replay(month, round_money(fact * known[month] / mean), fact))
    return found


def relative_misses(replays: Sequence[Replay]) -> list[Decimal]:
    """How far the facts lay from the forecasts, as fractions of the forecasts."""
    return [(row.fact - row.forecast) / row.forecast for row in replays if row.forecast > 0]


def untried_interval(point: Decimal, floor: Decimal, closed: int) -> tuple[Decimal, Decimal] | None:
    """The rough interval of a method without a past; None below ten closed deals."""
    if closed < ENOUGH_CLOSED:
        return None
    return round_money(max(point * (1 - UNTRIED), floor)), round_money(point * (1 + UNTRIED))


def line(
    fact: Decimal, end: Decimal | None, shares: Sequence[Decimal], done: int
) -> list[Decimal | None]:
    """From `fact` today to `end` on the last working day, by the rhythm of `shares`.

    As long as `shares`, None before today.
    """
    if end is None:
        return [None] * len(shares)
    start = shares[done - 1] if done else ZERO
    points: list[Decimal | None] = []
    for place, share in enumerate(shares, 1):
        if place < done:
            points.append(None)
        else:
            gone = (share - start) / (1 - start) if start < 1 else Decimal(1)
            points.append(round_money(fact + (end - fact) * gone))
    return points
