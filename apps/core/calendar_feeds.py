"""What rooms put into a person's own calendar: filled in AppConfig.ready.

    add_source(Source("tasks", _("Tasks"), entries=entries_of))

`entries(person, period)` gives what `person` may see and has to do within the period; the address by
which phones fetch it belongs to the room `api`, which knows none of the rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from apps.core.periods import Period


@dataclass(frozen=True)
class Entry:
    """One line of a calendar: a whole day, or a moment of `minutes`.

    `uid` is the same for ever for one row ("task-5"); `version` grows with each change of it;
    `changed_at` is when it was last written; `url` is a path of ours.
    """

    uid: str
    title: str
    on: date | datetime
    changed_at: datetime
    version: int = 0
    minutes: int = 30
    text: str = ""
    url: str = ""
    is_important: bool = False


@dataclass(frozen=True)
class Source:
    """`entries(person, period)`; `label` (lazy) is how the page of the profile names it."""

    name: str
    label: Any
    entries: Callable[[Any, Period], Iterable[Entry]]


_sources: dict[str, Source] = {}


def add_source(source: Source) -> None:
    """Offer `source`; a second one of the same name replaces the first."""
    _sources[source.name] = source


def sources() -> list[Source]:
    return [_sources[name] for name in sorted(_sources)]


def entries_for(person: Any, period: Period) -> list[Entry]:
    """All of them, in the order of their ids, so that equal calendars are equal texts."""
    found = [entry for source in sources() for entry in source.entries(person, period)]
    return sorted(found, key=lambda entry: entry.uid)
