"""Large batches in the background: chunk by chunk, resumable at the first row not done yet."""

from collections.abc import Callable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.bulk.applying import APPLY, apply_chunk
from apps.core.bulk.undoing import UNDO, undo_chunk
from apps.core.choices import BatchRowStatus
from apps.core.jobs import RunningJob, job_handler
from apps.core.models import BatchRow, Job


def batch_url(job: Job) -> str:
    return reverse("core:batch", args=[job.payload["batch"]])


@job_handler(APPLY, title=_("Change of many rows"), url=batch_url)
def run_apply(job: RunningJob) -> None:
    work_through(job, apply_chunk, BatchRowStatus.READY)


@job_handler(UNDO, title=_("Undo of a change of many rows"), url=batch_url)
def run_undo(job: RunningJob) -> None:
    work_through(job, undo_chunk, BatchRowStatus.DONE)


def work_through(job: RunningJob, chunk: Callable[[int], int], waiting: str) -> None:
    batch_id = job.payload["batch"]
    left = BatchRow.objects.filter(batch=batch_id, status=waiting).count()
    total = job.result.setdefault("total", left)
    rows = True
    while rows:
        with transaction.atomic():
            rows = bool(count := chunk(batch_id))
            left -= count
            job.advance(done=total - left, total=total)
