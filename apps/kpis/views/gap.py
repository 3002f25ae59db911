"""Why revenue is off: against the plan, the period before, the year before."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.models import Company
from apps.core.periods import Period, add_months, month_of, quarter_of, year_of
from apps.kpis.choices import GapBase, GapSpan
from apps.kpis.forms import GapChoice
from apps.kpis.gap import GapScope, read_gap
from apps.kpis.gap_page import MONTHS_BACK, Asked, chips, default_group, shown
from apps.kpis.models import NightRun
from apps.kpis.plan_page import visible_nodes
from apps.staff.models import User


@require_GET
@requires("kpis.view_gap")
def gap(request: HttpRequest) -> HttpResponse:
    asked = read_address(request)
    run = NightRun.objects.current()
    context: dict[str, Any] = {"asked": asked, "run": run, "chips": chips(asked)}
    if run is not None and run.day >= asked.period.start:
        found = read_gap(
            asked.scope,
            run=run,
            period=asked.period,
            base=asked.base,
            by=asked.by,
        )
        context |= shown(found, asked) if found else {}
    return render(request, "kpis/gap.html", context)


def read_address(request: HttpRequest) -> Asked:
    """404 for nonsense, for a team out of sight and for a month that nobody keeps."""
    form = GapChoice(request.GET)
    if not form.is_valid():
        raise Http404
    given = form.cleaned_data
    nodes = visible_nodes(request.user)
    scope = scope_of(request.user, nodes, given)
    span = given["span"] or GapSpan.MONTH
    by = given["by"] or default_group(scope, nodes)
    return Asked(
        period_of(given["month"], span), span, given["base"] or GapBase.PLAN, by, scope, nodes
    )


def scope_of(viewer: Any, nodes: list[Any], given: dict[str, Any]) -> GapScope:
    """The asked person or team in sight; the highest team unless asked, for a seller himself."""
    if given["person"] or not nodes:
        people = User.objects.work_visible_to(viewer)
        return GapScope(viewer, None, get_object_or_404(people, pk=given["person"] or viewer.pk))
    chosen = [node for node in nodes if given["team"] in (None, node.pk)]
    if not chosen:
        raise Http404
    return GapScope(viewer, chosen[0])


def period_of(month: str, span: str) -> Period:
    current = month_of(company_today()).start
    start = date.fromisoformat(f"{month}-01") if month else current
    if not add_months(current, -MONTHS_BACK) <= start <= current:
        raise Http404
    if span == GapSpan.MONTH:
        return month_of(start)
    fiscal = Company.current().fiscal_year_start_month
    return quarter_of(start, fiscal) if span == GapSpan.QUARTER else year_of(start, fiscal)
