"""Registries that higher rooms fill in AppConfig.ready: navigation and the "create" menu."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from apps.core.access import allowed

# Rows (a queryset) by who the person is and what time it is, both expressions.
Described = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Entry:
    """One line of the navigation or of the "create" menu.

    `label` is a lazy translation, `icon` a bootstrap-icons name, `order` the place from the top;
    `counted_by(person, now)`, two expressions, may describe the rows whose number is shown beside the
    label, once for all people (see `apps/core/standing.py`); `counted_for` is the permission without
    which there are none. The frame counts the rows of all entries in one statement.
    """

    label: Any
    url_name: str
    icon: str
    permission: str
    order: int
    counted_by: Described | None = None
    counted_for: str = ""
    # URL-name prefixes ("deals:") under which the entry is shown as current.
    prefixes: tuple[str, ...] = ()
    # Stands at the foot of the side bar (settings) rather than in the list.
    at_foot: bool = False
    # URL name of the entry it belongs to: shown below it while the person is in that section.
    under: str = ""


_navigation: dict[str, Entry] = {}
_creation: dict[str, Entry] = {}


def add_to_navigation(entry: Entry) -> None:
    _navigation[entry.url_name] = entry


def share_place(url_name: str, prefix: str) -> None:
    """Show the entry of a lower room as current under `prefix` too: pages reached by its tabs."""
    entry = _navigation[url_name]
    if prefix not in entry.prefixes:
        _navigation[url_name] = replace(entry, prefixes=(*entry.prefixes, prefix))


def add_to_creation(entry: Entry) -> None:
    _creation[entry.url_name] = entry


def navigation(user: Any) -> list[Entry]:
    """The entries that `user` may open, from the top."""
    return _open_to(user, _navigation)


def creation(user: Any) -> list[Entry]:
    """What `user` may create from anywhere."""
    return _open_to(user, _creation)


def _open_to(user: Any, entries: dict[str, Entry]) -> list[Entry]:
    seen = [entry for entry in entries.values() if allowed(user, entry.permission)]
    return sorted(seen, key=lambda entry: entry.order)


def mark() -> int:
    """Names the entries that there are: another number once one is added or replaced."""
    return hash((*map(id, _navigation.values()), *map(id, _creation.values())))
