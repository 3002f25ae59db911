"""The months: closed by the head, opened again by the director."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.periods import month_of
from apps.kpis import months_page
from apps.kpis.actions.months import ask_reopening, close_month, closing_with, decide_reopening
from apps.kpis.models import ReopenRequest
from apps.kpis.month_checks import open_questions

NOTE_LENGTH = 255


@require_GET
@requires("kpis.view_months")
def months(request):
    context = {
        "rows": months_page.read_months(request.user),
        "may_close": allowed(request.user, "kpis.close_month"),
    }
    return render(request, "kpis/months.html", context)


@require_GET
@requires("kpis.view_months")
def month(request, year, month):
    row = months_page.read_month(request.user, asked(year, month))
    may_close = allowed(request.user, "kpis.close_month") and not row.is_current
    context = {
        "row": row,
        "may_close": may_close,
        "is_counted": months_page.is_counted(row.period),
        "questions": open_questions(row.period, request.user) if not row.closed else [],
        "also": [month_of(start) for start in closes_with(row)] if may_close else [],
        "may_decide": months_page.may_decide(request.user, row.request),
        "log": months_page.log_of(row.period.start),
        "later": months_page.later_of(request.user, row),
        "shown": months_page.SHOWN,
    }
    return render(request, "kpis/month.html", context)


def closes_with(row):
    """The open months before it, which close with it."""
    return [] if row.closed else closing_with(row.period.start)[:-1]


def asked(year, month):
    """The first day of a month that is over or under way; others are no pages."""
    try:
        start = date(year, month, 1)
    except ValueError:
        raise Http404 from None
    if start > company_today():
        raise Http404
    return start


@require_POST
@requires("kpis.close_month")
def month_close(request, year, month):
    start = asked(year, month)
    try:
        close_month(start, by=request.user, note=said(request, "note"))
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        text = _("%(month)s is closed. What comes for it from now on counts on the first open day.")
        messages.success(request, text % {"month": month_of(start).label})
    return redirect("kpis:month", year, month)


@require_POST
@requires("kpis.close_month")
def month_ask(request, year, month):
    try:
        ask_reopening(asked(year, month), by=request.user, reason=said(request, "reason"))
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        messages.success(request, _("The director is asked to open the month again."))
    return redirect("kpis:month", year, month)


@require_POST
@requires("kpis.approve_reopening")
def month_decide(request, pk):
    asking = get_object_or_404(ReopenRequest, pk=pk)
    try:
        decided = decide_reopening(asking, by=request.user, approve="approve" in request.POST)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        text = (
            _("The month is open again.") if decided.is_approved else _("The month stays closed.")
        )
        messages.success(request, text)
    return redirect("kpis:month", asking.month.year, asking.month.month)


def said(request, name):
    return request.POST.get(name, "").replace("\0", "")[:NOTE_LENGTH]
