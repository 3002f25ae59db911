"""A measure in words: its unit, or why there is no number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.core import numerals
from apps.core.company_currency import company_currency
from apps.core.metrics import (
    FEWEST_CASES,
    Columns,
    Direction,
    Measure,
    Metric,
    Unit,
    source_in,
    source_of,
)

UNITS = {
    Unit.MONEY: pgettext_lazy("unit", "money"),
    Unit.COUNT: pgettext_lazy("unit", "number"),
    Unit.SHARE: pgettext_lazy("unit", "share, %"),
    Unit.DAYS: pgettext_lazy("unit", "days"),
    Unit.HOURS: pgettext_lazy("unit", "hours"),
    Unit.MINUTES: pgettext_lazy("unit", "minutes"),
    Unit.PER_DAY: pgettext_lazy("unit", "a working day"),
    Unit.RATIO: pgettext_lazy("unit", "ratio"),
}
DIRECTIONS = {
    Direction.MORE: gettext_lazy("more is better"),
    Direction.LESS: gettext_lazy("less is better"),
}
SHOWN: dict[Unit, Callable[[Decimal], str]] = {
    Unit.MONEY: lambda value: numerals.money_short(value, company_currency()),
    Unit.COUNT: numerals.number,
    Unit.SHARE: numerals.percent,
    Unit.DAYS: lambda value: numerals.number(value, 1),
    Unit.HOURS: lambda value: numerals.number(value, 1),
    Unit.MINUTES: numerals.number,
    Unit.PER_DAY: lambda value: numerals.number(value, 1),
    Unit.RATIO: lambda value: numerals.number(value, 1),
}


@dataclass(frozen=True)
class Shown:
    """A figure as a page shows it; `value` None where there is none to show.

    `is_few` says that the rate stands on fewer than ten cases; `n` None: it counts no cases.
    """

    text: str
    value: Decimal | None
    n: int | None
    is_few: bool = False


def shown(metric: Metric, columns: Columns) -> Shown:
    """What `columns` of a person or group say of the metric."""
    if not is_known(metric, columns):
        return Shown(numerals.UNKNOWN, None, None)
    measure = metric.measure(columns)
    n = measure.n if metric.n else None
    if is_few(metric, measure):
        return Shown(_("few, n=%(n)s") % {"n": measure.n}, None, n, is_few=True)
    if measure.value is None:
        return Shown(numerals.UNKNOWN, None, n)
    return Shown(SHOWN[metric.unit](measure.value), measure.value, n)


def is_few(metric: Metric, measure: Measure) -> bool:
    return metric.is_rate and measure.value is not None and measure.n < FEWEST_CASES


def is_known(metric: Metric, columns: Columns) -> bool:
    """Balances that no night has kept are unknown; sums over nothing are zero."""
    return balances_of(metric) <= {source_in(name) for name in columns}


def is_balance(metric: Metric) -> bool:
    return bool(balances_of(metric))


def balances_of(metric: Metric) -> set[str]:
    """The sources of closing balances that the metric sums."""
    return {source_in(name) for name in metric.top if source_of(source_in(name)).is_stock}


def drawn(metric: Metric, figure: Shown) -> float | None:
    """The figure for a chart: shares in percent, money in thousands of the company's currency."""
    if figure.value is None:
        return None
    if metric.unit == Unit.SHARE:
        return round(float(figure.value * 100), 1)
    if metric.unit == Unit.MONEY:
        return round(float(figure.value / 1000), 1)
    return round(float(figure.value), 2)


def unit_drawn(metric: Metric) -> str:
    if metric.unit == Unit.SHARE:
        return "%"
    if metric.unit == Unit.MONEY:
        return numerals.thousands_unit(company_currency())
    return str(UNITS[metric.unit])


def says(metric: Metric, asked: str) -> bool:
    """Is every word of `asked` among what the metric is called and how it is counted?"""
    text = folded(" ".join(map(str, (metric.label, metric.formula, metric.owner, metric.code))))
    return all(word in text for word in folded(asked).split())


def folded(text: Any) -> str:
    return str(text).lower().replace("ё", "е")
