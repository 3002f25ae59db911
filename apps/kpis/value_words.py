"""Values of metrics as people read them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.core import numerals
from apps.core.metrics import Metric, Unit
from apps.core.models import Company

HUNDRED, THOUSAND = Decimal(100), Decimal(1000)


def shown(metric: Metric, value: Any) -> str:
    if value is None:
        return numerals.number(None)
    if metric.unit == Unit.MONEY:
        return numerals.money_short(value, Company.current().currency)
    if metric.unit == Unit.SHARE:
        return numerals.percent(value)
    return _with_unit(metric, numerals.number(value, decimals(value)))


def difference(metric: Metric, value: Any) -> str:
    """With its sign; of shares in percentage points."""
    if value is None:
        return numerals.number(None)
    if metric.unit == Unit.MONEY:
        return numerals.money_short(value, Company.current().currency, signed=True)
    if metric.unit == Unit.SHARE:
        return numerals.points(value, signed=True)
    return _with_unit(metric, numerals.number(value, decimals(value), signed=True))


def decimals(value: Any) -> int:
    """So many that something is left to read."""
    return 0 if abs(value) >= HUNDRED else 1 if abs(value) >= 1 else 2


def _with_unit(metric: Metric, text: str) -> str:
    words = {
        Unit.DAYS: _("%(value)s d"),
        Unit.HOURS: _("%(value)s h"),
        Unit.MINUTES: _("%(value)s min"),
    }
    return words[metric.unit] % {"value": text} if metric.unit in words else text


def per_what(metric: Metric, *, is_balance: bool = False) -> str:
    """What a figure of a group is taken per; nothing for a ratio."""
    if metric.bottom:
        return ""
    return _("per person") if is_balance else _("per person a week")


def chart_scale(metric: Metric) -> tuple[Decimal, str]:
    """What a chart divides by, and the unit of its axis."""
    if metric.unit == Unit.MONEY:
        return THOUSAND, numerals.thousands_unit(Company.current().currency)
    if metric.unit == Unit.SHARE:
        return 1 / HUNDRED, "%"
    return Decimal(1), str(metric.label)
