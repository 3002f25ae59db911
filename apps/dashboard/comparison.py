"""This period beside the one before it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.core import numerals
from apps.core.periods import Period
from apps.dashboard.rows import Rows
from apps.kpis.snapshots import Payload


def change(then: Decimal | int | None, now: Decimal | int | None) -> Decimal | None:
    """(now - then) / then; None where there is nothing to compare with."""
    if not then or now is None:
        return None
    return (Decimal(now) - Decimal(then)) / Decimal(then)


def compared(payload: Payload, rows: Rows, short: Callable[..., str]) -> list[dict[str, Any]]:
    """Lines of the comparison: label, both figures as text, the change as a fraction, the rows."""
    then, deals = payload["comparison"], payload["deals"]
    period = _period(payload)
    before = payload["comparison"]["fact"]
    fact = payload["result"]["fact"]
    won, created = _links(rows, period)
    return [
        _line(_("Won revenue"), before, fact, short, won),
        _line(_("Won deals"), then["won_count"], deals["won_count"], numerals.number, won),
        _line(_("Average deal"), then["average_deal"], deals["average_deal"], short, won),
        _line(
            _("New deals"), then["created_count"], deals["created_count"], numerals.number, created
        ),
        _line(
            _("Activities a day"),
            then["activity_per_day"],
            payload["activity"]["per_day"],
            lambda value: numerals.number(value, 1),
            "",
        ),
    ]


def _line(label: str, then: Any, now: Any, text: Callable[[Any], str], url: str) -> dict[str, Any]:
    return {
        "label": label,
        "then": text(then),
        "now": text(now),
        "change": change(then, now),
        "url": url,
    }


def _period(payload: Payload) -> Period:
    part = payload["period"]
    return Period(date.fromisoformat(part["start"]), date.fromisoformat(part["end"]))


def _links(rows: Rows, period: Period) -> tuple[str, str]:
    opened = rows.deals(opened_from=period.start.isoformat(), opened_to=period.last_day.isoformat())
    return rows.closed("won", period.start, period.end), opened
