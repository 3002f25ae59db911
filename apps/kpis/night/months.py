"""The months that a night writes, and what each of them needs to know about its calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apps.core.calendars import WorkCalendar
from apps.core.periods import Period, add_months, month_of
from apps.kpis.choices import PeriodKind, ScopeKind
from apps.kpis.closing import frozen_months
from apps.kpis.models import ClosedMonth, NightRun, PlanVersion, Snapshot

# The current month and twelve before it.
MONTHS = 13


@dataclass(frozen=True)
class Month:
    """A month as seen on the morning after the run's day.

    `days` are its working days; `done` of them have passed, the run's day included. `before` is
    the month before it, `before_until` the first day there that a fair comparison leaves out.
    """

    period: Period
    today: date
    days: Sequence[date]
    done: int
    before: Period
    before_until: date

    @property
    def is_current(self) -> bool:
        return self.today in self.period

    @property
    def left(self) -> int:
        return len(self.days) - self.done

    @property
    def last_day(self) -> date:
        """The last day of the month that the night has seen."""
        return min(self.today - timedelta(days=1), self.period.last_day)


def month_for(start: date, today: date, calendar: WorkCalendar) -> Month:
    period = month_of(start)
    days = calendar.working_days(period)
    done = sum(day < today for day in days)
    before = period.previous()
    return Month(period, today, days, done, before, _same_place(calendar, before, days, done))


def _same_place(calendar: WorkCalendar, before: Period, days: Sequence[date], done: int) -> date:
    """The end of the stretch of `before` with the same number of working days behind it."""
    earlier = calendar.working_days(before)
    if done >= len(days) or done >= len(earlier):
        return before.end
    return earlier[done]


def months_to_write(run: NightRun) -> list[date]:
    """First days of the months, the oldest first: the current one, touched ones, missing ones.

    A closed month is written once after its closing and never again.
    """
    current = month_of(run.day + timedelta(days=1)).start
    starts = [add_months(current, -shift) for shift in reversed(range(MONTHS))]
    frozen = frozen_months(run)
    last_word = _written_after_closing(frozen)
    if run.dirty_days is None:
        return [start for start in starts if start not in last_word]
    touched = {date.fromisoformat(day).replace(day=1) for day in run.dirty_days}
    final = _written_for_good(starts)
    due = [start for start in starts if start in {current, *touched, *frozen} or start not in final]
    return [start for start in due if start not in last_word]


def _written_after_closing(frozen: set[date]) -> set[date]:
    """Closed months whose published snapshots were counted after they had been closed."""
    shown = Snapshot.objects.published().filter(
        scope_kind=ScopeKind.COMPANY, period_kind=PeriodKind.MONTH, period_start__in=frozen
    )
    counted = dict(shown.order_by("run_id").values_list("period_start", "run__read_from"))
    closed = ClosedMonth.objects.filter(month__in=counted).values_list("month", "closed_at")
    return {month for month, at in closed if counted[month] and counted[month] >= at}


def _written_for_good(starts: list[date]) -> set[date]:
    """Those that a night has written after their end, and not planned anew since."""
    shown = Snapshot.objects.published().filter(
        scope_kind=ScopeKind.COMPANY, period_kind=PeriodKind.MONTH, period_start__in=starts
    )
    newest = shown.order_by("period_start", "-run_id").distinct("period_start")
    plans = {year: _plan_in_force(year) for year in {start.year for start in starts}}
    return {
        start
        for start, is_over, plan in newest.values_list(
            "period_start", "payload__period__is_over", "payload__plan__version"
        )
        if is_over is True and plan == plans[start.year]
    }


def _plan_in_force(year: int) -> int | None:
    return PlanVersion.objects.in_force(year).values_list("pk", flat=True).first()


def curve_of(daily: dict[date, Decimal], days: Sequence[date], until: date) -> list[Decimal]:
    """Cumulative sums at the end of each working day before `until`.

    What falls on a day off counts on the next working day; after the last of them, on that one.
    """
    seen = [day for day in days if day < until]
    totals, total, left = [], Decimal(0), sorted(daily)
    for place, day in enumerate(seen):
        is_last = place == len(seen) - 1
        while left and (left[0] <= day or is_last):
            total += daily[left.pop(0)]
        totals.append(total)
    return totals
