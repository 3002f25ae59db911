"""What contests bring to the frame and to the night."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import access, menu
from apps.core.decision_kinds import DecisionKind, add_decision_kind
from apps.core.notifying import register_kind
from apps.core.panels import Panel, add_panel
from apps.core.tabs import Tab, add_tab
from apps.kpis.actions.contests import DECISION_KIND, FINISHED, LAUNCHED
from apps.kpis.night.contests import contests_step
from apps.kpis.night.steps import Step, add_step, all_records
from apps.staff.choices import SELLING_ROLES, Role

VIEW = "kpis.view_contest"


def register() -> None:
    access.grant(VIEW, to=[*SELLING_ROLES, Role.DIRECTOR])
    access.grant("kpis.view_rehearsal", to=[Role.HEAD, Role.DIRECTOR])
    access.grant("kpis.change_contest", to=[Role.HEAD])
    also = ("kpis:contest", "kpis:contest_create", "kpis:contest_change")
    add_tab(Tab("plan", "kpis:contests", _("Contests"), VIEW, 50, also))
    menu.share_place("kpis:plan", "kpis:contest")
    register_kind(LAUNCHED, _("A contest begins that I take part in"))
    register_kind(FINISHED, _("A contest of mine is over"))
    add_decision_kind(DecisionKind(DECISION_KIND, _("contest"), "kpis:contest", VIEW))
    add_panel(Panel("staff.person", "medals", 60, VIEW, _("Medals"), medals_address))
    label = _("Standings of contests")
    add_step(Step("contests", 52, label, contests_step, after=all_records()))


def medals_address(person: Any) -> str:
    return reverse("kpis:medals", args=[person.pk])
