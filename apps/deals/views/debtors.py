"""Debtors: who owes, what they promised, whom to call; and the call itself."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from apps.clients.models import Client
from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.export_limit import counts_exports
from apps.core.exporting import CONTENT_TYPES, XLSX, table_response
from apps.core.idempotency import idempotent
from apps.core.toasts import tell, warn
from apps.deals import debtors
from apps.deals.actions import Debt, debt_of, owed_on, record_debt_call
from apps.deals.calculations import kept_share
from apps.deals.choices import AgeBucket, Outcome
from apps.deals.exporting import LARGEST_WORKBOOK
from apps.deals.forms.debtors import DebtCallForm, DebtorFilter
from apps.deals.models import Deal, ScheduleLine
from apps.deals.receivables import buckets_of
from apps.deals.views.answers import add_errors, changed, show_form

PAGE_SIZE = 50
# Promises of so many past days say how a word is kept.
WORD_DAYS = 180
COLUMNS = [
    {"label": gettext_lazy("Client"), "sort": "client"},
    {"label": gettext_lazy("Overdue"), "sort": "overdue", "is_number": True},
    {"label": gettext_lazy("Not due yet"), "is_number": True, "class": "wide b0"},
    {"label": gettext_lazy("1–30 days"), "is_number": True, "class": "wide"},
    {"label": gettext_lazy("31–60 days"), "is_number": True, "class": "wide"},
    {"label": gettext_lazy("61–90 days"), "is_number": True, "class": "wide"},
    {"label": gettext_lazy("Over 90 days"), "is_number": True, "class": "wide"},
    {"label": gettext_lazy("Oldest"), "sort": "oldest"},
    {"label": gettext_lazy("Last promise"), "sort": "promise"},
    {"label": gettext_lazy("Next call"), "sort": "call"},
    {"label": gettext_lazy("Owner"), "class": "wide own"},
    {"label": ""},
]


@require_GET
@requires("deals.view_deal")
def debtor_list(request: HttpRequest) -> HttpResponse:
    today = company_today()
    form = DebtorFilter(request.GET, viewer=request.user)
    lines = lines_of(form, request.user)
    buckets = buckets_of(lines, today)
    for bucket in buckets:
        bucket["url"] = f"?{urlencode({**kept_query(request), 'bucket': bucket['code']})}"
    page = Paginator(rows_of(form, lines, request, today), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    page.object_list = debtors.as_debtors(page.object_list, request.user, today)
    total = sum(bucket["amount"] for bucket in buckets)
    overdue = sum(bucket["amount"] for bucket in buckets[1:])
    context = {
        "form": form,
        "page": page,
        "buckets": buckets,
        "total": total,
        "overdue": overdue,
        "overdue_share": overdue / total if total else None,
        "columns": COLUMNS,
        "today": today,
        "can_call": allowed(request.user, "deals.add_activity"),
        "can_export": allowed(request.user, "deals.export_deal"),
    }
    is_fragment = request.headers.get("HX-Target") == "debtor-table"
    template = "deals/_debtor_table.html" if is_fragment else "deals/debtor_list.html"
    return render(request, template, context)


def kept_query(request: HttpRequest) -> dict[str, str]:
    names = ("q", "team", "owner", "sort")
    return {name: request.GET[name] for name in names if request.GET.get(name)}


def lines_of(form: DebtorFilter, viewer: Any) -> Any:
    """The debts of the people and clients asked for; what concerns a whole row is left to rows_of."""
    lines = ScheduleLine.objects.visible_to(viewer).owed()
    if not form.is_valid():
        return lines.none()
    if (people := form.people()) is not None:
        lines = lines.filter(deal__owner__in=people)
    if text := form.cleaned_data["q"]:
        lines = lines.filter(deal__client__in=Client.objects.matching(text).values("pk"))
    return lines


def rows_of(form: DebtorFilter, lines: Any, request: HttpRequest, today: Any) -> Any:
    viewer = request.user
    given = form.cleaned_data if form.is_valid() else {}
    if state := given.get("promise"):
        lines = debtors.with_promise(lines, state, viewer=viewer, today=today)
    sort = request.GET.get("sort", debtors.DEFAULT_SORT)
    rows = debtors.debtors_of(lines, today=today)
    if given.get("call") or sort.removeprefix("-") in debtors.OF_LAST_WORDS:
        rows = debtors.with_last_words(rows, viewer)
    if bucket := given.get("bucket"):
        rows = debtors.with_bucket(rows, bucket)
    if given.get("overdue"):
        rows = debtors.overdue_only(rows)
    if given.get("call"):
        rows = debtors.to_call(rows, today)
    return debtors.ordered(rows, sort)


@require_GET
@requires("deals.export_deal")
@counts_exports
def debtor_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Exactly the rows of the list with the same address, in the same order."""
    if kind not in CONTENT_TYPES:
        raise Http404
    today = company_today()
    form = DebtorFilter(request.GET, viewer=request.user)
    rows = rows_of(form, lines_of(form, request.user), request, today)
    if kind == XLSX and rows[: LARGEST_WORKBOOK + 1].count() > LARGEST_WORKBOOK:
        warn(request, _("More than 50,000 rows: take CSV or narrow the list down."))
        return redirect(f"{reverse('deals:debtor_list')}?{request.GET.urlencode()}")
    name = f"debtors-{today:%Y-%m-%d}"
    return table_response(kind, name, headings(), exported(rows, request.user, today))


