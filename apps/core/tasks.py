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
def sweep_task() -> None:
    """Wake what was left lying, send what is due; sent by beat and after each new message."""
    pulse()
    sweep_jobs()
    send_due()
    forget_old_answers()
