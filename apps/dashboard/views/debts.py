"""What the night counted of debts (F17), beside the list of debtors."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.core.access import requires
from apps.kpis.choices import ScopeKind
from apps.kpis.models import Snapshot
from apps.kpis.snapshots import current_snapshot
from apps.staff.choices import Role
from apps.staff.models import TeamNode


def figures_address(_person: Any) -> str:
    return reverse("dashboard:debt_figures")


@require_GET
@requires("dashboard.view_employee")
def debt_figures(request: HttpRequest) -> HttpResponse:
    """DSO and the overdue share of the viewer's widest scope, as of the last night."""
    snapshot = widest_snapshot(request.user)
    part = snapshot.payload["receivables"] if snapshot else None
    # From the sums, not from the stored share, which is rounded for comparisons.
    share = part["overdue"] / part["total"] if part and part["total"] else None
    context = {"snapshot": snapshot, "part": part, "overdue_share": share}
    template = "dashboard/_debt_figures.html" if request.htmx else "dashboard/debt_figures.html"
    return render(request, template, context)


def widest_snapshot(viewer: Any) -> Snapshot | None:
    """A seller's own, a leader's of the highest node he leads."""
    node = None
    if viewer.role != Role.SELLER:
        node = TeamNode.objects.led_by(viewer).kept().first()
    if node:
        return current_snapshot(node.kind, node.pk)
    return current_snapshot(ScopeKind.PERSON, viewer.pk)
