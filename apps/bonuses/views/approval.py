"""Locking statements, one by one or a month at once, and writing down that they were paid."""

from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.bonuses.actions.approval import (
    approve_month,
    approve_statement,
    check_may_approve,
    mark_paid,
)
from apps.bonuses.forms import BulkApproval, MonthChoice
from apps.bonuses.models import Statement
from apps.bonuses.views.statements import visible_statement
from apps.bonuses.words import exactly
from apps.core import toasts
from apps.core.access import requires
from apps.core.idempotency import idempotent
from apps.core.periods import month_of
from apps.core.views.modals import gone_to

HEAD = ["GET", "HEAD", "POST"]


@require_http_methods(HEAD)
@requires("bonuses.approve_statement")
@idempotent
def statement_approve(request, pk):
    found = visible_statement(request, pk)
    check_may_approve([found], request.user)
    if request.method == "POST":
        try:
            approve_statement(found, by=request.user, digest=request.POST.get("digest", ""))
        except ValidationError as refusal:
            toasts.warn(request, refusal.messages[0])
        else:
            toasts.tell(request, _("Approved and locked: corrections come in later months."))
        return gone_to(request, found.get_absolute_url())
    text = _("%(person)s, %(month)s: %(sum)s. After that nothing in it changes any more.") % {
        "person": found.person,
        "month": month_of(found.month).label,
        "sum": exactly(found.total),
    }
    context = {
        "title": _("Approve and lock"),
        "text": text,
        "action": reverse("bonuses:statement_approve", args=[pk]),
        "hidden": {"digest": found.digest},
        "button": _("Approve"),
    }
    return confirmation(request, context)


@require_http_methods(HEAD)
@requires("bonuses.approve_statement")
@idempotent
def month_approve(request):
    if request.method == "POST":
        return approve_all(request)
    month = asked_month(request)
    waiting = Statement.objects.visible_to(request.user).open().filter(month=month)
    sums = waiting.exclude(person=request.user).aggregate(count=Count("pk"), total=Sum("total"))
    total = sums["total"] or 0
    text = ngettext(
        "%(count)d statement of %(month)s, %(sum)s in all. After that nothing in it changes.",
        "%(count)d statements of %(month)s, %(sum)s in all. After that nothing in them changes.",
        sums["count"],
    )
    values = {"count": sums["count"], "month": month_of(month).label, "sum": exactly(total)}
    context = {
        "title": _("Approve and lock the month"),
        "text": text % values,
        "action": reverse("bonuses:month_approve"),
        "hidden": {"month": month.isoformat(), "count": sums["count"], "total": str(total)},
        "button": _("Approve all"),
    }
    return confirmation(request, context)


def approve_all(request):
    form = BulkApproval(request.POST)
    if not form.is_valid():
        raise Http404
    data = form.cleaned_data
    try:
        rows = approve_month(
            data["month"], by=request.user, count=data["count"], total=data["total"]
        )
    except ValidationError as refusal:
        toasts.warn(request, refusal.messages[0])
    else:
        text = ngettext(
            "%(count)d statement is locked.", "%(count)d statements are locked.", len(rows)
        )
        toasts.tell(request, text % {"count": len(rows)})
    return gone_to(request, month_address(data["month"]))


@require_http_methods(HEAD)
@requires("bonuses.pay_statement")
@idempotent
def month_pay(request):
    month = asked_month(request)
    if request.method == "POST":
        count = mark_paid(month, by=request.user)
        text = ngettext(
            "%(count)d bonus is marked as paid.", "%(count)d bonuses are marked as paid.", count
        )
        toasts.tell(request, text % {"count": count})
        return gone_to(request, month_address(month))
    rows = Statement.objects.visible_to(request.user).filter(month=month, status="approved")
    sums = rows.aggregate(count=Count("pk"), total=Sum("total"))
    text = ngettext(
        "%(count)d approved bonus of %(month)s, %(sum)s in all, was paid out.",
        "%(count)d approved bonuses of %(month)s, %(sum)s in all, were paid out.",
        sums["count"],
    )
    values = {
        "count": sums["count"],
        "month": month_of(month).label,
        "sum": exactly(sums["total"] or 0),
    }
    context = {
        "title": _("Mark the month as paid"),
        "text": text % values,
        "action": f"{reverse('bonuses:month_pay')}?month={month:%Y-%m-%d}",
        "hidden": {},
        "button": _("Mark as paid"),
    }
    return confirmation(request, context)


def asked_month(request):
    form = MonthChoice(request.GET)
    if not form.is_valid() or not form.cleaned_data["month"]:
        raise Http404
    return form.cleaned_data["month"]


def month_address(month):
    return f"{reverse('bonuses:statement_list')}?month={month:%Y-%m-%d}"


def confirmation(request, context):
    """In the modal, or on a page where no script asked."""
    name = "bonuses/_confirm.html" if request.headers.get("HX-Request") else "bonuses/confirm.html"
    return render(request, name, context)
