"""The reverse funnel (F1): from an amount to deals, leads, calls and meetings, and to a day's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

# A ratio over fewer cases says nothing: the next wider group's is taken.
ENOUGH_CASES = 10


@dataclass(frozen=True)
class Known:
    """A ratio with whose it is ("own", "team", "company") and over how many cases."""

    value: Decimal
    n: int
    whose: str


def first_known(candidates: Sequence[tuple[str, Decimal, int]]) -> Known | None:
    """The ratio top ÷ n of the first candidate (whose, top, n) with ten cases and something on top.

    None when even the widest group has too few.
    """
    for whose, top, n in candidates:
        if n >= ENOUGH_CASES and top > 0:
            return Known(top / n, n, whose)
    return None


@dataclass(frozen=True)
class Ratios:
    """Money a won deal; won deals, calls and meetings a lead."""

    average_deal: Known | None
    conversion: Known | None
    calls: Known | None
    meetings: Known | None


@dataclass(frozen=True)
class Work:
    """What an amount takes, not rounded; None where a ratio is not known."""

    deals: Decimal | None
    leads: Decimal | None
    calls: Decimal | None
    meetings: Decimal | None

    @property
    def touches(self) -> Decimal | None:
        known = [part for part in (self.calls, self.meetings) if part is not None]
        return sum(known, Decimal(0)) if known else None


def work_for(amount: Decimal, ratios: Ratios) -> Work:
    """deals = amount ÷ average deal; leads = deals ÷ conversion; calls = leads × calls a lead."""
    deals = _divided(amount, ratios.average_deal)
    leads = _divided(deals, ratios.conversion)
    return Work(deals, leads, _times(leads, ratios.calls), _times(leads, ratios.meetings))


def a_day(work: Work, days: int) -> Work:
    """The work of each of `days` working days; unknown when none is left."""
    if days <= 0:
        return Work(None, None, None, None)
    parts = (work.deals, work.leads, work.calls, work.meetings)
    return Work(*(None if part is None else part / days for part in parts))


def whole_cases(work: Work) -> Work:
    """Rounded up: half a deal more to win is a deal to win."""
    parts = (work.deals, work.leads, work.calls, work.meetings)
    return Work(
        *(None if part is None else part.to_integral_value(ROUND_CEILING) for part in parts)
    )


def _divided(value: Decimal | None, ratio: Known | None) -> Decimal | None:
    return None if value is None or ratio is None else value / ratio.value


def _times(value: Decimal | None, ratio: Known | None) -> Decimal | None:
    return None if value is None or ratio is None else value * ratio.value
