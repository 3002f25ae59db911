"""A task is put on another day of the calendar."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.staff.models import User
from apps.tasks.actions.tasks import change_task
from apps.tasks.models import Task


def move_to_day(task: Task, *, by: User, day: date, expected_version: int) -> Task:
    """The same hour of another day, by the mover's own clock.

    Raises Conflict, PermissionDenied, ValidationError "task_is_done".
    """
    if task.done_at is not None:
        raise ValidationError(_("The task is done: its term stays."), code="task_is_done")
    clock = timezone.localtime(task.due_at)
    due_at = timezone.make_aware(datetime.combine(day, clock.time()))
    return change_task(task, by=by, expected_version=expected_version, due_at=due_at)
