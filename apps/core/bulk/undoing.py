"""Taking a batch back: rows changed since stay as they are and are listed."""

from typing import Any

import pghistory
from django.db import transaction

from apps.core.bulk.applying import (
    AT_ONCE,
    CHUNK,
    change_rows,
    check_author,
    finish,
    lock_batch,
)
from apps.core.bulk.registry import action_of
from apps.core.choices import BatchRowStatus, BatchStatus
from apps.core.jobs import enqueue
from apps.core.models import Batch, BatchRow

UNDO = "bulk_undo"


@transaction.atomic
def undo_batch(batch: Batch, *, by: Any) -> Batch:
    """Put the changed rows back; a repeat, or a batch that was not applied, does nothing.

    A small batch is undone when this returns, a large one has a new `job`. Raises PermissionDenied
    for anybody but its author.
    """
    batch = lock_batch(batch)
    check_author(batch, by)
    if batch.status != BatchStatus.DONE:
        return batch
    batch.status, batch.job = BatchStatus.UNDOING, None
    if batch.rows.filter(status=BatchRowStatus.DONE).count() > AT_ONCE:
        key, payload = f"bulk:{batch.pk}:undo", {"batch": batch.pk}
        batch.job = enqueue(UNDO, key=key, payload=payload, author=by)
    batch.save(update_fields=["status", "job"])
    if batch.job is None:
        while undo_chunk(batch.pk):
            pass
        batch.refresh_from_db()
    return batch


@transaction.atomic
def undo_chunk(batch_id: int) -> int:
    """Put the next rows back; how many there were, 0 when the batch is undone."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    action, by = action_of(batch), batch.author
    rows = list(batch.rows.filter(status=BatchRowStatus.DONE)[:CHUNK])
    if not rows:
        finish(batch, BatchStatus.UNDONE, "undone_at")
        return 0
    given = action.load(batch.params)

    def put_back(row: BatchRow, one: Any) -> None:
        saved = action.revert(one, row.before, given, by)
        follow(action.code, row, saved.version)

    with pghistory.context(user=by.pk, batch=batch.pk):
        change_rows(action, rows, put_back, by=by, done=BatchRowStatus.UNDONE)
    return len(rows)


def follow(code: str, row: BatchRow, version: int) -> None:
    """The object is again as the batch before left it, so that one can still be undone in its turn."""
    room = code.split(".")[0]
    BatchRow.objects.filter(
        object_id=row.object_id,
        status=BatchRowStatus.DONE,
        version_after=row.version_before,
        batch__action__startswith=f"{room}.",
    ).exclude(pk=row.pk).update(version_after=version)
