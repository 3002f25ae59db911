"""A month of the plan: what it means a day, its two sides, and how it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.periods import add_months, month_of
from apps.kpis.choices import PlanLevel
from apps.kpis.forms import PlanMonthChoice
from apps.kpis.plan_build import Builder
from apps.kpis.plan_month import PlanMonth
from apps.kpis.plan_page import PlanPage, read_page
from apps.staff.choices import SELLING_ROLES
from apps.staff.models import User


@require_GET
@requires("kpis.view_plan_month")
def plan_month(request: HttpRequest) -> HttpResponse:
    """The page; for htmx its first part, which stands under the grid of the year as well."""
    choice = PlanMonthChoice(request.GET)
    if not choice.is_valid():
        raise Http404
    asked, today = choice.cleaned_data, company_today()
    month = date(asked["year"] or today.year, asked["month"] or today.month, 1)
    page = asked_page(request.user, month.year, asked)
    found = PlanMonth(page, Builder(page, today), month, speaking(request.user, page, month))
    context: dict[str, Any] = {"page": page, "month": found, "work": found.work}
    context |= {"rows": found.work.rows(), "whole": found.work.whole()}
    if request.headers.get("HX-Request"):
        return render(request, "kpis/_plan_work.html", context)
    context |= {
        "sides": found.sides(),
        "days": found.days(),
        "chart": found.chart(),
        "before": add_months(month, -1),
        "after": add_months(month, 1),
    }
    return render(request, "kpis/plan_month.html", context)


def speaking(viewer: Any, page: PlanPage, month: date) -> frozenset[int]:
    """Whose expectation of the month `viewer` may write down: of nobody once it is over."""
    if not allowed(viewer, "kpis.offer_plan") or month_of(month).end <= company_today():
        return frozenset()
    return frozenset(
        person.pk
        for person in page.people
        if person.role in SELLING_ROLES and person.dismissed_on is None
    )


def asked_page(viewer: Any, year: int, asked: dict[str, Any]) -> PlanPage:
    """The plan in force or drafted, of the asked team or person in sight."""
    page = read_page(viewer, year=year, team=asked["team"], level=PlanLevel.PLAN)
    if page is None:
        raise Http404
    if not asked["person"]:
        return page
    people = User.objects.work_visible_to(viewer).select_related("team")
    person = get_object_or_404(people, pk=asked["person"])
    return replace(page, node=None, people=[person])
