"""Putting a job into the queue, in the transaction of the change that asks for it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.models import Job
from apps.core.waking import RUN_JOB, wake_after_commit

# A queued job that nobody took within this time is woken again.
WAKE_AGAIN = timedelta(seconds=60)


def enqueue(
    kind: str,
    *,
    key: str,
    payload: dict[str, Any] | None = None,
    author: Any = None,
    parent: Job | None = None,
    run_after: datetime | None = None,
) -> Job:
    """A job of `kind`, to be run after the commit, or from `run_after` on.

    While a job with the same `key` waits or runs, that one is returned and none is added.
    """
    now = timezone.now()
    fields = {
        "kind": kind,
        "payload": payload or {},
        "author": author,
        "parent": parent,
        "run_after": run_after,
        # Of a queued job: when the sweeper wakes it.
        "lease_until": max(run_after, now) if run_after else now + WAKE_AGAIN,
    }
    job, is_new = _get_or_create(key, fields)
    if is_new and not (run_after and run_after > now):
        wake_after_commit(RUN_JOB, job.pk)
    return job


def _get_or_create(key: str, fields: dict[str, Any]) -> tuple[Job, bool]:
    """The active job of `key`, or a new one; two at once make one, by the unique constraint."""
    for is_last in (False, False, True):
        if active := Job.objects.active().filter(key=key).first():
            return active, False
        try:
            with transaction.atomic():
                return Job.objects.create(key=key, **fields), True
        except IntegrityError:
            # Another transaction made it in between, and it may even have ended: look again.
            if is_last:
                raise
    raise AssertionError("unreachable")
