"""Minutes in which the company works: for promises and answers, where the night does not count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from apps.core.periods import DAY


@dataclass(frozen=True)
class WorkingHours:
    """From when until when the company works on a working day, by its own clock."""

    opens_at: time
    closes_at: time
    zone: ZoneInfo


def working_minutes(
    begun: datetime,
    ended: datetime,
    *,
    hours: WorkingHours,
    is_working: Callable[[date], bool],
) -> int:
    """Whole working minutes from `begun` to `ended`; 0 when it ended before it began.

    What comes in the evening begins to count when the next working day opens. On a night when
    clocks change the office hours are as long as ever.
    """
    begun, ended = begun.astimezone(hours.zone), ended.astimezone(hours.zone)
    seconds, day = 0.0, begun.date()
    while day <= ended.date():
        if is_working(day):
            opens = datetime.combine(day, hours.opens_at, hours.zone)
            closes = datetime.combine(day, hours.closes_at, hours.zone)
            part = min(ended, closes) - max(begun, opens)
            seconds += max(0.0, part.total_seconds())
        day += DAY
    return int(seconds // 60)


def percentile(values: Sequence[int], share: float) -> float | None:
    """The value below which `share` (0..1) of `values` lie, between neighbours by proportion.

    The rule of PostgreSQL's percentile_cont; None for no values.
    """
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
