"""The saved views of a page, and what a person looked at last.

    last = last_look(request, "deals")           # how a bare address opens for him
    remember(request, "deals", query="face=board", columns=["source"])
    {% include "core/_saved_views.html" with room="deals" columns=names %}   # beside the filters

The bar with the views comes by a request of its own, so that a page pays nothing for it; what was
looked at last is kept in the session beside its row, so that it is read once a log-in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict

from apps.core.models import SavedView

# Parts of the address that belong to the moment, and the columns, which are kept apart.
PASSING = ("page", "view", "after", "before", "format", "columns", "chosen")


class LastLook(NamedTuple):
    """Filters and columns of the last visit; empty when there was none."""

    query: str
    columns: list[str]

    def part(self, name: str) -> str:
        return QueryDict(self.query).get(name, "")


def last_look(request: HttpRequest, room: str) -> LastLook:
    kept = request.session.get(f"last_{room}")
    if kept is None:
        row = SavedView.objects.filter(owner_id=request.user.pk, room=room, name="").first()
        kept = [row.query, row.columns] if row else ["", []]
        request.session[f"last_{room}"] = kept
    return LastLook(*kept)


def remember(request: HttpRequest, room: str, *, query: str, columns: Iterable[str]) -> None:
    """Keep what the person looks at; nothing is written when it is what he looked at before."""
    kept = LastLook(query[:2000], list(columns))
    if last_look(request, room) == kept:
        return
    request.session[f"last_{room}"] = list(kept)
    SavedView.objects.update_or_create(
        owner_id=request.user.pk,
        room=room,
        name="",
        defaults={"query": kept.query, "columns": kept.columns},
    )


@dataclass(frozen=True)
class Views:
    """The bar of one page: `address` is the page as it is shown, `saved` what the person may use."""

    room: str
    address: str
    columns: list[str]
    saved: list[SavedView]
    viewer: Any

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    @property
    def query(self) -> str:
        return lasting(QueryDict(urlsplit(self.address).query))

    @property
    def pinned(self) -> list[SavedView]:
        return [view for view in self.saved if view.is_pinned]  # type: ignore[attr-defined]

    @property
    def current(self) -> SavedView | None:
        """The view that the address shows, if it is exactly one; one's own goes first."""
        same = [view for view in self.saved if view.query == self.query]
        own = [view for view in same if view.owner_id == self.viewer.pk]
        return next(iter(own or same), None)


def views_of(viewer: Any, room: str, *, address: str, columns: list[str]) -> Views:
    rows = SavedView.objects.visible_to(viewer).named().with_pins_of(viewer).filter(room=room)
    return Views(room, address, columns, list(rows), viewer)


def lasting(query: QueryDict) -> str:
    """The address without what passes, its parts in one order: equal views are equal texts."""
    pairs = [
        (name, value)
        for name, values in query.lists()
        if name not in PASSING
        for value in values
        if value
    ]
    made = QueryDict(mutable=True)
    for name, value in sorted(pairs):
        made.appendlist(name, value)
    return made.urlencode()
