"""When each month was closed, told exactly by the numbers of the rows written meanwhile."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from apps.core.periods import add_months
from apps.kpis.choices import MonthChange
from apps.kpis.models import MonthEvent

# Greater than the number of any row.
NO_END = 2**62


@dataclass(frozen=True)
class Closure:
    """A month was closed between two sets of marks; `until` None: it is closed now."""

    month: date
    since: dict[str, int]
    until: dict[str, int] | None = None

    def holds(self, journal: str, number: int) -> bool:
        """Was the row written while the month was closed?"""
        return self.since[journal] < number and (
            self.until is None or number <= self.until[journal]
        )


def closures() -> dict[date, list[Closure]]:
    """All of them, by month."""
    found: dict[date, list[Closure]] = defaultdict(list)
    for event in MonthEvent.objects.order_by("pk"):
        if event.change == MonthChange.CLOSED:
            found[event.month].append(Closure(event.month, event.marks))
        else:
            last = found[event.month].pop()
            found[event.month].append(Closure(event.month, last.since, event.marks))
    return found


def counting_day(
    known: dict[date, list[Closure]], journal: str, number: int, happened_on: date
) -> date | None:
    """The first day of the month that was open when the row was written; None: it was in time."""
    first = month = happened_on.replace(day=1)
    while any(closure.holds(journal, number) for closure in known.get(month, ())):
        month = add_months(month, 1)
    return None if month == first else month


def spans(known: dict[date, list[Closure]], journal: str) -> list[tuple[date, int, int, date]]:
    """Month, numbers after and up to which its rows are late, the day on which these count."""
    marks = {
        marks[journal]
        for closed in known.values()
        for closure in closed
        for marks in (closure.since, closure.until)
        if marks is not None
    }
    found = []
    for after, until in pairwise([*sorted(marks), NO_END]):
        for month in known:
            if day := counting_day(known, journal, after + 1, month):
                found.append((month, after, until, day))
    return found
