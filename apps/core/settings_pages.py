"""The pages of the settings: rooms bring theirs in AppConfig.ready."""

from dataclasses import dataclass
from typing import Any

from apps.core.access import allowed


@dataclass(frozen=True)
class SettingsPage:
    """One page: `label` and `text` (what is set there) are lazy, `icon` of bootstrap-icons."""

    url_name: str
    label: Any
    text: Any
    icon: str
    order: int
    permission: str


_pages: dict[str, SettingsPage] = {}


def add_settings_page(page: SettingsPage) -> None:
    """Show `page` in the settings; a second one of the same address replaces the first."""
    _pages[page.url_name] = page


def settings_pages(user: Any) -> list[SettingsPage]:
    """The pages that `user` may open, in their order."""
    seen = [page for page in _pages.values() if allowed(user, page.permission)]
    return sorted(seen, key=lambda page: page.order)
