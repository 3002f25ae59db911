"""Tasks on the days of a month or a week, with what series will still bring."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber, TruncDate

from apps.core.calendars import WorkCalendar, moments_of
from apps.core.periods import Period
from apps.tasks.calculations import planned_days
from apps.tasks.models import TaskSeries
from apps.tasks.rules import can_change
from apps.tasks.workload import zone_of_viewer

# So many series are looked ahead in; each gives at most a task a day.
SERIES = 200


@dataclass
class Cell:
    """A day with the first of its tasks; `count` is of all of them."""

    day: date
    is_working: bool
    is_within: bool
    tasks: list[Any] = field(default_factory=list)
    coming: list[Any] = field(default_factory=list)
    count: int = 0
    # Where all of its tasks are shown; written by the page.
    week_url: str = ""

    @property
    def more(self) -> int:
        return self.count - len(self.tasks)


def cells_of(
    rows: Any, period: Period, *, inner: Period, viewer: Any, on_day: int, calendar: WorkCalendar
) -> list[Cell]:
    """The days of `period`; `inner` is what is asked for, the rest fills the weeks up.

    At most `on_day` tasks of a day are read: open ones first, in the order of their terms.
    """
    cells = {day: Cell(day, calendar.is_working(day), day in inner) for day in period.days()}
    for task in first_of_days(rows, period, on_day):
        cells[task.day].tasks.append(task)
        cells[task.day].count = task.on_day
    mark_movable([task for cell in cells.values() for task in cell.tasks], viewer)
    for day, task in coming(rows, period, calendar):
        if len(cells[day].coming) < on_day:
            cells[day].coming.append(task)
    return list(cells.values())


def first_of_days(rows: Any, period: Period, on_day: int) -> list[Any]:
    zone = zone_of_viewer()
    begun, ended = moments_of(period, zone)
    rows = rows.filter(due_at__gte=begun, due_at__lt=ended).annotate(
        day=TruncDate("due_at", tzinfo=zone)
    )
    rows = rows.annotate(
        on_day=Window(Count("pk"), partition_by=[F("day")]),
        place=Window(
            RowNumber(),
            partition_by=[F("day")],
            order_by=[F("done_at").asc(nulls_first=True), F("due_at").asc(), F("pk").asc()],
        ),
    )
    return list(rows.filter(place__lte=on_day).order_by("day", "place"))


def mark_movable(tasks: list[Any], viewer: Any) -> None:
    """`may_move`: those who set the term, and while the task is open."""
    led = set(
        viewer._meta.model.objects.managed_by(viewer)
        .filter(pk__in={task.assignee_id for task in tasks})
        .values_list("pk", flat=True)
    )
    for task in tasks:
        leads = task.assignee_id in led
        task.may_move = task.done_at is None and can_change(task, by=viewer, leads=leads)


def coming(rows: Any, period: Period, calendar: WorkCalendar) -> list[tuple[date, Any]]:
    """The days on which series will bring a task that is not made yet."""
    going_on = TaskSeries.objects.going_on().filter(
        Q(until=None) | Q(until__gte=period.start), begins_on__lt=period.end
    )
    latest = rows.filter(series__in=going_on).order_by("series", "-planned_on")
    found = []
    for task in latest.distinct("series")[:SERIES]:
        series = task.series
        days = planned_days(
            task.planned_on,
            repeats=series.repeats,
            begins_on=series.begins_on,
            until=series.until,
            within=period,
            is_working=calendar.is_working,
        )
        found += [(day, task) for day in days]
    return found
