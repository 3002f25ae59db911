"""Closing a month, asking for it to be opened again, and deciding on that.

Closing makes the last count of its facts itself, while nobody can write an event: whatever is
written afterwards has a greater number than the marks kept here, and counts on the first open day.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.core.calendars import company_today, company_zone
from apps.core.periods import add_months, month_of
from apps.kpis.actions.nights import NIGHT_LOCK, close_dead_runs
from apps.kpis.choices import MonthChange
from apps.kpis.closing import closed_months
from apps.kpis.models import ClosedMonth, DealFact, MonthEvent, NightRun, ReopenRequest
from apps.kpis.month_notices import tell_deciders, tell_decision
from apps.kpis.night.dirty import Dirty, days_changed_since
from apps.kpis.night.facts import PARTS_OF_FACTS, store_facts
from apps.kpis.night.journals import journals_held
from apps.kpis.night.late import book_late


@transaction.atomic
def close_month(month: date, *, by: Any, note: str = "") -> ClosedMonth:
    """Close `month` (its first day) and the open ones before it; a repeat changes nothing.

    Raises PermissionDenied, ValidationError "not_over", "not_counted" before the night of its last
    day was published, "night_runs" while one reads events, "busy" when writers leave no gap.
    """
    if not allowed(by, "kpis.close_month"):
        raise PermissionDenied
    keep_nights_out()
    if known := ClosedMonth.objects.filter(month=month).first():
        return known
    check_closing(month)
    months = closing_with(month)
    with journals_held() as marks:
        count_for_good(months)
    for start in months:
        ClosedMonth.objects.create(month=start, closed_by=by, closed_at=timezone.now(), note=note)
        MonthEvent.objects.create(
            month=start, change=MonthChange.CLOSED, author=by, reason=note, marks=marks
        )
    return ClosedMonth.objects.get(month=month)


def keep_nights_out() -> None:
    """Till the transaction ends no night begins to read; raises "night_runs" if one has begun."""
    close_dead_runs()
    lock_months()
    if NightRun.objects.running().filter(read_from__isnull=False).exists():
        raise ValidationError(
            _("A calculation is running. Wait until it has ended."), code="night_runs"
        )


def lock_months() -> None:
    """What a night settles as it begins and what a month is are never changed side by side."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [NIGHT_LOCK])


def check_closing(month: date) -> None:
    period = month_of(month)
    if company_today() in period or company_today() < period.start:
        raise ValidationError(_("This month is not over yet."), code="not_over")
    current = NightRun.objects.current()
    if current is None or current.day < period.last_day:
        raise ValidationError(
            _("The last day of this month has not been calculated yet."), code="not_counted"
        )


def closing_with(month: date) -> list[date]:
    """The months that close together with `month`: the open ones before it that have facts."""
    first = DealFact.objects.aggregate(day=Min("day"))["day"]
    start = min(month, month_of(first).start) if first else month
    closed, months = closed_months(), []
    while start <= month:
        if start not in closed:
            months.append(start)
        start = add_months(start, 1)
    return months


def count_for_good(months: list[date]) -> None:
    """Count anew the days of the months that have changed since the last night.

    What came late for a month before them belongs to the first one: it is booked before.
    """
    current = NightRun.objects.current()
    assert current is not None  # check_closing
    book_late(current)
    last = month_of(months[-1]).last_day
    changed = days_changed_since(current, last)
    days = [day for month in months for day in month_of(month).days()]
    dirty = Dirty([day for day in days if changed is None or day in changed])
    zone, frozen = str(company_zone()), closed_months()
    for part in PARTS_OF_FACTS:
        store_facts(part, dirty, day=last, zone=zone, frozen=frozen)


@transaction.atomic
def ask_reopening(month: date, *, by: Any, reason: str) -> ReopenRequest:
    """Ask the director to open a closed month; a repeat returns the request that waits.

    Raises PermissionDenied, ValidationError "reason_needed", "not_closed".
    """
    if not allowed(by, "kpis.close_month"):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("Say why."), code="reason_needed")})
    held_closed(month)
    if waiting := ReopenRequest.objects.filter(month=month, decided_at=None).first():
        return waiting
    request = ReopenRequest.objects.create(month=month, asked_by=by, reason=reason.strip())
    tell_deciders(request)
    return request


def held_closed(month: date) -> ClosedMonth:
    found = ClosedMonth.objects.select_for_update(of=("self",)).filter(month=month).first()
    if found is None:
        raise ValidationError(_("This month is open."), code="not_closed")
    return found


@transaction.atomic
def decide_reopening(request: ReopenRequest, *, by: Any, approve: bool) -> ReopenRequest:
    """Open the month again or leave it closed; the same decision again changes nothing.

    What came late while it was closed stays on the days on which it was counted. Raises
    PermissionDenied, ValidationError "own_request", "decided", "night_runs", "busy".
    """
    if not allowed(by, "kpis.approve_reopening"):
        raise PermissionDenied
    request = ReopenRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.asked_by_id == by.pk:
        raise ValidationError(_("Nobody decides his own request."), code="own_request")
    if request.decided_at:
        if request.is_approved == approve:
            return request
        raise ValidationError(_("This request has been decided."), code="decided")
    if approve:
        reopen(request, by=by)
    request.decided_by, request.decided_at, request.is_approved = by, timezone.now(), approve
    request.save(update_fields=["decided_by", "decided_at", "is_approved"])
    tell_decision(request)
    return request


def reopen(request: ReopenRequest, *, by: Any) -> None:
    keep_nights_out()
    month = held_closed(request.month)
    with journals_held() as marks:
        MonthEvent.objects.create(
            month=request.month,
            change=MonthChange.REOPENED,
            author=request.asked_by,
            approved_by=by,
            reason=request.reason,
            marks=marks,
        )
    month.delete()
