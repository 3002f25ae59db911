"""What the clock starts."""

from celery import shared_task
from django.utils import timezone

from apps.tasks.actions import make_due_tasks


@shared_task
def make_due_tasks_task() -> int:
    """The tasks that come again and whose moment has come; a rerun makes none twice."""
    return make_due_tasks(timezone.now())
