"""What the clock starts."""

from celery import shared_task
from django.utils import timezone

from apps.tasks.actions import climb_ladders, make_due_tasks


@shared_task
def make_due_tasks_task() -> int:
    """The tasks that come again and whose moment has come; a rerun makes none twice."""
    return make_due_tasks(timezone.now())


@shared_task
def climb_ladders_task() -> int:
    """Reminders and escalations whose moment has come; a rerun tells nobody twice."""
    return climb_ladders(timezone.now())
