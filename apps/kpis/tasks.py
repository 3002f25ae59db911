"""What the clock starts."""

from celery import shared_task
from django.utils import timezone

from apps.core.calendars import company_today
from apps.kpis.actions.nights import start_due_night
from apps.kpis.actions.plan_notices import remind_of_plans


@shared_task
def start_due_nights_task() -> int | None:
    """Begin the oldest night that is due; the rest follow as each ends."""
    run = start_due_night(timezone.now())
    return run.pk if run else None


@shared_task
def remind_of_plans_task() -> int:
    """Plans whose answer is late; a rerun tells nobody twice."""
    return remind_of_plans(company_today())
