"""The preview of a batch: which rows, and which of them would be skipped and why."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.core.bulk.registry import BulkAction
from apps.core.choices import BatchRowStatus, BatchStatus
from apps.core.models import Batch, BatchRow

# Rows of one batch. Whoever has more to change narrows the list down.
LARGEST = 10_000
# A preview nobody confirmed is of no use the next day.
KEPT = timedelta(days=1)


def picked(action: BulkAction, numbers: Sequence[str], *, by: Any) -> Any:
    """The rows with these primary keys, as they came from the form.

    Raises PermissionDenied when one of them is not in the scope of `by`, whatever the others are:
    a mixed request does nothing at all. ValidationError "too_many" beyond LARGEST.
    """
    if len(numbers) > LARGEST:
        raise too_many()
    keys = {int(number) for number in numbers if number.isascii() and number.isdigit()}
    keys = {key for key in keys if key < 2**63}
    rows = action.rows(by).filter(pk__in=keys)
    if rows.count() != len(set(numbers)):
        raise PermissionDenied
    return rows


def too_many() -> ValidationError:
    text = _("That is over 10,000 rows at once: narrow the list down.")
    return ValidationError(text, code="too_many")


@transaction.atomic
def draft(
    action: BulkAction, rows: Any, *, params: dict[str, Any], by: Any, back: str = ""
) -> Batch:
    """Freeze `rows` of the scope of `by` for `action`; nothing is changed yet.

    Raises PermissionDenied without the action's permission, ValidationError "nothing_chosen" and
    "too_many".
    """
    if not allowed(by, action.permission):
        raise PermissionDenied
    given = action.load(params)
    found = list(rows.order_by("pk")[: LARGEST + 1])
    if not found:
        raise ValidationError(_("Choose at least one row."), code="nothing_chosen")
    if len(found) > LARGEST:
        raise too_many()
    forget_drafts(by)
    batch = Batch.objects.create(
        action=action.code, params=params, author=by, back=back if len(back) <= 2000 else ""
    )
    refused = action.refusals(found, given, by)
    BatchRow.objects.bulk_create(
        (row_of(batch, one, refused.get(one.pk, "")) for one in found), batch_size=2000
    )
    return batch


def row_of(batch: Batch, one: Any, reason: str) -> BatchRow:
    return BatchRow(
        batch=batch,
        object_id=one.pk,
        title=str(one)[:255],
        status=BatchRowStatus.SKIPPED if reason else BatchRowStatus.READY,
        reason=reason[:500],
        version_before=one.version,
    )


def forget_drafts(by: Any) -> None:
    old = timezone.now() - KEPT
    Batch.objects.filter(author=by, status=BatchStatus.DRAFT, created_at__lt=old).delete()
