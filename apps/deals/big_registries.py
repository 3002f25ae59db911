"""What the work on big deals brings to the frame; called by apps.deals.apps."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.decision_kinds import DecisionKind, add_decision_kind
from apps.core.menu import Entry, add_to_navigation
from apps.core.notifying import register_kind
from apps.core.panels import Panel, add_panel
from apps.core.settings_pages import SettingsPage, add_settings_page
from apps.core.tabs import Tab, add_tab
from apps.deals.actions.big_notice import BIG
from apps.deals.actions.help import ASKED, DECISION, RESPONDED
from apps.deals.models import HelpRequest


def asked_of(person: Any, now: Any) -> Any:
    """Calls for help that wait for `person`."""
    return HelpRequest.objects.waiting().filter(asked_of=person)


def people_address(deal: Any) -> str:
    return reverse("deals:deal_people", args=[deal.pk])


def help_address(deal: Any) -> str:
    return reverse("deals:deal_help", args=[deal.pk])


def top_address(node: Any) -> str:
    return f"{reverse('deals:big_top')}?team={node.pk}"


def add_all() -> None:
    add_decision_kind(
        DecisionKind(DECISION, _("a leader's part in a deal"), "deals:deal", "deals.view_deal")
    )
    add_to_navigation(
        Entry(
            label=_("Big deals"),
            url_name="deals:big_deal_list",
            icon="gem",
            permission="deals.view_deal",
            order=23,
            counted_by=asked_of,
            under="deals:deal_list",
            prefixes=("deals:big", "deals:help", "deals:war_room", "deals:war_row"),
        )
    )
    for order, (url_name, label) in enumerate(
        (("deals:big_deal_list", _("Open big deals")), ("deals:help_list", _("Calls for help")))
    ):
        add_tab(Tab("deals.big", url_name, label, "deals.view_deal", order))
    add_panel(
        Panel("deals.deal", "people", 50, "deals.view_deal", _("Who decides"), people_address)
    )
    add_panel(Panel("deals.deal", "help", 4, "deals.view_deal", _("Leader's help"), help_address))
    add_panel(
        Panel("dashboard.department", "big", 10, "deals.view_deal", _("Big deals"), top_address)
    )
    add_settings_page(
        SettingsPage(
            "deals:big_norm",
            _("Big deals"),
            _("From which sum a deal is big, how soon leaders help"),
            "gem",
            46,
            "deals.change_big_norm",
        )
    )
    register_kind(ASKED, _("A seller asks me for help"))
    register_kind(RESPONDED, _("My request for help is answered"))
    register_kind(BIG, _("A deal of my people has become big"))
