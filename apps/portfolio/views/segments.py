"""The segments of the base: what the last run says, its clients, its rules, and who moved."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.export_limit import counts_exports
from apps.core.exporting import CONTENT_TYPES, streamed, table_response
from apps.core.idempotency import idempotent
from apps.core.versions import Conflict, chosen, conflict_page
from apps.portfolio import summaries
from apps.portfolio.actions.segments import start_segmentation
from apps.portfolio.actions.service import change_rules
from apps.portfolio.calculations.thresholds import FEW_BINS
from apps.portfolio.choices import AbcClass, RfmSegment, XyzClass
from apps.portfolio.forms.segments import RulesForm, RunsForm, SegmentFilter
from apps.portfolio.models import ClientSegment, SegmentRules, SegmentRun

PAGE = 50
ORDERS = {
    "revenue": ("revenue", "pk"),
    "name": ("client__name_key", "pk"),
    "cv": ("cv", "pk"),
    "orders": ("orders", "pk"),
    "silence": ("silence", "pk"),
}
COLUMNS = [
    {"label": gettext_lazy("Client"), "sort": "name"},
    {"label": gettext_lazy("ABC")},
    {
        "label": gettext_lazy("XYZ"),
        "sort": "cv",
        "class": "d-only",
        "hint": gettext_lazy("Variation of quarterly revenue: σ ÷ mean"),
    },
    {"label": gettext_lazy("RFM"), "class": "d-only"},
    {"label": gettext_lazy("State"), "class": "d-only"},
    {"label": gettext_lazy("Orders"), "sort": "orders", "is_number": True, "class": "d-only"},
    {"label": gettext_lazy("Days of silence"), "sort": "silence", "is_number": True, "class": "d-only"},
    {"label": gettext_lazy("Revenue of 12 months"), "sort": "revenue", "is_number": True},
    {"label": gettext_lazy("Owner"), "class": "d-only"},
]  # fmt: skip


def current_run() -> SegmentRun | None:
    return SegmentRun.objects.select_related("previous").latest_run()


def base_context(request: HttpRequest, run: SegmentRun | None) -> dict[str, Any]:
    """What every page about the base says of its run."""
    return {"run": run, "may_run": allowed(request.user, "portfolio.run_segments")}


@require_GET
@requires("portfolio.view_segment")
def segments(request: HttpRequest) -> HttpResponse:
    run = current_run()
    context = base_context(request, run)
    if run is not None:
        abc = summaries.lines(request.user, run, "abc", AbcClass)
        context |= {
            "abc": abc,
            "leader": abc[0],
            "clients": sum(line.clients for line in abc),
            "revenue": sum((line.revenue for line in abc), summaries.ZERO),
            "rfm": [
                line for line in summaries.lines(request.user, run, "rfm", RfmSegment) if line.code
            ],
            "cross": summaries.cross(request.user, run),
            "xyz": [label for code, label in XyzClass.choices if code],
            "is_few": run.rfm_bins == FEW_BINS,
            "may_change_rules": allowed(request.user, "portfolio.change_rules"),
        }
    return render(request, "portfolio/segments.html", context)


@require_GET
@requires("portfolio.view_segment")
def segment_clients(request: HttpRequest) -> HttpResponse:
    """The clients of any class of the run that the address names, the last one unless named."""
    filters = SegmentFilter(request.GET or None, viewer=request.user)
    run = filters.said.get("run") or current_run()
    rows = ordered(filters.rows(run), request)
    page = Paginator(rows.select_related("client__owner"), PAGE).get_page(request.GET.get("page"))
    context = base_context(request, run) | {
        "filters": filters,
        "page": page,
        "columns": COLUMNS,
        "can_export": allowed(request.user, "portfolio.export_segment"),
    }
    is_fragment = request.headers.get("HX-Target") == "segment-table"
    template = "portfolio/_segment_table.html" if is_fragment else "portfolio/segment_clients.html"
    return render(request, template, context)


def ordered(rows: QuerySet[ClientSegment], request: HttpRequest) -> QuerySet[ClientSegment]:
    """In the order that the address asks for, the largest first unless asked; 400 for nonsense."""
    sort = request.GET.get("sort") or "-revenue"
    order = ORDERS.get(sort.removeprefix("-"))
    if order is None:
        raise BadRequest("unknown order")
    sign = "-" if sort.startswith("-") else ""
    return rows.order_by(*(f"{sign}{name}" for name in order))


@require_GET
@requires("portfolio.export_segment")
@counts_exports
def segment_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Exactly the rows of the list with the same address, in the same order."""
    if kind not in CONTENT_TYPES:
        raise Http404
    filters = SegmentFilter(request.GET or None, viewer=request.user)
    rows = ordered(filters.rows(filters.said.get("run") or current_run()), request)
    headings = [
        _("Client"), _("Owner"), _("ABC"), _("XYZ"), _("Variation"), _("R"), _("F"), _("M"),
        _("RFM"), _("State"), _("Orders"), _("Revenue of 12 months"), _("First order"),
        _("Last order"), _("Rhythm, days"), _("Chance of an order"),
    ]  # fmt: skip
    name = f"{_('segments')}-{company_today():%Y-%m-%d}"
    return table_response(kind, name, headings, exported(rows))


def exported(rows: QuerySet[ClientSegment]) -> Iterator[list[Any]]:
    for row in streamed(rows.select_related("client__owner")):
        yield [
            row.client.name, row.client.owner, row.get_abc_display(), row.xyz, row.cv, row.r, row.f,
            row.m, row.get_rfm_display(), row.get_lifecycle_display(), row.orders, row.revenue,
            row.first_on, row.last_on, row.rhythm, row.chance,
        ]  # fmt: skip


@require_GET
@requires("portfolio.view_segment")
def migration(request: HttpRequest) -> HttpResponse:
    """Who moved from class to class between two runs, the last two of different months unless
    the address names others."""
    run = current_run()
    context = base_context(request, run)
    usual = {"since": run and run.previous, "until": run}
    form = RunsForm(request.GET or None, initial=usual)
    runs = form.cleaned_data if form.is_bound and form.is_valid() else usual
    if runs.get("since") and runs.get("until"):
        context |= runs | {
            "matrix": summaries.migration(request.user, runs["since"], runs["until"]),
            "labels": dict(AbcClass.choices),
        }
    return render(request, "portfolio/migration.html", context | {"form": form})


@require_POST
@requires("portfolio.run_segments")
@idempotent
def segments_start(request: HttpRequest) -> HttpResponse:
    """Count everything anew as of the end of yesterday, and show the progress."""
    job = start_segmentation(by=request.user, day=company_today() - timedelta(days=1))
    return redirect("core:job", job.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("portfolio.change_rules")
def rules(request: HttpRequest) -> HttpResponse:
    row = SegmentRules.current()
    form = RulesForm(instance=row)
    if request.method == "POST":
        form = RulesForm(chosen(request, form), instance=row)
        if form.is_valid():
            try:
                save_rules(request, form)
            except Conflict as conflict:
                return conflict_page(request, form, conflict.current)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                toasts.tell(request, _("Saved. The next calculation goes by these thresholds."))
                return redirect("portfolio:rules")
    runs = SegmentRun.objects.select_related("author")
    context = {
        "form": form,
        "page": Paginator(runs, PAGE).get_page(request.GET.get("page")),
        "may_run": allowed(request.user, "portfolio.run_segments"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/rules.html", context, status=status)


def save_rules(request: HttpRequest, form: RulesForm) -> None:
    fields = dict(form.cleaned_data)
    version = fields.pop("version")
    change_rules(by=request.user, expected_version=version, **fields)
