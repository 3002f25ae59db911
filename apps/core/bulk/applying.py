"""A confirmed batch is applied: at once when it is small, by a job when it is not."""

from collections.abc import Callable, Iterable
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.core.bulk.registry import BulkAction, action_of
from apps.core.choices import BatchRowStatus, BatchStatus
from apps.core.jobs import enqueue
from apps.core.models import Batch, BatchRow

APPLY = "bulk_apply"
# So many rows are changed while the person waits: a second or two.
AT_ONCE = 200
CHUNK = 100


@transaction.atomic
def apply_batch(batch: Batch, *, by: Any) -> Batch:
    """Do what was previewed to the rows of the preview; a repeat does nothing.

    A small batch is done when this returns, a large one has a `job`. Raises PermissionDenied when
    `by` is not its author or may not do this any more.
    """
    batch = lock_batch(batch)
    check_author(batch, by)
    if batch.status != BatchStatus.DRAFT:
        return batch
    batch.status = BatchStatus.RUNNING
    if batch.rows.filter(status=BatchRowStatus.READY).count() > AT_ONCE:
        key, payload = f"bulk:{batch.pk}", {"batch": batch.pk}
        batch.job = enqueue(APPLY, key=key, payload=payload, author=by)
    batch.save(update_fields=["status", "job"])
    if batch.job is None:
        while apply_chunk(batch.pk):
            pass
        batch.refresh_from_db()
    return batch


def lock_batch(batch: Batch) -> Batch:
    return Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)


def check_author(batch: Batch, by: Any) -> None:
    if batch.author_id != by.pk or not allowed(by, action_of(batch).permission):
        raise PermissionDenied


@transaction.atomic
def apply_chunk(batch_id: int) -> int:
    """Apply the next rows; how many there were, 0 when the batch is done."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    action, by = action_of(batch), batch.author
    rows = list(batch.rows.filter(status=BatchRowStatus.READY)[:CHUNK])
    if not rows:
        finish(batch, BatchStatus.DONE, "applied_at")
        return 0
    given = action.load(batch.params)

    def change(row: BatchRow, one: Any) -> None:
        row.before = action.before(one, given)
        row.version_after = action.apply(one, given, by).version

    with pghistory.context(user=by.pk, batch=batch.pk):
        change_rows(action, rows, change, by=by, done=BatchRowStatus.DONE)
    return len(rows)


def finish(batch: Batch, status: str, moment: str) -> None:
    setattr(batch, moment, timezone.now())
    batch.status = status
    batch.save(update_fields=["status", moment])


def change_rows(
    action: BulkAction,
    rows: list[BatchRow],
    change: Callable[[BatchRow, Any], None],
    *,
    by: Any,
    done: str,
) -> None:
    """Call `change` for every row that is still as it was left; the others keep their reason."""
    is_undo = done == BatchRowStatus.UNDONE
    left_alone = BatchRowStatus.KEPT if is_undo else BatchRowStatus.SKIPPED
    found = locked(action, rows, by)
    for row in rows:
        expected = row.version_after if is_undo else row.version_before
        one = found.get(row.object_id)
        row.reason = changed_since(one, expected) or attempted(change, row, one)
        row.status = left_alone if row.reason else done
    BatchRow.objects.bulk_update(rows, ["status", "reason", "before", "version_after"])


def locked(action: BulkAction, rows: Iterable[BatchRow], by: Any) -> dict[int, Any]:
    """The objects in the scope of `by`, locked in one order so that two batches never wait in a ring."""
    keys = [row.object_id for row in rows]
    found = action.rows(by).filter(pk__in=keys).order_by("pk")
    return {one.pk: one for one in found.select_for_update(of=("self",))}


def changed_since(one: Any, expected: int | None) -> str:
    """Why the object is not touched: gone out of reach, or saved by somebody meanwhile."""
    if one is None:
        return _("It is no longer within your reach.")
    return "" if one.version == expected else _("Somebody has changed it meanwhile.")


def attempted(change: Callable[[BatchRow, Any], None], row: BatchRow, one: Any) -> str:
    """The refusal of the room's action in words, "" when it was done."""
    try:
        with transaction.atomic():
            change(row, one)
    except ValidationError as error:
        return " ".join(error.messages)[:500]
    except PermissionDenied:
        return _("You may not change it.")
    return ""
