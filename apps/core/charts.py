"""The table beside each chart: the same numbers for reading, copying and screen readers.

Shapes of the data are in docs/face.md; values are plain numbers in the unit that `unit` names.
"""

from datetime import date
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.core import numerals


class Table(TypedDict):
    head: list[str]
    rows: list[list[str]]


def table(kind: str, data: dict[str, Any]) -> Table:
    """Raises KeyError for a kind of chart that does not exist."""
    tables = {
        "plan-fact": days_table,
        "line": days_table,
        "rates": rates_table,
        "months": months_table,
        "waterfall": terms_table,
    }
    return tables[kind](data)


def days_table(data: dict[str, Any]) -> Table:
    """A row per day: plan, fact, and the forecast's middle with its 80 % band."""
    head = [_("Day"), _("Plan"), _("Fact")]
    forecast = data.get("forecast")
    if forecast:
        head += [_("Forecast"), _("80% from"), _("80% to")]
    return {"head": head, "rows": [day_row(data, at) for at in range(len(data["days"]))]}


def day_row(data: dict[str, Any], at: int) -> list[str]:
    row = [numerals.day(date.fromisoformat(data["days"][at]))]
    row += [shown(data.get(name), at) for name in ("plan", "fact")]
    forecast = data.get("forecast")
    if forecast:
        # The forecast begins on the last day of the fact.
        start = len(data["fact"]) - 1
        row += [shown(forecast.get(name), at - start) for name in ("middle", "low80", "high80")]
    return row


def shown(series: list[Any] | None, at: int) -> str:
    inside = series is not None and 0 <= at < len(series)
    return numerals.number(series[at] if inside else None, 2)  # type: ignore[index]


def terms_table(data: dict[str, Any]) -> Table:
    rows = [
        [str(term["label"]), str(term.get("note", "")), shown_term(term)] for term in data["terms"]
    ]
    return {"head": [_("Term"), _("Note"), str(data.get("unit") or _("Value"))], "rows": rows}


def shown_term(term: dict[str, Any]) -> str:
    return numerals.number(term["value"], 2, signed=not term.get("is_total"))


def rates_table(data: dict[str, Any]) -> Table:
    """A row per bar: number of cases, the share and its interval."""
    head = [
        _("Group"),
        "n",
        str(data["unit"]),
        pgettext("interval", "from"),
        pgettext("interval", "to"),
    ]
    names = ("value", "low", "high")
    rows = [
        [str(bar["label"]), numerals.number(bar["n"])]
        + [numerals.number(bar[name], 1) for name in names]
        for bar in data["bars"]
    ]
    return {"head": head, "rows": rows}


def months_table(data: dict[str, Any]) -> Table:
    """A row per month, the newest first."""
    months = zip(data["labels"], data["values"], strict=True)
    rows = [[str(label), numerals.number(value, 1)] for label, value in months]
    return {"head": [_("Month"), str(data["unit"])], "rows": rows[::-1]}
