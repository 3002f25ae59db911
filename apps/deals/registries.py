"""What this room brings to the frame: places to go, things to create, settings, search, panels."""

from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.calendar_feeds import Source, add_source
from apps.core.menu import Entry, add_to_creation, add_to_navigation, share_place
from apps.core.panels import Panel, add_panel
from apps.core.search import Provider, add_provider
from apps.core.settings_pages import SettingsPage, add_settings_page
from apps.core.tabs import Tab, add_tab
from apps.deals import calendar_feed
from apps.deals.actions import count_open_deals, hand_over_deals
from apps.deals.searching import DEALS
from apps.staff import leaving


def add_entries() -> None:
    add_to_navigation(
        Entry(
            label=_("Deals"),
            url_name="deals:deal_list",
            icon="kanban",
            permission="deals.view_deal",
            order=20,
            prefixes=(
                "deals:deal",
                "deals:receipt",
                "deals:bank",
                "deals:letters",
            ),
        )
    )
    add_to_navigation(
        Entry(
            label=_("Leads"),
            url_name="deals:lead_list",
            icon="lightning",
            permission="deals.view_deal",
            order=21,
            prefixes=("deals:lead", "deals:answer_norm"),
            under="deals:deal_list",
        )
    )
    add_to_navigation(
        Entry(
            label=_("Debtors"),
            url_name="deals:debtor_list",
            icon="cash-stack",
            permission="deals.view_deal",
            order=22,
            prefixes=("deals:debtor", "deals:receivables", "deals:promises"),
            under="deals:deal_list",
        )
    )
    for prefix in ("deals:pipeline", "deals:product", "deals:reason", "deals:setting"):
        share_place("core:settings", prefix)
    for entry in (
        Entry(_("Log a call"), "deals:quick_log", "telephone", "deals.add_activity", 10),
        Entry(_("Deal"), "deals:deal_create", "kanban", "deals.add_deal", 20),
        Entry(_("Payment received"), "deals:receipt_create", "cash-coin", "deals.add_receipt", 40),
        Entry(
            _("Bank statement"), "deals:bank_statement_list", "bank", "deals.import_statement", 45
        ),
        Entry(_("Letters"), "deals:letters", "envelope-arrow-up", "deals.add_activity", 12),
    ):
        add_to_creation(entry)


def add_tabs() -> None:
    add_tab(Tab("debts", "deals:debtor_list", _("Debtors"), "deals.view_deal", 10))
    add_tab(Tab("debts", "deals:receivables", _("Payments expected"), "deals.view_deal", 20))


def add_settings() -> None:
    pages = (
        (
            "deals:pipeline_list",
            _("Pipelines and stages"),
            _("Stages, probabilities, idle limits, what a stage asks for"),
            "kanban",
        ),
        ("deals:product_list", _("Products"), _("What is sold: prices, VAT, cost"), "box-seam"),
        (
            "deals:reason_list",
            _("Refusal reasons"),
            _("Why deals are lost, and what we can influence"),
            "x-octagon",
        ),
    )
    add_settings_page(
        SettingsPage(
            "deals:answer_norm",
            _("How soon leads are answered"),
            _("The hours of the department and the norm of the first answer"),
            "stopwatch",
            45,
            "clients.change_norm",
        )
    )
    for order, (url_name, label, text, icon) in enumerate(pages, 40):
        add_settings_page(SettingsPage(url_name, label, text, icon, order, "deals.view_pipeline"))


def add_searches() -> None:
    add_provider(Provider("deals", _("Deals"), "kanban", 10, DEALS.find, DEALS))


def add_handover() -> None:
    leaving.register(
        "deals.open_deals", _("open deals"), count=count_open_deals, move=hand_over_deals
    )


def panel_address(name: str, client: Any) -> str:
    return reverse(f"deals:client_{name}", args=[client.pk])


def files_address(deal: Any) -> str:
    return reverse("deals:deal_files", args=[deal.pk])


def promises_address(_person: Any) -> str:
    return reverse("deals:promises_kept")


def unplanned_address(_person: Any) -> str:
    return reverse("deals:debtors_unplanned")


def add_panels() -> None:
    unplanned = _("Won, with no payments planned")
    add_panel(
        Panel("deals.debtors", "unplanned", 30, "deals.view_deal", unplanned, unplanned_address)
    )
    add_panel(
        Panel(
            "deals.debtors", "promises", 20, "deals.view_deal", _("Promises kept"), promises_address
        )
    )
    add_panel(Panel("deals.deal", "files", 10, "deals.view_deal", _("Files"), files_address))
    for name, label, order in (
        ("deals", _("Deals"), 10),
        ("activities", _("Calls and meetings"), 20),
        ("payments", _("Payments"), 30),
    ):
        add_panel(
            Panel(
                page="clients.client",
                name=name,
                order=order,
                permission="deals.view_deal",
                label=label,
                address=partial(panel_address, name),
            )
        )


def offer_to_calendars() -> None:
    add_source(
        Source("deals", _("next steps of my deals, at their hour"), calendar_feed.entries_of)
    )
