"""Receipts, what they pay for, and debtors."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.core.models import Company
from apps.core.toasts import tell
from apps.deals.actions import (
    allocate_receipt,
    propose_parts,
    record_receipt,
    reverse_receipt,
)
from apps.deals.forms.filters import DebtFilter
from apps.deals.forms.money import PartsForm, ReceiptForm, ReversalForm
from apps.deals.models import Deal, Receipt, ScheduleLine
from apps.deals.receivables import OWED, buckets_of, in_bucket
from apps.deals.views.answers import add_errors, done, said, show_form

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.add_receipt")
@idempotent
def receipt_create(request: HttpRequest) -> HttpResponse:
    """First the money, then what it pays for; without debts the money is kept as an advance."""
    form = ReceiptForm(
        request.POST or None,
        person=request.user,
        initial=beginnings(request),
        back=request.GET.get("back", "") and reverse("deals:receivables"),
    )
    if request.method != "POST" or not form.is_valid():
        return show_receipt(request, form)
    given = form.cleaned_data
    lines = propose_parts(
        given["client"], amount=given["amount"], currency=given["currency"], by=request.user
    )
    is_second = "parts" in request.POST
    parts = PartsForm(
        request.POST if is_second else None, lines=all_debts(given, request.user, lines)
    )
    if lines and not (is_second and parts.is_valid()):
        return show_receipt(request, form, parts)
    try:
        receipt = record_receipt(by=request.user, parts=parts.parts if lines else (), **given)
    except ValidationError as error:
        add_errors(form, error)
        return show_receipt(request, form, parts if lines else None)
    tell(request, _("The payment is recorded."))
    return redirect("deals:receipt", receipt.pk)


def all_debts(
    given: dict[str, Any], person: Any, proposed: dict[ScheduleLine, Decimal]
) -> dict[ScheduleLine, Decimal]:
    """Every debt of the client in this currency, with what is proposed for it."""
    every = propose_parts(
        given["client"], amount=Decimal("1e12"), currency=given["currency"], by=person
    )
    return {line: proposed.get(line, Decimal(0)) for line in every}


def show_receipt(
    request: HttpRequest, form: ReceiptForm, parts: PartsForm | None = None
) -> HttpResponse:
    is_refused = form.errors or (parts and parts.is_bound and parts.errors)
    context = {"form": form, "parts": parts, "title": _("Payment received")}
    return render(request, "deals/receipt_form.html", context, status=422 if is_refused else 200)


def beginnings(request: HttpRequest) -> dict[str, Any]:
    """?client= or ?deal= fill the form in."""
    initial: dict[str, Any] = {"currency": Company.current().currency}
    client, deal = request.GET.get("client", ""), request.GET.get("deal", "")
    if deal.isdecimal():
        found = Deal.objects.visible_to(request.user).filter(pk=deal).first()
        if found:
            initial |= {"client": found.client_id, "currency": found.currency}
    elif client.isdecimal():
        initial["client"] = client
    return initial


@require_GET
@requires("deals.view_receipt")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_receipt(request, pk)
    allocations = list(
        found.allocations.select_related("line__deal", "reversed_by").order_by("recorded_at", "pk")
    )
    left = found.left()
    reversal = found.reversals.first()
    proposed = {}
    if left > 0 and not reversal and allowed(request.user, "deals.add_receipt"):
        proposed = propose_parts(
            found.client, amount=left, currency=found.currency, by=request.user
        )
    context = {
        "receipt": found,
        "allocations": allocations,
        "left": left,
        "reversal": reversal,
        "parts": PartsForm(lines=proposed) if proposed else None,
        "can_reverse": allowed(request.user, "deals.reverse_receipt") and found.amount > 0,
    }
    return render(request, "deals/receipt.html", context)


def visible_receipt(request: HttpRequest, pk: int) -> Receipt:
    rows = Receipt.objects.visible_to(request.user).select_related(
        "client", "author", "reversal_of"
    )
    return get_object_or_404(rows, pk=pk)


@require_POST
@requires("deals.add_receipt")
@idempotent
def receipt_allocate(request: HttpRequest, pk: int) -> HttpResponse:
    """Count what is left of a receipt towards debts."""
    found = visible_receipt(request, pk)
    lines = propose_parts(
        found.client, amount=found.left(), currency=found.currency, by=request.user
    )
    form = PartsForm(request.POST, lines=lines)
    if not form.is_valid():
        return redirect("deals:receipt", pk)
    try:
        for line, part in form.parts:
            allocate_receipt(found, line=line, amount=part, by=request.user)
    except ValidationError as error:
        tell(request, said(error))
    else:
        tell(request, _("The payment is counted."))
    return redirect("deals:receipt", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.reverse_receipt")
@idempotent
def receipt_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_receipt(request, pk)
    address = reverse("deals:receipt", args=[pk])
    form = ReversalForm(
        request.POST or None, action=reverse("deals:receipt_reverse", args=[pk]), back=address
    )
    if request.method == "POST" and form.is_valid():
        try:
            reverse_receipt(found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(request, _("The receipt is reversed."))
            return done(request, address)
    return show_form(request, form, _("Reverse the receipt?"), receipt=found)


@require_GET
@requires("deals.view_deal")
def receivables(request: HttpRequest) -> HttpResponse:
    today = company_today()
    form = DebtFilter(request.GET, viewer=request.user)
    owed = ScheduleLine.objects.visible_to(request.user).owed()
    owed = narrowed(owed, form) if form.is_valid() else owed.none()
    buckets = buckets_of(owed, today)
    for bucket in buckets:
        bucket["url"] = f"?{urlencode(query_of(request) | {'bucket': bucket['code']})}"
    lines = owed
    if form.is_valid() and form.cleaned_data["bucket"]:
        lines = lines.filter(in_bucket(form.cleaned_data["bucket"], today))
    if form.is_valid() and form.cleaned_data["overdue"]:
        lines = lines.filter(due_on__lt=today)
    rows = (
        lines.annotate(owed=OWED)
        .select_related("deal__client", "deal__owner")
        .order_by("due_on", "pk")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "buckets": buckets,
        "total": sum(bucket["amount"] for bucket in buckets),
        "overdue": sum(bucket["amount"] for bucket in buckets[1:]),
        "today": today,
        "can_add": allowed(request.user, "deals.add_receipt"),
        "can_read_bank": allowed(request.user, "deals.import_statement"),
    }
    return render(request, "deals/receivables.html", context)


def narrowed(lines: Any, form: DebtFilter) -> Any:
    """By people and client; the bucket is left to the rows, so that the others stay to be seen."""
    if (people := form.people()) is not None:
        lines = lines.filter(deal__owner__in=people)
    if client := form.cleaned_data["client"]:
        lines = lines.filter(deal__client_id=client)
    return lines


def query_of(request: HttpRequest) -> dict[str, str]:
    return {
        name: request.GET[name] for name in ("team", "owner", "client") if request.GET.get(name)
    }
