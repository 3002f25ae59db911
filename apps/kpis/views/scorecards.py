"""Scorecards: the people of one's scope in a month, one person's card."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.periods import add_months, month_of
from apps.kpis.models import NightRun, Scorecard
from apps.kpis.scheme_forms import MonthChoice
from apps.kpis.scorecard_page import MONTHS_SHOWN, list_rows, read_card
from apps.staff.choices import Role
from apps.staff.models import User

SORTS = {
    "name": "user__name_key",
    "score": "score",
    "pace": "on_pace",
    "standing": "standing",
}
ROWS = 50
MONTHS_BACK = 24


@require_GET
@requires("kpis.view_scorecard")
def scorecard_list(request: HttpRequest) -> HttpResponse:
    """A seller has one card only, his own."""
    if request.user.role == Role.SELLER:
        return redirect("kpis:scorecard", request.user.pk)
    month = asked_month(request)
    cards = Scorecard.objects.visible_to(request.user)
    shown = Scorecard.objects.filter(pk__in=cards.filter(month=month).shown().values("pk"))
    ordered = shown.select_related("user__team", "version__scheme").order_by(*sorting(request))
    page = Paginator(ordered, ROWS).get_page(request.GET.get("page"))
    people = [card.user_id for card in page]
    before = cards.filter(month=add_months(month, -1), user__in=people).shown()
    context = {
        "page": page,
        "rows": list_rows(list(page), dict(before.values_list("user", "score"))),
        "period": month_of(month),
        "chips": [month_chip(request, month)],
        "run": NightRun.objects.current(),
        "without": without_card(request.user, month) if page.paginator.count else 0,
        "columns": columns(),
    }
    return render(request, "kpis/scorecard_list.html", context)


def without_card(viewer: Any, month: date) -> int:
    """Selling people who have no card of the running month, so no scheme that fits them."""
    if month != month_of(company_today()).start:
        return 0
    judged = Scorecard.objects.filter(month=month).values("user")
    people = User.objects.work_visible_to(viewer).selling().working()
    return people.exclude(pk__in=judged).exclude(pk=viewer.pk).count()


@require_GET
@requires("kpis.view_scorecard")
def scorecard(request: HttpRequest, pk: int) -> HttpResponse:
    people = User.objects.work_visible_to(request.user).select_related("team")
    person = get_object_or_404(people, pk=pk)
    month = asked_month(request)
    context = {
        "card_page": read_card(request.user, person, month),
        "person": person,
        "period": month_of(month),
        "is_last": month == month_of(company_today()).start,
    }
    return render(request, "kpis/scorecard.html", context)


@require_GET
@requires("kpis.view_scorecard")
def scorecard_panel(request: HttpRequest) -> HttpResponse:
    """The own card in short, for "my day"; without scripts its heading leads to the whole of it."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("kpis:scorecard", request.user.pk)
    month = month_of(company_today()).start
    context = {"card_page": read_card(request.user, request.user, month), "period": month_of(month)}
    return render(request, "kpis/_scorecard_panel.html", context)


def asked_month(request: HttpRequest) -> date:
    """The month of the address, the running one unless asked; 404 for nonsense."""
    current = month_of(company_today()).start
    if "month" not in request.GET:
        return current
    form = MonthChoice(request.GET)
    if not form.is_valid():
        raise Http404
    month = date.fromisoformat(f"{form.cleaned_data['month']}-01")
    if not add_months(current, -MONTHS_BACK) <= month <= current:
        raise Http404
    return month


def sorting(request: HttpRequest) -> list[Any]:
    """The highest score first unless asked otherwise; what is unknown stands last."""
    asked = request.GET.get("sort", "-score")
    name = asked.removeprefix("-")
    if name not in SORTS:
        name, asked = "score", "-score"
    field = F(SORTS[name])
    is_down = asked.startswith("-")
    ordered = field.desc(nulls_last=True) if is_down else field.asc(nulls_last=True)
    return [ordered, "user__name_key", "pk"]


def columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Person"), "sort": "name"},
        {"label": _("Score"), "sort": "score", "is_number": True},
        {"label": _("Pace"), "sort": "pace"},
        {"label": _("Lines"), "class": "d-only"},
        {"label": _("Against the month before"), "is_number": True, "class": "d-only"},
        {"label": _("Above colleagues"), "sort": "standing", "is_number": True, "class": "d-only"},
    ]


def month_chip(request: HttpRequest, month: date) -> dict[str, Any]:
    current = month_of(company_today()).start
    months = [add_months(current, -back) for back in range(MONTHS_SHOWN + 1)]
    query = request.GET.copy()
    query.pop("page", None)
    options = []
    for one in months:
        query["month"] = f"{one:%Y-%m}"
        options.append(
            {
                "label": month_of(one).label,
                "url": f"?{query.urlencode()}",
                "is_current": one == month,
            }
        )
    return {
        "label": _("Month"),
        "value": month_of(month).label,
        "is_set": month != current,
        "options": options,
    }
