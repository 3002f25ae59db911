"""The metric catalogue: what is measured, how, and what it says of the people in sight."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.access import requires
from apps.core.metrics import Metric, find_metric
from apps.core.words import asked
from apps.kpis.metric_pages import MetricPage, Sight, catalogue, chosen_month, sources_of
from apps.kpis.metric_words import DIRECTIONS, UNITS
from apps.kpis.models import NightRun

PEOPLE_ON_PAGE = 50


@require_GET
@requires("kpis.view_metric")
def metrics(request: HttpRequest) -> HttpResponse:
    run, text = NightRun.objects.current(), asked(request.GET)
    context: dict[str, Any] = {"run": run, "q": text}
    if run is not None:
        sight = Sight(request.user, run)
        context |= {"groups": catalogue(sight, text), "sight": sight}
    template = "kpis/_metric_table.html" if request.htmx else "kpis/metrics.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@require_GET
@requires("kpis.view_metric")
def metric(request: HttpRequest, code: str) -> HttpResponse:
    """404 for a metric that does not exist and for a month that nobody keeps."""
    found, run = find_metric(code), NightRun.objects.current()
    if found is None:
        raise Http404
    context: dict[str, Any] = {"metric": found, "run": run, **told(found)}
    if run is not None:
        context |= figures(request, found, Sight(request.user, run))
    return render(request, "kpis/metric.html", context)


def told(found: Metric) -> dict[str, Any]:
    """What the definition says, in words."""
    return {
        "unit": UNITS[found.unit],
        "direction": DIRECTIONS[found.direction],
        "sources": sources_of(found),
    }


def figures(request: HttpRequest, found: Metric, sight: Sight) -> dict[str, Any]:
    month = chosen_month(sight, request.GET.get("month", ""))
    if month is None:
        raise Http404
    shown = MetricPage(found, sight, month)
    page = Paginator(shown.people, PEOPLE_ON_PAGE).get_page(request.GET.get("page"))
    return {"shown": shown, "page": page, "is_alone": sight.only_person is not None}
