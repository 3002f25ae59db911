"""What KPI schemes and scorecards give to the registries of the core: permissions and tabs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import access
from apps.core.decision_kinds import DecisionKind, add_decision_kind
from apps.core.notifying import register_kind
from apps.core.panels import Panel, add_panel
from apps.core.tabs import Tab, add_tab
from apps.kpis.actions.scheme_telling import STARTED
from apps.kpis.actions.schemes import DECISION
from apps.staff.choices import Role

SELLING = [Role.SELLER, Role.LEAD, Role.HEAD, Role.DIRECTOR]


def register() -> None:
    add_decision_kind(DecisionKind(DECISION, _("KPI scheme"), "kpis:scheme", "kpis.view_scheme"))
    register_kind(STARTED, _("My KPI is counted by new rules"))
    access.grant("kpis.view_scorecard", to=SELLING)
    access.grant("kpis.view_scheme", to=[*SELLING, Role.HR])
    access.grant("kpis.change_scheme", to=[Role.HEAD, Role.DIRECTOR])
    add_tab(
        Tab("plan", "kpis:scorecard_list", _("KPI"), "kpis.view_scorecard", 2, ("kpis:scorecard",))
    )
    add_tab(
        Tab(
            "plan",
            "kpis:scheme_list",
            _("Schemes"),
            "kpis.view_scheme",
            3,
            ("kpis:scheme", "kpis:scheme_create", "kpis:scheme_edit"),
        )
    )
    add_panel(
        Panel("dashboard.my_day", "scorecard", 10, "kpis.view_scorecard", _("My KPI"), own_address)
    )


def own_address(_person: Any) -> str:
    return reverse("kpis:scorecard_panel")
