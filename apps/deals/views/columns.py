"""The columns of the deal list: always the same first ones, the others as the person chooses."""

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
)


@dataclass(frozen=True)
class Columns:
    shown: list[Column]
    names: set[str]
    offered: tuple[Column, ...] = CHOSEN


def columns_of(request: HttpRequest) -> Columns:
    """Those of the address; lists of closed deals show the closing day by themselves."""
    names = {column.name for column in CHOSEN} & set(request.GET.getlist("columns"))
    if request.GET.get("outcome") in ("won", "lost"):
        names.add("closed")
    if request.GET.get("outcome") == "lost":
        names.add("reason")
    extra = [column for column in CHOSEN if column.name in names]
    return Columns([*FIXED, *extra], names)
