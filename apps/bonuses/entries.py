"""What this room gives to the registries of the core: permissions, tabs, panels, notifications."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.bonuses import permissions
from apps.bonuses.actions.approval import APPROVED
from apps.bonuses.actions.disputes import ANSWERED, ASKED
from apps.bonuses.actions.schemes import DECISION
from apps.bonuses.models import Statement
from apps.core.decision_kinds import DecisionKind, add_decision_kind
from apps.core.menu import share_place
from apps.core.notifying import register_kind
from apps.core.panels import Panel, add_panel
from apps.core.periods import Period
from apps.core.tabs import Tab, add_tab
from apps.kpis.month_checks import Check, Found, add_check


def register() -> None:
    permissions.grant_permissions()
    add_tab(Tab("plan", "bonuses:statement_list", _("Bonuses"), "bonuses.view_statement", 40))
    share_place("kpis:plan", "bonuses:")
    label = _("Bonus")
    add_panel(Panel("deals.deal", "bonus", 60, "bonuses.ask_what_if", label, deal_address))
    add_decision_kind(
        DecisionKind(DECISION, _("bonus scheme"), "bonuses:version", "bonuses.view_scheme")
    )
    add_check(Check("bonuses", _("Bonuses that are not approved"), open_statements))
    register_kind(APPROVED, _("My bonus is approved"))
    register_kind(ASKED, _("Somebody of my department asks about a bonus"))
    register_kind(ANSWERED, _("My question about a bonus is answered"))


def open_statements(month: Period, viewer: Any) -> Found:
    """Statements of the month that no director has locked yet."""
    rows = Statement.objects.visible_to(viewer).open().filter(month=month.start)
    address = f"{reverse('bonuses:statement_list')}?month={month.start:%Y-%m}"
    return Found(rows.count(), address)


def deal_address(deal: Any) -> str:
    return reverse("bonuses:deal_panel", args=[deal.pk])
