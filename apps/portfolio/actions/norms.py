"""Saving what a distribution is counted by; the first save makes the row."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.core.access import allowed
from apps.core.versions import Conflict, save_version
from apps.portfolio.models import LeadRule, LoadNorms, SellerFocus
from apps.staff.models import User


def save_norms(norms: LoadNorms, *, by: User, expected: int) -> LoadNorms:
    """Raises PermissionDenied, Conflict when somebody was quicker (also with the first row)."""
    if not allowed(by, "portfolio.change_norms"):
        raise PermissionDenied
    return save_row(norms, expected)


def save_focus(focus: SellerFocus, *, by: User, expected: int) -> SellerFocus:
    """Raises PermissionDenied unless `by` leads the person, Conflict when somebody was quicker."""
    seen = User.objects.work_visible_to(by).filter(pk=focus.user_id)
    if not allowed(by, "portfolio.distribute") or not seen.exists():
        raise PermissionDenied
    return save_row(focus, expected)


def save_rule(rule: LeadRule, *, by: User, expected: int, order: int) -> LeadRule:
    """A new rule takes `order`, the last place. Raises PermissionDenied or Conflict."""
    if not allowed(by, "portfolio.change_lead_rule"):
        raise PermissionDenied
    if rule._state.adding:
        rule.order = order
    return save_row(rule, expected)


def save_row(row: Any, expected: int) -> Any:
    """`expected` 0 is a row that did not exist yet."""
    if expected:
        kept = ("id", "version", "archived_at", "order", "user")
        fields = [field.name for field in row._meta.concrete_fields if field.name not in kept]
        return save_version(row, expected=expected, fields=fields)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        stored = type(row)._default_manager.filter(pk=row.pk).first()
        raise Conflict(stored) from error
    return row
