"""What this room adds to the frame: places to go, the settings, people in the search."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.menu import Entry, add_to_navigation
from apps.core.notifying import register_kind
from apps.core.search import Hit, Provider, Rows, add_provider, found
from apps.core.settings_pages import SettingsPage, add_settings_page
from apps.staff import card_watch
from apps.staff.actions import readings
from apps.staff.models import User


def add_entries() -> None:
    add_to_navigation(
        Entry(
            _("Team"),
            "staff:team",
            "people",
            "staff.view_team",
            60,
            prefixes=("staff:team", "staff:person", "staff:capacity", "staff:absence"),
        )
    )
    add_to_navigation(
        Entry(
            _("Access log"),
            "staff:data_reading_list",
            "journal-check",
            "staff.view_access_log",
            97,
            prefixes=("staff:data_reading", "staff:export"),
            at_foot=True,
        )
    )
    add_to_navigation(
        Entry(
            _("Settings"),
            "core:settings",
            "gear",
            "core.view_settings",
            100,
            prefixes=("core:settings", "core:company", "core:calendar", "core:rate", "core:tag"),
            at_foot=True,
        )
    )


def register_kinds() -> None:
    register_kind(card_watch.KIND, _("A person of mine opens very many cards"))
    register_kind(readings.KIND, _("An administrator reads clients and deals"))


def add_settings() -> None:
    for page in (
        SettingsPage(
            "core:company",
            _("Company"),
            _("Name, time zone, currency, fiscal year, the night"),
            "building",
            10,
            "core.view_settings",
        ),
        SettingsPage(
            "core:calendar",
            _("Production calendar"),
            _("Working days and the company's own exceptions"),
            "calendar3",
            20,
            "core.view_settings",
        ),
        SettingsPage(
            "core:rate_list",
            _("Exchange rates"),
            _("What a unit of another currency costs"),
            "currency-exchange",
            30,
            "core.view_settings",
        ),
        SettingsPage(
            "admin:index",
            _("People and access"),
            _("Accounts, roles, teams and positions, in the admin panel"),
            "people",
            35,
            "staff.use_admin_panel",
        ),
        SettingsPage(
            "core:import_list",
            _("Imports"),
            _("People, teams, products, stages, clients and deals from a file"),
            "file-earmark-arrow-up",
            38,
            "core.run_imports",
        ),
    ):
        add_settings_page(page)


def add_searches() -> None:
    add_provider(Provider("people", _("People"), "person", 40, PEOPLE.find, PEOPLE))


def people_rows(user: User, text: str, limit: int) -> Any:
    """Colleagues by name, e-mail or the end of a telephone number."""
    people = User.objects.card_visible_to(user).working().found_by(text).in_name_order()
    return found(
        people,
        limit,
        first_name="first_name",
        last_name="last_name",
        key="name_key",
        team="team__name",
        phone="phone",
    )


def person_hit(row: dict[str, Any]) -> Hit:
    return Hit(
        title=f"{row['last_name']} {row['first_name']}",
        url=reverse("staff:person", args=[row["pk"]]),
        note=" · ".join(filter(None, [row["team"], row["phone"]])),
    )


PEOPLE = Rows(people_rows, person_hit, lambda row: (row["key"], row["pk"]))
