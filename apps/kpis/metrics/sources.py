"""The night's facts as sources of metrics: every measure of a fact is a column of that name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from apps.core.metrics import Source, add_source
from apps.core.periods import Period
from apps.kpis.models import ActivityFact, DealFact, PaymentFact, StockFact, TaskFact
from apps.kpis.models.facts import Fact

KEYS = {"id", "user", "team", "day", "pipeline", "segment", "source", "is_reconstructed"}

Sums = Mapping[int, Mapping[str, Decimal | int]]


def measures_of(fact: type[Fact]) -> list[str]:
    return [field.name for field in fact._meta.get_fields() if field.name not in KEYS]


def flows(fact: type[Fact], period: Period) -> Sums:
    """Sums over the days of the period."""
    rows: models.QuerySet[Any] = fact._default_manager.filter(
        day__gte=period.start, day__lt=period.end
    )
    return _by_person(fact, rows)


def balances(period: Period) -> Sums:
    """The last closing balance of the period; nothing when the night has kept none."""
    kept = StockFact.objects.filter(day__gte=period.start, day__lt=period.end)
    return _by_person(StockFact, kept.filter(day=kept.aggregate(day=Max("day"))["day"]))


def _by_person(fact: type[Fact], rows: models.QuerySet[Any]) -> Sums:
    names = measures_of(fact)
    sums = rows.order_by().values("user").annotate(**{f"s_{name}": Sum(name) for name in names})
    return {row["user"]: {name: row[f"s_{name}"] for name in names} for row in sums}


def register() -> None:
    for code, label, fact in (
        ("deals", _("Deals by day"), DealFact),
        ("payments", _("Payments by day"), PaymentFact),
        ("activities", _("Activities by day"), ActivityFact),
        ("tasks", _("Tasks by day"), TaskFact),
    ):
        add_source(Source(code, label, _reader(fact)))
    add_source(Source("stock", _("Closing balances"), balances, is_stock=True))


def _reader(fact: type[Fact]) -> Any:
    return lambda period: flows(fact, period)
