"""Where the rows behind a figure of this room are listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.core.periods import Period

Rows = Callable[[int | None, Period], str]


def deals(days: str, **filters: Any) -> Rows:
    """The deal list with `filters`, its column `days` ("opened", "closed") within the period.

    With an empty `days` it shows the deals as they are now.
    """

    def address(person: int | None, period: Period) -> str:
        asked = dict(filters)
        if days:
            asked |= {f"{days}_from": period.start.isoformat()}
            asked |= {f"{days}_to": period.last_day.isoformat()}
        return listed("deals:deal_list", person, asked)

    return address


def page(name: str, *, by: str = "owner", **filters: Any) -> Rows:
    """A list that shows what is there now, narrowed to the person by its filter `by`."""
    return lambda person, _period: listed(name, person, filters, by=by)


def listed(name: str, person: int | None, asked: dict[str, Any], *, by: str = "owner") -> str:
    if person is not None:
        asked = {**asked, by: person}
    query = urlencode(asked)
    return f"{reverse(name)}?{query}" if query else reverse(name)
