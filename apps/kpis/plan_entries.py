"""What the approval of plans gives to the registries of the core."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core import access
from apps.core.calendar_feeds import Source, add_source
from apps.core.decision_kinds import DecisionKind, add_decision_kind
from apps.core.notifying import register_kind
from apps.kpis import calendar_feed
from apps.kpis.actions.plan_decisions import KIND
from apps.kpis.actions.plan_notices import KINDS
from apps.kpis.models import PlanVersion
from apps.staff.choices import Role


def register() -> None:
    access.grant("kpis.view_version", to=[Role.HEAD, Role.DIRECTOR, Role.HR])
    # Revenue and pipeline are not for HR.
    access.grant("kpis.view_evidence", to=[Role.HEAD, Role.DIRECTOR])
    access.grant("kpis.comment_plan", to=[Role.HEAD, Role.DIRECTOR])
    add_decision_kind(DecisionKind(KIND, _("sales plan"), "kpis:plan_version", "kpis.view_version"))
    for code, label in KINDS.items():
        register_kind(code, label)
    add_source(
        Source("plans", _("plans that wait for my answer, on its day"), calendar_feed.entries_of)
    )


def waiting_by(person: Any, _now: Any) -> QuerySet[PlanVersion]:
    """The versions whose answer `person`, who may answer, owes: the number beside the entry."""
    return PlanVersion.objects.waiting_for(person)


def waiting_for(person: Any) -> QuerySet[PlanVersion]:
    """The same for anybody."""
    if not access.allowed(person, "kpis.approve_plan"):
        return PlanVersion.objects.none()
    return PlanVersion.objects.waiting_for(person)