def headings() -> list[str]:
    return [
        _("Client"),
        _("Owed"),
        _("Overdue"),
        *(str(bucket.label) for bucket in AgeBucket),
        _("Oldest payment due"),
        _("Promised"),
        _("Currency"),
        _("Promised by"),
        _("State of the promise"),
        _("Next call"),
        _("Owner"),
    ]


def exported(rows: Any, viewer: Any, today: Any) -> Iterator[list[Any]]:
    for row in debtors.in_chunks(rows, viewer, today):
        said = row.promise
        yield [
            row.name,
            row.owed,
            row.overdue,
            *(amount for _bucket, amount in row.buckets),
            row.oldest,
            said.amount if said else None,
            said.currency if said else None,
            said.promised_on if said else None,
            str(row.state.label) if row.state else None,
            row.next_call_on,
            ", ".join(row.owners),
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.add_activity")
@idempotent
def debtor_call(request: HttpRequest, pk: int) -> HttpResponse:
    """A call about the client's debts; ?deal= or ?line= narrow it to a part of them."""
    return answer_call(request, asked_debt(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.add_activity")
@idempotent
def deal_debt_call(request: HttpRequest, pk: int) -> HttpResponse:
    """The same, asked from a deal: about what its client owes for it."""
    deal = get_object_or_404(
        Deal.objects.visible_to(request.user).exclude(client=None).select_related("client"), pk=pk
    )
    debt = debt_of(deal.client, by=request.user, deal=deal)
    if debt is None:
        raise Http404
    return answer_call(request, debt)


def answer_call(request: HttpRequest, debt: Debt) -> HttpResponse:
    form = DebtCallForm(
        request.POST if request.method == "POST" else None,
        debt=debt,
        action=request.get_full_path(),
        back=reverse("deals:debtor_list"),
        initial={"amount": owed_on(debt, by=request.user)},
    )
    # A draft belongs to its debtor.
    form.draft = f"debt-call-{debt.client.pk}"
    if request.method == "POST" and form.is_valid():
        try:
            record_debt_call(debt, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(request, _("The call is recorded."))
            return changed(request, reverse("deals:debtor_list"))
    return show_form(
        request,
        form,
        _("Call to the debtor"),
        page="deals/debtor_call.html",
        modal="deals/_debtor_call.html",
        debt=debt,
        owed=owed_on(debt, by=request.user),
    )


def asked_debt(request: HttpRequest, pk: int) -> Debt:
    """404 where the person sees no debt of this client."""
    client = get_object_or_404(Client, pk=pk)
    deal, line = request.GET.get("deal", ""), request.GET.get("line", "")
    narrowed: dict[str, Any] = {}
    if line.isdecimal():
        lines = ScheduleLine.objects.visible_to(request.user).filter(deal__client=pk)
        narrowed["line"] = get_object_or_404(lines.select_related("deal"), pk=line)
    elif deal.isdecimal():
        deals = Deal.objects.visible_to(request.user).filter(client=pk)
        narrowed["deal"] = get_object_or_404(deals, pk=deal)
    debt = debt_of(client, by=request.user, **narrowed)
    if debt is None:
        raise Http404
    return debt


@require_GET
@requires("deals.view_deal")
def promises_kept(request: HttpRequest) -> HttpResponse:
    """How debtors keep their word, by who answers for the debts."""
    today = company_today()
    words = debtors.words_kept(request.user, first=today - timedelta(days=WORD_DAYS), today=today)
    ended, kept = sum(word.ended for word in words), sum(word.kept for word in words)
    context = {
        "words": words,
        "ended": ended,
        "kept": kept,
        "share": kept_share(kept, ended),
        "days": WORD_DAYS,
    }
    template = "deals/_promises_kept.html" if request.htmx else "deals/promises_kept.html"
    return render(request, template, context)


UNPLANNED_SHOWN = 5


@require_GET
@requires("deals.view_deal")
def unplanned(request: HttpRequest) -> HttpResponse:
    """Won deals without a schedule: what their clients owe stands in no list of debts."""
    deals = Deal.objects.visible_to(request.user).kept().filter(outcome=Outcome.WON, amount__gt=0)
    bare = deals.filter(schedule=None)
    page = Paginator(bare.select_related("client").order_by("-closed_on", "-pk"), PAGE_SIZE)
    rows = page.get_page(request.GET.get("page"))
    context = {
        "page": rows,
        "shown": rows.object_list[:UNPLANNED_SHOWN] if request.htmx else rows.object_list,
        "count": page.count,
        "can_plan": allowed(request.user, "deals.change_deal"),
    }
    template = "deals/_unplanned.html" if request.htmx else "deals/unplanned.html"
    return render(request, template, context)
