"""The head's page, and the page of one employee: published snapshots, rendered."""

from datetime import date
from functools import partial

from django.conf import settings
from django.db.models import BigIntegerField, CharField, Count, DateTimeField, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.periods import add_months, month_of
from apps.core.standing import Standing
from apps.dashboard.screen import Screen
from apps.deals.choices import StageKind
from apps.deals.models import StageMove
from apps.kpis.choices import ScopeKind
from apps.kpis.snapshots import current_snapshot, scores_of
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User

MONTHS_BACK = 12


@require_GET
@requires("dashboard.view_department")
def department(request):
    nodes = _nodes_led_by(request.user)
    if not nodes:
        return render(request, "dashboard/no_team.html")
    node = _chosen_node(request, nodes)
    since = partial(_won_below, path=node.path)
    chips = _chips(request, nodes, node)
    return _snapshot_page(request, node.kind, node.pk, since, {"node": node, **chips})


@require_GET
@requires("dashboard.view_employee")
def employee(request, pk):
    person = get_object_or_404(
        User.objects.work_visible_to(request.user).select_related("team"), pk=pk
    )
    since = partial(_won_by, person=pk)
    context = {"person": person, **_chips(request)}
    return _snapshot_page(request, ScopeKind.PERSON, pk, since, context)


def _snapshot_page(request, scope_kind, scope_id, won, context):
    month = chosen_month(request)
    snapshot = current_snapshot(scope_kind, scope_id, month)
    context |= {
        "month": month,
        "is_current": month == month_of(company_today()).start,
        "may_run": allowed(request.user, "kpis.run_night"),
    }
    if snapshot:
        context |= {
            "snapshot": snapshot,
            "screen": SimpleLazyObject(lambda: Screen(snapshot.payload, scores_of(snapshot))),
            "since": _won_since(snapshot.run, won) if context["is_current"] else None,
            "everyone": "everyone" in request.GET,
            "may_act": allowed(request.user, "deals.change_deal"),
            "release": settings.RELEASE,
        }
        if request.htmx and request.htmx.target == "team":
            return render(request, "dashboard/_team.html", context)
    return render(request, "dashboard/department.html", context)


def _chosen_node(request, nodes):
    """The asked node of those the person leads; the highest of them unless asked."""
    wanted = request.GET.get("team")
    for node in nodes:
        if wanted in (None, "", str(node.pk)):
            return node
    raise Http404


def chosen_month(request):
    """First day of the month asked as YYYY-MM; the current one unless asked. 404 for nonsense."""
    current = month_of(company_today()).start
    asked = request.GET.get("month")
    if not asked:
        return current
    try:
        month = date.fromisoformat(f"{asked}-01")
    except ValueError:
        raise Http404 from None
    if not add_months(current, -MONTHS_BACK) <= month <= current:
        raise Http404
    return month


def _chips(request, nodes=(), chosen=None):
    """The filters, made when the template asks for them, and what they depend on."""

    def chips():
        found = [_month_chip(request)]
        return [*found, _team_chip(request, nodes, chosen)] if nodes else found

    teams = [(node.pk, node.name) for node in nodes]
    key = repr((request.get_full_path(), month_of(company_today()).start, teams))
    return {"chips": chips, "chips_key": key}


def _month_chip(request):
    current, chosen = month_of(company_today()).start, chosen_month(request)
    months = [add_months(current, -back) for back in range(MONTHS_BACK + 1)]
    return {
        "label": _("Period"),
        "value": month_of(chosen).label,
        "is_set": chosen != current,
        "options": [
            {
                "label": month_of(month).label,
                "url": _with(request, month=f"{month:%Y-%m}"),
                "is_current": month == chosen,
            }
            for month in months
        ],
    }


def _team_chip(request, nodes, chosen):
    return {
        "label": _("Team"),
        "value": chosen.name,
        "is_set": chosen.pk != nodes[0].pk,
        "options": [
            {
                "label": node.name,
                "url": _with(request, team=node.pk),
                "is_current": node.pk == chosen.pk,
            }
            for node in nodes
        ],
    }


def _with(request, **changes):
    """The page's address with some filters changed."""
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"


def _won_since(run, won):
    """Deals won after the run began to read: {"count", "amount"}."""
    found = won(since=run.read_from or run.started_at)
    count, amount = found[0] if found else (0, None)
    return {"count": count, "amount": amount}


def _won(since, people):
    """One row, their number and sum, by the index of records; none when there are none."""
    moves = StageMove.objects.filter(
        recorded_at__gt=since, to_stage__kind=StageKind.WON, owner__in=people
    )
    summed = moves.values("to_stage__kind").annotate(count=Count("pk"), amount=Sum("amount_base"))
    return summed.values_list("count", "amount")


_won_below = Standing(
    lambda since, path: _won(since, User.objects.filter(team__path__startswith=path)),
    since=DateTimeField(),
    path=CharField(),
)
_won_by = Standing(
    lambda since, person: _won(since, User.objects.filter(pk=person)),
    since=DateTimeField(),
    person=BigIntegerField(),
)


def _nodes_led_by(person):
    """The kept nodes that the person leads, the highest first."""
    if person.role in (Role.DIRECTOR, Role.ADMIN):
        return list(TeamNode.objects.kept())
    return _nodes_below(person=person.pk)


_nodes_below = Standing(
    lambda person: TeamNode.objects.below_leader(person).kept(), person=BigIntegerField()
)
