"""Tasks that come again: begun with the first, continued by the latest, stopped by hand or by date."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.calendars import WorkCalendar, business_day, company_today, company_zone
from apps.staff.models import User
from apps.tasks.actions.telling import tell_assignee
from apps.tasks.actions.timeline import happened
from apps.tasks.calculations import next_planned, shifted
from apps.tasks.choices import Event
from apps.tasks.models import Task, TaskSeries
from apps.tasks.rules import can_change

# What the next task takes over from the latest.
COPIED = (
    "title", "text", "acceptance", "priority", "hours", "author_id", "assignee_id",
    "content_type_id", "object_id",
)  # fmt: skip


@transaction.atomic
def begin_series(task: Task, *, repeats: str, until: date | None = None) -> TaskSeries:
    """Make `task` the first of a series.

    Raises ValidationError "part_repeats" for a subtask, "ends_early" when `until` is before it.
    """
    if task.parent_id:
        message = _("A subtask does not repeat: let the whole task repeat.")
        raise ValidationError({"repeats": ValidationError(message, "part_repeats")})
    first = business_day(task.due_at)
    if until is not None and until < first:
        message = _("The series would end before its first task.")
        raise ValidationError({"until": ValidationError(message, "ends_early")})
    series = TaskSeries.objects.create(repeats=repeats, begins_on=first, until=until)
    task.series, task.planned_on = series, first
    task.save(update_fields=["series", "planned_on"])
    return series


@transaction.atomic
def stop_series(task: Task, *, by: User, leads: bool) -> None:
    """No task comes after the latest one; a second call changes nothing. Raises PermissionDenied."""
    if not can_change(task, by=by, leads=leads):
        raise PermissionDenied
    TaskSeries.objects.going_on().filter(pk=task.series_id).update(stopped_at=timezone.now())


@transaction.atomic
def continue_series(series: TaskSeries, *, after: Task | None = None) -> Task | None:
    """Make the next task; with `after` only if that one is still the latest.

    The row of the series is held, and the day is unique in it: two calls make one task. Days that
    went by unnoticed are skipped. None when the series has ended or nobody is left to do it.
    """
    series = TaskSeries.objects.select_for_update().get(pk=series.pk)
    latest = series.tasks.order_by("-planned_on").select_related("assignee", "author").first()
    if series.stopped_at or latest is None or (after and after.pk != latest.pk):
        return None
    day, due_on = day_after(latest, series)
    doer = latest.assignee if latest.assignee.is_active else latest.author
    if not doer.is_active or (series.until and day > series.until):
        TaskSeries.objects.filter(pk=series.pk).update(stopped_at=timezone.now())
        return None
    return copy_of(latest, planned_on=day, due_on=due_on, doer=doer)


def day_after(latest: Task, series: TaskSeries) -> tuple[date, date]:
    """The next planned day whose term is not past, and the working day of its term."""
    day, today = latest.planned_on, company_today()
    assert day is not None, "a task of a series has its day"
    is_working = WorkCalendar.load(day, today).is_working
    while True:
        day = next_planned(
            day, repeats=series.repeats, begins_on=series.begins_on, is_working=is_working
        )
        due_on = shifted(day, is_working)
        if due_on >= today:
            return day, due_on


def copy_of(latest: Task, *, planned_on: date, due_on: date, doer: User) -> Task:
    clock = latest.due_at.astimezone(company_zone())
    task = Task(series_id=latest.series_id, planned_on=planned_on)
    for name in COPIED:
        setattr(task, name, getattr(latest, name))
    task.assignee = doer
    task.due_at = datetime.combine(due_on, clock.time(), clock.tzinfo)
    task.save()
    task.helpers.set(latest.helpers.working())
    happened(Event.SET, task, by=None)
    tell_assignee(task, latest.author)
    return task


def make_due_tasks(now: datetime) -> int:
    """The next task of every series whose latest one is past its term; how many were made."""
    going_on = TaskSeries.objects.going_on()
    waiting = going_on.exclude(tasks__due_at__gte=now).order_by("pk")
    return sum(continue_series(series) is not None for series in waiting.iterator())
