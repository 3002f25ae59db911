"""Running one job: claim it by a lease, renew the lease, end it once."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pghistory
from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext

from apps.core.choices import JobStatus
from apps.core.jobs.ending import end, end_failed
from apps.core.jobs.registry import kind_of
from apps.core.models import Job

log = logging.getLogger("sales.jobs")

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
# Seconds before the second, third… attempt.
BACK_OFF = (5, 20, 60, 180)


class JobFailed(Exception):
    """Raised by a handler: trying again would not help; the text is shown to the author."""


class LeaseLost(Exception):
    """Another worker has the job now; whatever this one has not committed must not be committed."""


class RunningJob:
    """A claimed job, as its handler sees it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.pk: int = job.pk
        self.payload: dict[str, Any] = job.payload
        self.author: Any = job.author
        # Kept by each `advance`: where to go on after a kill, and what came out.
        self.result: dict[str, Any] = job.result
        # The number of the attempt is the token: a worker that lost the lease no longer has it.
        self.attempt: int = job.attempts

    def advance(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        message: str | None = None,
        lease: timedelta = LEASE,
    ) -> None:
        """Keep the progress and `result`, and hold the job for `lease` from now.

        To be called at least every two minutes; give a longer `lease` before one long statement.
        Raises LeaseLost when the job has gone to another worker.
        """
        given = {"done": done, "total": total, "message": message}
        values = {name: value for name, value in given.items() if value is not None}
        held = Job.objects.filter(
            pk=self.pk, status=JobStatus.RUNNING, attempts=self.attempt
        ).update(**values, result=self.result, lease_until=timezone.now() + lease)
        if not held:
            raise LeaseLost(f"job {self.pk} went on without attempt {self.attempt}")


def run_job(job_id: int) -> bool:
    """Do the job if it is free; False for a late or repeated call, which finds it taken or done."""
    job = _claim(job_id)
    if job is None:
        return False
    log.info("job %s %s begins, attempt %s", job.pk, job.key, job.attempts)
    running = RunningJob(job)
    try:
        with _as_author(job):
            kind_of(job).run(running)
            end(running)
    except LeaseLost as lost:
        log.warning("%s", lost)
    except JobFailed as failure:
        end_failed(job, str(failure))
    except ValidationError as failure:
        end_failed(job, "\n".join(failure.messages))
    except SoftTimeLimitExceeded:
        log.warning("job %s %s was cut at the time limit", job.pk, job.key)
        _try_later(job, gettext("the time limit"))
    except Exception as failure:
        # The outer border of all work in the background: the job is tried again, the log has why.
        log.exception("job %s %s failed, attempt %s", job.pk, job.key, job.attempts)
        _try_later(job, type(failure).__name__)
    return True


def _claim(job_id: int) -> Job | None:
    """Take the job: a queued one that is due, or a running one whose lease has run out."""
    now = timezone.now()
    due = Q(status=JobStatus.QUEUED) & (Q(run_after=None) | Q(run_after__lte=now))
    dropped = Q(status=JobStatus.RUNNING, lease_until__lte=now)
    with transaction.atomic():
        free = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(due | dropped)
        job = free.filter(pk=job_id).select_related("author").first()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            end_failed(job, job.error or gettext("The worker stopped in the middle each time."))
            return None
        job.attempts += 1
        job.status = JobStatus.RUNNING
        job.lease_until = now + LEASE
        job.started_at = job.started_at or now
        job.save(update_fields=["attempts", "status", "lease_until", "started_at"])
    return job


@contextmanager
def _as_author(job: Job) -> Iterator[None]:
    """Speak the author's language, and let the audit name him."""
    language = getattr(job.author, "language", None)
    with (
        translation.override(language or translation.get_language()),
        pghistory.context(user=job.author_id, job=job.pk),
    ):
        yield


def _try_later(job: Job, reason: str) -> None:
    """Free the job for the next attempt after a pause; the fifth failure is the last.

    People read `reason`: it names the failure and holds no data, the log has the rest.
    """
    if job.attempts >= MAX_ATTEMPTS:
        text = gettext("Tried %(count)d times without success: %(reason)s. The log tells more.")
        end_failed(job, text % {"count": job.attempts, "reason": reason})
        return
    pause = timedelta(seconds=BACK_OFF[min(job.attempts, len(BACK_OFF)) - 1])
    Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING, attempts=job.attempts).update(
        status=JobStatus.QUEUED, lease_until=timezone.now() + pause
    )
