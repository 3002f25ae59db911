"""Locking statements: what is approved is what was seen, and never changes again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.bonuses.actions.accrual import accrue_people
from apps.bonuses.choices import StatementStatus
from apps.bonuses.models import Statement
from apps.core.access import allowed
from apps.core.calendars import company_today
from apps.core.notifying import notify
from apps.core.periods import month_of

APPROVED = "bonus_approved"


@transaction.atomic
def approve_statement(statement: Statement, *, by: Any, digest: str) -> Statement:
    """Lock the statement as `digest` names it; a repeat changes nothing.

    It is counted once more first. Raises PermissionDenied for one's own; ValidationError "month_runs"
    before the month is over, "earlier_open" while an earlier month of the person waits, "changed" when
    the count differs from what was seen.
    """
    check_may_approve([statement], by)
    if not statement.is_open:
        return statement
    recount([statement])
    row = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if not row.is_open:
        return row
    check_month(row)
    if row.digest != digest:
        text = _("Something has changed since you looked: read the statement again.")
        raise ValidationError(text, code="changed")
    lock([row], by)
    return row


@transaction.atomic
def approve_month(month: date, *, by: Any, count: int, total: Decimal) -> list[Statement]:
    """Lock all open statements of `month` but one's own, if they still are `count` of `total` in all.

    Raises ValidationError as `approve_statement` does.
    """
    if not allowed(by, "bonuses.approve_statement"):
        raise PermissionDenied
    waiting = Statement.objects.visible_to(by).open().filter(month=month).exclude(person=by)
    recount(list(waiting))
    rows = list(waiting.select_for_update(of=("self",)).select_related("person").order_by("pk"))
    if len(rows) != count or sum((row.total for row in rows), Decimal(0)) != total:
        text = _("The sums have changed since you looked: confirm the new ones.")
        raise ValidationError(text, code="changed")
    check_month_over(month)
    check_earlier(rows)
    lock(rows, by)
    return rows


def check_may_approve(rows: Sequence[Statement], by: Any) -> None:
    if not allowed(by, "bonuses.approve_statement"):
        raise PermissionDenied
    if any(row.person_id == by.pk for row in rows):
        raise PermissionDenied(_("Nobody approves a bonus of his own."))


def recount(rows: Sequence[Statement]) -> None:
    yesterday = company_today() - timedelta(days=1)
    accrue_people(sorted({row.person_id for row in rows}), yesterday)


def check_month(row: Statement) -> None:
    check_month_over(row.month)
    check_earlier([row])


def check_month_over(month: date) -> None:
    if month >= company_today().replace(day=1):
        text = _("The month is not over: it can be approved from its last evening on.")
        raise ValidationError(text, code="month_runs")


def check_earlier(rows: Sequence[Statement]) -> None:
    """Corrections go into the first open month: so months are locked in their order."""
    if not rows:
        return
    earlier = Statement.objects.open().filter(
        person__in=[row.person_id for row in rows], month__lt=min(row.month for row in rows)
    )
    if first := earlier.order_by("month").select_related("person").first():
        text = _("Approve %(month)s of %(person)s first: months are locked in their order.")
        values = {"month": month_of(first.month).label, "person": first.person}
        raise ValidationError(text % values, code="earlier_open")


def lock(rows: Sequence[Statement], by: Any) -> None:
    now = timezone.now()
    for row in rows:
        row.status, row.approved_by, row.approved_at = StatementStatus.APPROVED, by, now
    Statement.objects.bulk_update(rows, ["status", "approved_by", "approved_at"], batch_size=500)
    tell(rows)


def tell(rows: Sequence[Statement]) -> None:
    """The people whose bonus of one month is locked, all at once."""
    if not rows:
        return
    is_single = len(rows) == 1
    notify(
        [row.person for row in rows],
        kind=APPROVED,
        title=gettext_lazy("Your bonus of a month is approved"),
        url=rows[0].get_absolute_url() if is_single else reverse("bonuses:statement_list"),
        dedupe_key=f"bonus:{rows[0].month:%Y-%m}:approved",
    )


@transaction.atomic
def mark_paid(month: date, *, by: Any) -> int:
    """Write down that the approved bonuses of `month` were paid out; how many."""
    if not allowed(by, "bonuses.pay_statement"):
        raise PermissionDenied
    rows = Statement.objects.visible_to(by).filter(month=month, status=StatementStatus.APPROVED)
    return rows.update(status=StatementStatus.PAID, paid_by=by, paid_at=timezone.now())
