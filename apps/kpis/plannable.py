"""Which metrics of the catalogue may have a plan: sums of money or of cases, the more the better."""

from __future__ import annotations

from decimal import Decimal

from apps.core.metrics import Direction, Metric, Unit, all_metrics, find_metric, source_of
from apps.core.money import CENT

ONE = Decimal(1)


def plannable() -> list[Metric]:
    """A share has no parts to hand out, a balance is not earned by the month."""
    return [metric for metric in all_metrics() if _may_be_planned(metric)]


def is_plannable(code: str) -> bool:
    metric = find_metric(code)
    return metric is not None and _may_be_planned(metric)


def step_of(code: str) -> Decimal:
    """The smallest amount of a plan: a cent of money, one case of what is counted."""
    metric = find_metric(code)
    return ONE if metric is not None and metric.unit == Unit.COUNT else CENT


def _may_be_planned(metric: Metric) -> bool:
    return (
        not metric.bottom
        and metric.unit in (Unit.MONEY, Unit.COUNT)
        and metric.direction == Direction.MORE
        and not any(source_of(code).is_stock for code in metric.sources)
    )
