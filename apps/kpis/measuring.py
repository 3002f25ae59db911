"""Figures of the metric catalogue for people and groups, in any period or month."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from apps.core.metrics import Measure, Metric, read_columns
from apps.core.periods import Period, month_of
from apps.kpis.models import MonthColumns


def month_columns(start: date) -> dict[int, dict[str, Decimal]]:
    """The columns of every person in the month that begins on `start`, by "source.column".

    As the last night kept them; read from the records where no night has kept the month.
    """
    rows = MonthColumns.objects.filter(month=start).values_list("user_id", "values")
    kept = {
        person: {name: Decimal(text) for name, text in values.items()} for person, values in rows
    }
    return kept or read_columns(month_of(start))


def measured(
    metric: Metric, period: Period, people: Collection[int] | None = None
) -> dict[int, Measure]:
    """The metric of each of `people` (all who have facts unless told) over the period."""
    columns = read_columns(period, metric.sources)
    asked = columns if people is None else people
    return {person: metric.measure(columns.get(person, {})) for person in asked}
