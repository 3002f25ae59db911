"""What the clock starts."""

from celery import shared_task
from django.utils import timezone

from apps.kpis.actions.nights import start_due_night


@shared_task
def start_due_nights_task() -> int | None:
    """Begin the oldest night that is due; the rest follow as each ends."""
    run = start_due_night(timezone.now())
    return run.pk if run else None
