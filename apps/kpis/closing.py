"""Which months are closed, and on which day something counts that came too late for one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from apps.core.periods import Period, add_months, month_of
from apps.kpis.models import ClosedMonth, NightRun


def is_closed(day: date) -> bool:
    """Is the month of `day` closed now?"""
    return ClosedMonth.objects.filter(month=month_of(day).start).exists()


def closed_months(between: Period | None = None) -> set[date]:
    """First days of the closed months, all or those that begin in the half-open period."""
    months = ClosedMonth.objects.all()
    if between is not None:
        months = months.filter(month__gte=between.start, month__lt=between.end)
    return set(months.values_list("month", flat=True))


def first_open_day(day: date, closed: Collection[date] | None = None) -> date:
    """`day` itself in an open month, else the first day of the next month that is open.

    Give `closed` (as of closed_months) when asking for many days.
    """
    known = closed_months() if closed is None else closed
    month = month_of(day).start
    while month in known:
        month = add_months(month, 1)
    return max(day, month)


def frozen_months(run: NightRun) -> set[date]:
    """First days of the months that `run` found closed as it began; it never rewrites them."""
    return {date.fromisoformat(month) for month in run.frozen_months}
