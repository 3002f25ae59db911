"""Tabs that join pages of several rooms into one section: filled in AppConfig.ready.

A page shows them by `{% load tabs %}{% section_tabs "clients" %}`; one tab alone is not shown.
"""

from dataclasses import dataclass
from typing import Any

from apps.core.access import allowed


@dataclass(frozen=True)
class Tab:
    """A page of `section`: `label` lazy, `order` from the left, `also` other views it stands for."""

    section: str
    url_name: str
    label: Any
    permission: str
    order: int
    also: tuple[str, ...] = ()


_tabs: dict[tuple[str, str], Tab] = {}


def add_tab(tab: Tab) -> None:
    """Offer `tab` in its section; a second one of the same address replaces the first."""
    _tabs[tab.section, tab.url_name] = tab


def tabs_of(section: str, user: Any) -> list[Tab]:
    """The tabs of `section` that `user` may open, from the left."""
    seen = [tab for tab in _tabs.values() if tab.section == section]
    return sorted((tab for tab in seen if allowed(user, tab.permission)), key=lambda tab: tab.order)
