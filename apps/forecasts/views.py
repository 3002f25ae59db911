"""The forecast of the current month: two simple methods side by side, with their past."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.core.access import requires
from apps.core.numerals import millions_unit
from apps.forecasts.choices import Method
from apps.forecasts.models import ForecastSnapshot
from apps.kpis.choices import ScopeKind
from apps.kpis.snapshots import current_snapshot
from apps.staff.choices import Role
from apps.staff.models import TeamNode

MILLION = Decimal(10**6)
# Half-width of a 50 % interval over that of an 80 % one, for a normal error.
HALF_OF_80 = Decimal("0.674") / Decimal("1.2816")


@require_GET
@requires("forecasts.view_forecast")
def forecast(request):
    nodes = visible_nodes(request.user)
    scope_kind, scope_id, name = chosen_scope(request, nodes)
    snapshot = current_snapshot(scope_kind, scope_id)
    payload = snapshot.payload if snapshot else None
    context = {"nodes": nodes, "scope_id": scope_id, "name": name, "snapshot": snapshot}
    if payload and payload["forecast"]:
        kept = kept_rows(request.user, scope_kind, scope_id, payload["period"]["start"])
        context |= shown(payload) | {"kept": kept}
    return render(request, "forecasts/forecast.html", context)


def visible_nodes(viewer):
    if viewer.role == Role.SELLER:
        return []
    return list(TeamNode.objects.kept().led_by(viewer).order_by("path"))


def chosen_scope(request, nodes):
    """The asked node of those in sight, the highest unless asked; a seller's own figures."""
    if request.user.role == Role.SELLER:
        return ScopeKind.PERSON, request.user.pk, request.user.get_full_name()
    wanted = request.GET.get("team")
    for node in nodes:
        if wanted in (None, "", str(node.pk)):
            return node.kind, node.pk, node.name
    if nodes:
        raise Http404
    raise PermissionDenied(_("You lead no team yet, so there is no forecast to show."))


def shown(payload):
    part, plan = payload["forecast"], payload["plan"]["plan"]
    methods = {method["code"]: method for method in part["methods"]}
    return {
        "payload": payload,
        "part": part,
        "month": date.fromisoformat(payload["period"]["start"]),
        "methods": [
            (Method(code).label, method, missed(method, plan)) for code, method in methods.items()
        ],
        "past": [(date.fromisoformat(row["month"]), row) for row in part["past"]],
        "chart": chart(payload),
        "unit": millions_unit(payload["currency"]),
    }


def missed(method, plan):
    """What the method says will be missing to the plan (negative: beyond it), None unknown."""
    if plan is None or method["amount"] is None:
        return None
    return plan - method["amount"]


def chart(payload):
    """The run-rate line in millions, from the last day of the fact on."""
    series, part = payload["series"], payload["forecast"]
    start = max(payload["period"]["days_done"] - 1, 0)
    middle, low, high = (millions(part[name][start:]) for name in ("line", "low", "high"))
    forecast = {"middle": middle}
    if part["low"] and part["low"][-1] is not None:
        forecast |= {
            "low80": low,
            "high80": high,
            "low50": towards(middle, low),
            "high50": towards(middle, high),
        }
    fact = [value for value in series["fact"] if value is not None]
    return {
        "unit": millions_unit(payload["currency"]),
        "days": series["days"],
        "plan": millions(series["plan"]),
        "fact": millions(fact),
        "forecast": forecast if middle and middle[0] is not None else None,
    }


def millions(values):
    return [None if value is None else float(round(value / MILLION, 3)) for value in values]


def towards(middle, bound):
    return [
        None if a is None or b is None else round(a + (b - a) * float(HALF_OF_80), 3)
        for a, b in zip(middle, bound, strict=True)
    ]


def kept_rows(viewer, scope_kind, scope_id, month):
    """What each night of the month said: day, run-rate, weighted; the newest night first."""
    rows = ForecastSnapshot.objects.visible_to(viewer).published()
    rows = rows.filter(scope_kind=scope_kind, scope_id=scope_id, month=month).order_by("run_id")
    by_day = {}
    for row in rows:
        by_day.setdefault(row.day, {"fact": row.fact})[row.method] = row
    return sorted(by_day.items(), reverse=True)
