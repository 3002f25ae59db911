"""How the workers and beat come in."""

from celery import shared_task

from apps.core.health import pulse
from apps.core.idempotency import forget_old_answers
from apps.core.jobs import run_job, sweep_jobs
from apps.core.outbox import send_due


@shared_task
def run_job_task(job_id: int) -> bool:
    """Do the job, unless somebody does it or it is done."""
    return run_job(job_id)


@shared_task
def send_outbox_task() -> int:
    """Send what is due; asked for after each commit that put something into the outbox."""
    return send_due()


@shared_task
def sweep_task() -> None:
    """Wake what was left lying and send what is due; from beat only, whose sign of life it gives.

    The sign comes last: it goes to Redis, and a Redis that takes no writes must not stop the rest.
    """
    sweep_jobs()
    send_due()
    forget_old_answers()
    pulse()
