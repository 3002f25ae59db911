"""How healthy the base is, and whom to win back."""

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import DecimalField, ExpressionWrapper, F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.access import allowed, requires
from apps.portfolio import summaries
from apps.portfolio.calculations import health as calc
from apps.portfolio.choices import Lifecycle
from apps.portfolio.forms.segments import QuietFilter
from apps.portfolio.views.segments import PAGE, base_context, current_run

EXPECTED = ExpressionWrapper(
    F("last_year") * F("chance"), output_field=DecimalField(max_digits=18, decimal_places=2)
)


@require_GET
@requires("portfolio.view_segment")
def health(request: HttpRequest) -> HttpResponse:
    run = current_run()
    context = base_context(request, run)
    if run is not None:
        rows = summaries.seen(request.user, run)
        states = summaries.lines(request.user, run, "lifecycle", Lifecycle)
        active, change, ever = summaries.active_base(states)
        context |= {
            "states": states,
            "active": active,
            "change": change,
            "ever": ever,
            "lost": next(line for line in states if line.code == Lifecycle.LOST),
            "repeats": summaries.repeats(rows),
            "concentration": summaries.concentration(rows),
            "cohorts": shown_cohorts(summaries.cohorts(rows, run)),
            "quarters": range(1, summaries.SHOWN_QUARTERS + 1),
        }
    return render(request, "portfolio/health.html", context)


def shown_cohorts(found: list[calc.Cohort]) -> list[dict[str, Any]]:
    """The rows of the heat table: Q1 2026, its clients, cells with their tone."""
    usual = [calc.pooled(found, at) for at in range(summaries.SHOWN_QUARTERS)]
    return [
        {
            "year": cohort.quarter // 4,
            "number": cohort.quarter % 4 + 1,
            "clients": cohort.clients,
            "cells": [
                {"cell": cell, "tone": calc.tone_of(cell, cohort.clients, usual[at])}
                for at, cell in enumerate(cohort.cells)
            ],
            "rest": range(summaries.SHOWN_QUARTERS - len(cohort.cells)),
        }
        for cohort in found
    ]


@require_GET
@requires("portfolio.view_segment")
def reactivation(request: HttpRequest) -> HttpResponse:
    """Clients who have gone quiet, the most expected first."""
    run = current_run()
    filters = QuietFilter(request.GET or None, viewer=request.user)
    rows = filters.rows(run).annotate(expected=EXPECTED)
    page = Paginator(
        rows.select_related("client__owner").order_by("-expected", "client"), PAGE
    ).get_page(request.GET.get("page"))
    context = base_context(request, run) | {
        "filters": filters,
        "page": page,
        "total": rows.aggregate(sum=Sum("expected"))["sum"] or Decimal(0),
        "can_log": allowed(request.user, "deals.add_activity"),
    }
    is_fragment = request.headers.get("HX-Target") == "quiet-table"
    template = "portfolio/_quiet_table.html" if is_fragment else "portfolio/reactivation.html"
    return render(request, template, context)
