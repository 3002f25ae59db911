"""Bank statements: the list with the upload, one statement, one payment of it."""

from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.clients.models import Client
from apps.core.access import requires
from apps.core.idempotency import idempotent
from apps.core.importing.intake import clean_name
from apps.core.importing.limits import MEGABYTE
from apps.core.jobs import enqueue
from apps.core.toasts import tell, warn
from apps.core.uploads import takes_upload
from apps.deals.actions import bank, bank_jobs, propose_parts
from apps.deals.bank.reading import NotAStatement, read_statement
from apps.deals.choices import PaymentState
from apps.deals.forms.bank import (
    PayerForm,
    StateFilter,
    StatementForm,
    TakeBackForm,
    receipts_alike,
)
from apps.deals.forms.money import PartsForm
from apps.deals.models import BankPayment, BankStatement, ScheduleLine
from apps.deals.views.answers import add_errors, done, said, show_form

PERMISSION = bank.PERMISSION
MAX_BYTES = 10 * MEGABYTE
PAGE_SIZE = 50
# More are booked in the background, with progress.
BOOKED_AT_ONCE = 100
REFUSALS = {
    "empty": gettext_lazy("The file is empty."),
    "not_exchange": gettext_lazy(
        "This is not a bank statement: its first line must be “1CClientBankExchange”. In the "
        "client-bank choose the export for 1C (a .txt file) and upload that one."
    ),
    "too_long": gettext_lazy("The file holds too many documents. Export a shorter period."),
}
OPEN_STATES = (PaymentState.SURE, PaymentState.DOUBTFUL, PaymentState.UNKNOWN)


def seen_statement(request: HttpRequest, pk: int) -> BankStatement:
    statements = BankStatement.objects.visible_to(request.user).select_related("author")
    return get_object_or_404(statements, pk=pk)


def seen_payment(request: HttpRequest, pk: int) -> BankPayment:
    payments = BankPayment.objects.visible_to(request.user)
    return get_object_or_404(payments.select_related("statement", "client", "receipt"), pk=pk)


@require_GET
@requires(PERMISSION)
def bank_statement_list(request: HttpRequest) -> HttpResponse:
    return show_list(request, StatementForm())


def show_list(request: HttpRequest, form: StatementForm) -> HttpResponse:
    waiting = Q(payments__state__in=OPEN_STATES)
    statements = (
        BankStatement.objects.visible_to(request.user)
        .select_related("author")
        .annotate(
            waiting=Count("payments", filter=waiting),
            booked=Count("payments", filter=Q(payments__state=PaymentState.BOOKED)),
            booked_sum=Sum("payments__amount", filter=Q(payments__state=PaymentState.BOOKED)),
        )
        .order_by("-created_at", "-pk")
    )
    page = Paginator(statements, 20).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "limit": MAX_BYTES // MEGABYTE}
    return render(
        request, "deals/bank_statement_list.html", context, status=422 if form.errors else 200
    )


@require_POST
@requires(PERMISSION)
@takes_upload(MAX_BYTES)
def bank_statement_upload(request: HttpRequest) -> HttpResponse:
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_list(request, form)
    upload = form.cleaned_data["file"]
    content = upload.read()
    try:
        read = read_statement(content)
    except NotAStatement as refusal:
        form.add_error("file", REFUSALS[refusal.code])
        return show_list(request, form)
    digest = sha256(content).hexdigest()
    own = BankStatement.objects.filter(author_id=request.user.pk)
    is_known = own.filter(file_hash=digest).exists()
    kept = bank.take_in_statement(
        read, by=request.user, file_name=clean_name(upload.name), file_hash=digest
    )
    if is_known:
        tell(request, _("This file was read before; here is what became of it."))
    return redirect("deals:bank_statement", kept.pk)


@require_GET
@requires(PERMISSION)
def bank_statement(request: HttpRequest, pk: int) -> HttpResponse:
    found = seen_statement(request, pk)
    form = StateFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    payments = found.payments.select_related("client", "receipt")
    if state:
        payments = payments.filter(state=state)
    counts = {
        row["state"]: row
        for row in found.payments.order_by()
        .values("state")
        .annotate(count=Count("pk"), amount=Sum("amount"))
    }
    page = Paginator(payments, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "statement": found,
        "page": page,
        "rows": rows_of(page),
        "tabs": tabs_of(counts, state),
        "sure": counts.get(PaymentState.SURE),
        "waiting": sum(counts[name]["count"] for name in OPEN_STATES if name in counts),
        "is_mine": found.author_id == request.user.pk,
    }
    return render(request, "deals/bank_statement.html", context)


def tabs_of(counts: dict[str, Any], chosen: str) -> list[dict[str, Any]]:
    """All payments, and each state that there is."""
    every = {"label": _("All"), "url": "?", "count": sum(row["count"] for row in counts.values())}
    tabs = [
        {
            "label": str(state.label).capitalize(),
            "url": f"?state={state}",
            "count": counts[state]["count"],
            "is_current": chosen == state,
        }
        for state in PaymentState
        if state in counts
    ]
    return [every | {"is_current": not chosen}, *tabs]


def rows_of(page: Any) -> list[dict[str, Any]]:
    """Payments with the schedule lines they are to pay, in one more query."""
    payments = list(page)
    wanted = {pk for payment in payments for pk, _part in payment.parts}
    lines = ScheduleLine.objects.select_related("deal").in_bulk(wanted)
    return [
        {
            "payment": payment,
            "parts": [(lines[pk], Decimal(part)) for pk, part in payment.parts if pk in lines],
            "rest": payment.amount - sum((Decimal(p) for _pk, p in payment.parts), Decimal(0)),
        }
        for payment in payments
    ]


