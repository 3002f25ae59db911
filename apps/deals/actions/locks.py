"""How an action takes hold of the deal it changes, and writes it."""

from collections.abc import Container
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from apps.core.currencies import to_base
from apps.core.versions import save_version
from apps.deals import rules
from apps.deals.models import Deal


def lock_deal(deal: Deal, *, by: Any) -> Deal:
    """The deal as it is now, locked until the end of the transaction.

    Raises PermissionDenied when `by` may not edit it (any more), and ValidationError "archived"
    for a deal in the bin.
    """
    locked = lock_row(deal)
    if not rules.can_edit(locked, by=by):
        raise PermissionDenied
    if locked.archived_at:
        raise ValidationError(_("The deal is in the bin. Restore it first."), code="archived")
    return locked


def lock_row(deal: Deal) -> Deal:
    """The locked row, whoever asks.

    Without joins: a row that waited for another writer is compared anew with the rows joined to
    it before, and a deal that changed its stage meanwhile would seem to have vanished.
    """
    return Deal.objects.select_for_update().get(pk=deal.pk)


def save_deal(deal: Deal, *, expected_version: int | None = None, **changes: Any) -> Deal:
    """Write `changes` to a locked deal as its next version.

    Raises ValidationError for a value that does not fit its field, Conflict for a stale version.
    """
    for field, value in changes.items():
        setattr(deal, field, value)
    check_values(deal, changes)
    expected = deal.version if expected_version is None else expected_version
    return save_version(deal, expected=expected, fields=list(changes))


def check_values(deal: Deal, fields: Container[str]) -> None:
    """Length, digits and choices of `fields`; links are left out, the caller has read their rows."""
    untouched = [
        field.name for field in Deal._meta.fields if field.name not in fields or field.is_relation
    ]
    deal.clean_fields(exclude=untouched)


def booked(amount: Decimal | None, currency: str, on: date) -> Decimal | None:
    """The amount in the company's currency at the rate of `on`; None stays None."""
    return None if amount is None else to_base(amount, currency, on)
