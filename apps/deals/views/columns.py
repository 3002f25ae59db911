"""The columns of the deal list: always the same first ones, the others as the person chooses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    """`sort` is its name in ?sort=; `name` what ?columns= asks for, empty for a fixed column."""

    label: Any
    sort: str = ""
    name: str = ""
    is_number: bool = False


FIXED = (
    Column(_("Deal"), "title"),
    Column(_("Stage"), "stage"),
    Column(_("Amount"), "amount", is_number=True),
    Column(_("Next step"), "step"),
    Column(_("Expected close"), "expected"),
    Column(_("Owner"), "owner"),
)
CHOSEN = (
    Column(_("Source"), name="source"),
    Column(_("Opened"), "opened", "opened"),
    Column(_("Closed"), "closed", "closed"),
    Column(_("Last activity"), "activity", "activity"),
    Column(_("Refusal reason"), name="reason"),
    Column(_("Tags"), name="tags"),
)


@dataclass(frozen=True)
class Columns:
    """`chosen` are the names of the person's own, `shown` all that stand in the table."""

    shown: list[Column]
    names: set[str]
    chosen: list[str]
    offered: tuple[Column, ...] = CHOSEN


def columns_of(request: HttpRequest, last: Iterable[str] = ()) -> Columns:
    """Those of the address, or the `last` ones; closed deals show the closing day by themselves."""
    is_given = "columns" in request.GET or "chosen" in request.GET
    asked = set(request.GET.getlist("columns") if is_given else last)
    chosen = [column.name for column in CHOSEN if column.name in asked]
    names = set(chosen)
    if request.GET.get("outcome") in ("won", "lost"):
        names.add("closed")
    if request.GET.get("outcome") == "lost":
        names.add("reason")
    extra = [column for column in CHOSEN if column.name in names]
    return Columns([*FIXED, *extra], names, chosen)
