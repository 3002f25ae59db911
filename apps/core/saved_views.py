"""The saved views of one page as its bar shows them, read in one statement.

views = views_of(request, "deals")          # in the view; `views` goes to the template
{% include "core/_saved_views.html" %}      # beside the filters
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from apps.core.models import SavedView

# Parts of the address that belong to the moment, and the columns, which are kept apart.
PASSING = ("page", "view", "after", "before", "format", "columns", "chosen")


@dataclass(frozen=True)
class Views:
    """`saved` are the named ones that the person may use; `last` is what he looked at last."""

    room: str
    path: str
    query: str
    columns: list[str]
    saved: list[SavedView]
    last: SavedView | None
    viewer: Any

    @property
    def pinned(self) -> list[SavedView]:
        return [view for view in self.saved if view.is_pinned]  # type: ignore[attr-defined]

    @property
    def current(self) -> SavedView | None:
        """The view that the address shows, if it is exactly one."""
        same = [view for view in self.saved if view.query == self.query]
        own = [view for view in same if view.owner_id == self.viewer.pk]
        return (own or same or [None])[0]  # type: ignore[list-item]

    @property
    def is_own(self) -> bool:
        return bool(self.current and self.current.owner_id == self.viewer.pk)


def views_of(request: HttpRequest, room: str, *, columns: list[str] | None = None) -> Views:
    rows = list(
        SavedView.objects.visible_to(request.user).with_pins_of(request.user).filter(room=room)
    )
    last = [row for row in rows if not row.name]
    return Views(
        room=room,
        path=request.path,
        query=lasting(request.GET),
        columns=columns or [],
        saved=[row for row in rows if row.name],
        last=last[0] if last else None,
        viewer=request.user,
    )


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


def remember(
    viewer: Any, room: str, last: SavedView | None, query: str, columns: list[str]
) -> None:
    """Keep what the person looks at; nothing is written when it is what he looked at before."""
    if (last.query, last.columns) == (query, columns) if last else not (query or columns):
        return
    SavedView.objects.update_or_create(
        owner=viewer, room=room, name="", defaults={"query": query[:2000], "columns": columns}
    )
