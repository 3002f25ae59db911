"""What losses and trust bring to the frame: a place to go with its tabs, settings."""

from django.utils.translation import gettext_lazy as _

from apps.core.menu import Entry, add_to_navigation
from apps.core.settings_pages import SettingsPage, add_settings_page
from apps.core.tabs import Tab, add_tab

SECTION = "losses"


def add_losses() -> None:
    add_to_navigation(
        Entry(
            label=_("Losses and trust"),
            url_name="deals:losses",
            icon="x-octagon",
            permission="deals.view_losses",
            order=24,
            under="deals:deal_list",
            prefixes=("deals:losses", "deals:verification", "deals:trust_truth"),
        )
    )
    add_tab(Tab(SECTION, "deals:losses", _("Why we lose"), "deals.view_losses", 10))
    add_tab(
        Tab(SECTION, "deals:verification_list", _("Verification calls"), "deals.view_losses", 20)
    )
    add_tab(
        Tab(SECTION, "deals:trust_truth", _("Does trust tell the truth?"), "deals.view_losses", 30)
    )
    add_pages()


def add_pages() -> None:
    pages = (
        (
            "deals:competitor_list",
            _("Competitors"),
            _("Whom clients choose instead of us"),
            "people",
        ),
        (
            "deals:trust_act_list",
            _("Acts of trust"),
            _("What the buyer does when he means it, by stage, and its weight"),
            "shield-check",
        ),
        (
            "deals:verification_norm",
            _("Verification calls"),
            _("How many lost deals are checked, and how soon"),
            "telephone",
        ),
    )
    for order, (url_name, label, text, icon) in enumerate(pages, 46):
        add_settings_page(SettingsPage(url_name, label, text, icon, order, "deals.change_losses"))
