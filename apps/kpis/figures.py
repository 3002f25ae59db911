"""A figure of the catalogue as it is written: money, percent, days, by its unit."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from apps.core import numerals
from apps.core.company_currency import company_currency
from apps.core.metrics import Unit, find_metric

# Ratios of one's own may be of any size: those of some hundreds need no decimals.
LARGE = 100


def shown(value: Decimal | None, unit: str) -> str:
    """4 850 000 ₽, 61,8 %, 12,5 days; – for what is not known."""
    if value is None:
        return numerals.UNKNOWN
    if unit == Unit.MONEY:
        return numerals.money(value, company_currency())
    if unit == Unit.SHARE:
        return numerals.percent(value)
    number = numerals.number(value, _decimals(value))
    words = {Unit.DAYS: _("days"), Unit.HOURS: _("h"), Unit.MINUTES: _("min")}
    word = words.get(Unit(unit))
    return f"{number}{numerals.SPACE}{word}" if word else number


def _decimals(value: Decimal) -> int:
    return 0 if value == value.to_integral_value() or abs(value) >= LARGE else 2


def label_of(formula: str, name: str = "") -> str:
    """What a line is called: its own name, the metric's, or the formula itself."""
    metric = find_metric(formula)
    return name or str(metric.label if metric else formula)
