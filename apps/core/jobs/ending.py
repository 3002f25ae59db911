"""The end of a job, written once, and what its end sets in motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.core.choices import JobStatus
from apps.core.jobs.registry import after_children, job_title
from apps.core.models import Job
from apps.core.notifying import notify, register_kind
from apps.core.scrubbing import masked

if TYPE_CHECKING:
    from apps.core.jobs.running import RunningJob

register_kind("job_failed", _("Background work stopped"))


@transaction.atomic
def end(running: RunningJob) -> bool:
    """The handler is through: keep its result. False when the job went to another worker."""
    job = _still_held(running.pk, running.attempt)
    if job is None:
        return False
    job.result = running.result
    job.error = ""
    if job.total:
        job.done = job.total
    _close(job, JobStatus.DONE)
    return True


@transaction.atomic
def end_failed(job: Job, error: str) -> None:
    """Nothing more will be tried: keep why, and tell the author and the administrators."""
    held = _still_held(job.pk, job.attempts)
    if held is None:
        return
    held.error = masked(error)[:2000]
    _close(held, JobStatus.FAILED)
    _alarm(held)


def _still_held(pk: int, attempt: int) -> Job | None:
    """The job, locked, if it is still active and of this attempt."""
    rows = Job.objects.select_for_update(of=("self",)).active()
    return rows.filter(pk=pk, attempts=attempt).select_related("author").first()


def _close(job: Job, status: JobStatus) -> None:
    job.status, job.finished_at, job.lease_until = status, timezone.now(), None
    job.save()
    _settle(job)
    if job.parent_id:
        _settle(Job.objects.select_for_update().get(pk=job.parent_id))


def _settle(parent: Job) -> None:
    """Go on after `parent` if it has ended and none of its children is active.

    The parent is locked here by every child that ends, so one of them, and only one, comes last.
    """
    is_over = parent.status in (JobStatus.DONE, JobStatus.FAILED)
    if is_over and parent.children.exists() and not parent.children.active().exists():  # type: ignore[attr-defined]
        after_children(parent)


def _alarm(job: Job) -> None:
    administrators = get_user_model()._default_manager.filter(role="admin", dismissed_on=None)
    people = {person.pk: person for person in (*administrators, *filter(None, [job.author]))}
    notify(
        people.values(),
        kind="job_failed",
        title=format_lazy(_("Stopped: {title}"), title=job_title(job)),
        body=job.error,
        url=reverse("core:job", args=[job.pk]),
        dedupe_key=f"job:{job.pk}:failed",
    )
