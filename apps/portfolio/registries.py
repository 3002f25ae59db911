"""What this room brings to the frame: tabs beside the list of clients, a panel, settings."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.menu import share_place
from apps.core.panels import Panel, add_panel
from apps.core.settings_pages import SettingsPage, add_settings_page
from apps.core.tabs import Tab, add_tab

SECTION = "clients"


def add_segment_tabs() -> None:
    """The pages about the base stand beside the list of clients, under its place in the menu."""
    share_place("clients:client_list", "portfolio:")
    add_tab(Tab(SECTION, "clients:client_list", _("Clients"), "clients.view_client", 10))
    for order, (name, label, also) in enumerate(
        (
            ("segments", _("Segments"), ("segment_clients", "migration", "rules")),
            ("health", _("Health of the base"), ()),
            ("service", pgettext_lazy("service", "Norms"), ("norm",)),
            ("reactivation", _("Reactivation"), ()),
            ("potential", _("Potential"), ()),
        )
    ):
        names = tuple(f"portfolio:{one}" for one in also)
        add_tab(
            Tab(SECTION, f"portfolio:{name}", label, "portfolio.view_segment", 20 + order, names)
        )


def add_segment_panel() -> None:
    add_panel(
        Panel(
            page="clients.client",
            name="segment",
            order=5,
            permission="portfolio.view_segment",
            label=_("Segment"),
            address=lambda client: reverse("portfolio:client_segment", args=[client.pk]),
        )
    )


def add_segment_settings() -> None:
    add_settings_page(
        SettingsPage(
            "portfolio:rules",
            _("Segmentation of clients"),
            _("Thresholds of ABC, XYZ and RFM, and what each calculation counted with."),
            "pie-chart",
            45,
            "portfolio.change_rules",
        )
    )