@require_POST
@requires(PERMISSION)
def bank_statement_book(request: HttpRequest, pk: int) -> HttpResponse:
    """Book everything that is matched: a few at once, many in the background."""
    found = seen_statement(request, pk)
    if found.payments.filter(state=PaymentState.SURE).count() > BOOKED_AT_ONCE:
        job = enqueue(
            bank_jobs.KIND, key=f"{bank_jobs.KIND}:{pk}", payload={"pk": pk}, author=request.user
        )
        return redirect("core:job", job.pk)
    count = bank.book_sure(found, by=request.user)
    tell(
        request,
        ngettext("%(count)s payment is booked.", "%(count)s payments are booked.", count)
        % {"count": count},
    )
    return redirect(found)


@require_POST
@requires(PERMISSION)
def bank_statement_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Match anew what waits, after a client's INN or a schedule was put right."""
    found = seen_statement(request, pk)
    count = bank.match_again(found, by=request.user)
    tell(
        request,
        ngettext("%(count)s payment can be booked.", "%(count)s payments can be booked.", count)
        % {"count": count},
    )
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
@idempotent
def bank_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose payment it is and what it pays for; booked by the second step."""
    found = seen_payment(request, pk)
    client = chosen_client(request, found)
    if client is None:
        return ask_payer(request, found)
    lines = all_debts(found, client, request.user)
    parts = PartsForm(request.POST if "parts" in request.POST else None, lines=lines)
    if parts.is_bound and parts.is_valid():
        try:
            bank.book_payment(found, by=request.user, client=client, parts=parts.parts)
        except ValidationError as error:
            parts.add_error(None, error)
        else:
            tell(request, _("The payment is booked."))
            return done(request, reverse("deals:bank_statement", args=[found.statement_id]))
    return show_payment(request, found, parts, client)


def chosen_client(request: HttpRequest, payment: BankPayment) -> Client | None:
    """The client of the payment, or the one just chosen, within the person's scope."""
    if payment.client_id:
        return payment.client
    text = request.POST.get("client", "")
    if not text.isdecimal():
        return None
    return Client.objects.visible_to(request.user).kept().filter(pk=text).first()


def ask_payer(request: HttpRequest, payment: BankPayment) -> HttpResponse:
    form = PayerForm(
        request.POST or None,
        person=request.user,
        payment=payment,
        action=reverse("deals:bank_payment", args=[payment.pk]),
        back=reverse("deals:bank_statement", args=[payment.statement_id]),
    )
    return show_form(
        request,
        form,
        _("Payment from the bank"),
        page="deals/bank_payment_page.html",
        modal="deals/_bank_payment.html",
        payment=payment,
    )


def all_debts(payment: BankPayment, client: Client, person: Any) -> dict[ScheduleLine, Decimal]:
    """Every debt of the client in this currency, with what the statement proposes for it."""
    proposed = {pk: Decimal(part) for pk, part in payment.parts}
    every = propose_parts(client, amount=Decimal("1e12"), currency=payment.currency, by=person)
    if not proposed:
        oldest = propose_parts(client, amount=payment.amount, currency=payment.currency, by=person)
        proposed = {line.pk: part for line, part in oldest.items()}
    return {line: proposed.get(line.pk, Decimal(0)) for line in every}


def show_payment(
    request: HttpRequest, payment: BankPayment, parts: PartsForm, client: Client
) -> HttpResponse:
    return show_form(
        request,
        parts,
        _("Payment from the bank"),
        page="deals/bank_payment_page.html",
        modal="deals/_bank_payment.html",
        payment=payment,
        client=client,
        parts=parts,
        alike=receipts_alike(payment, client),
    )


@require_POST
@requires(PERMISSION)
def bank_payment_link(request: HttpRequest, pk: int, receipt: int) -> HttpResponse:
    """The payment had been recorded by hand: that receipt is it."""
    found = seen_payment(request, pk)
    address = reverse("deals:bank_statement", args=[found.statement_id])
    if found.client_id is None:
        return redirect(address)
    known = get_object_or_404(receipts_alike(found, found.client), pk=receipt)
    try:
        bank.link_receipt(found, by=request.user, receipt=known)
    except ValidationError as error:
        warn(request, said(error))
    else:
        tell(request, _("Linked to the receipt; no money was booked twice."))
    return redirect(address)


@require_POST
@requires(PERMISSION)
def bank_payment_aside(request: HttpRequest, pk: int) -> HttpResponse:
    found = seen_payment(request, pk)
    try:
        bank.set_aside(found, by=request.user)
    except ValidationError as error:
        warn(request, said(error))
    else:
        tell(
            request,
            _("Set aside: it will not be asked about again."),
            undo=reverse("deals:bank_payment_return", args=[pk]),
        )
    return redirect("deals:bank_statement", found.statement_id)


@require_POST
@requires(PERMISSION)
def bank_payment_return(request: HttpRequest, pk: int) -> HttpResponse:
    found = seen_payment(request, pk)
    bank.bring_back(found, by=request.user)
    return redirect("deals:bank_statement", found.statement_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
@idempotent
def bank_payment_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Reverse a booking made by mistake, with a reason."""
    found = seen_payment(request, pk)
    address = reverse("deals:bank_statement", args=[found.statement_id])
    form = TakeBackForm(
        request.POST or None, action=reverse("deals:bank_payment_undo", args=[pk]), back=address
    )
    if request.method == "POST" and form.is_valid():
        try:
            bank.take_back_payment(found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(request, _("The booking is taken back by a reversal."))
            return done(request, address)
    return show_form(request, form, _("Take the booking back?"))
