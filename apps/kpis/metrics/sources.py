"""The night's facts as sources of metrics: every measure of a fact is a column of that name."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Subquery, Sum
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import days_over
from apps.core.metrics import Source, Sums, add_source, summed
from apps.core.periods import Period
from apps.kpis.models import ActivityFact, DealFact, PaymentFact, StockFact, TaskFact
from apps.kpis.models.facts import Fact
from apps.kpis.night.cases import cohort_weeks
from apps.kpis.night.norms import maturity_days

KEYS = {"id", "user", "team", "day", "pipeline", "segment", "source", "is_reconstructed"}


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
    newest = kept.order_by("-day").values("day")[:1]
    return _by_person(StockFact, kept.filter(day=Subquery(newest)))


def _by_person(fact: type[Fact], rows: models.QuerySet[Any]) -> Sums:
    names = measures_of(fact)
    sums = rows.order_by().values("user").annotate(**{f"s_{name}": Sum(name) for name in names})
    return {row["user"]: {name: row[f"s_{name}"] for name in names} for row in sums}


# First entries of the weeks that had time to settle (FORMULAS.md, "Conversion").
COHORTS = """
WITH stage AS (
    SELECT id, kind, row_number() OVER (PARTITION BY pipeline_id ORDER BY "order") = 1 AS is_first
    FROM deals_stage WHERE archived_at IS NULL AND kind IN ('lead', 'open')
)
SELECT cohort.user_id,
    sum(entered) FILTER (WHERE is_first) AS first_entered,
    sum(won_count) FILTER (WHERE is_first) AS first_won,
    sum(entered) FILTER (WHERE kind = 'lead') AS lead_entered,
    sum(passed) FILTER (WHERE kind = 'lead') AS lead_passed,
    sum(entered) FILTER (WHERE kind = 'open') AS open_entered,
    sum(passed) FILTER (WHERE kind = 'open') AS open_passed
FROM kpis_stagecohort cohort JOIN stage ON stage.id = cohort.stage_id
WHERE week >= %(start)s AND week < %(end)s
GROUP BY 1
"""
COHORT_COLUMNS = (
    "first_entered",
    "first_won",
    "lead_entered",
    "lead_passed",
    "open_entered",
    "open_passed",
)


def cohorts(period: Period) -> Sums:
    """The thirteen weeks of entry that had matured by the last day of the period that is over."""
    over = days_over(period)
    if over is None:
        return {}
    start, end = cohort_weeks(over.last_day, maturity_days(over.last_day))
    return summed(COHORTS, {"start": start, "end": end})


# Plans in force: the approved version of a year, before there is one its latest draft.
PLANS = """
SELECT line.user_id, sum(line.amount) AS revenue
FROM kpis_planline line
WHERE line.user_id IS NOT NULL AND line.level = 'plan' AND line.metric = 'revenue'
    AND line.month >= %(start)s AND line.month < %(end)s AND line.version_id IN (
        SELECT DISTINCT ON (year) id FROM kpis_planversion
        ORDER BY year, (status = 'approved') DESC, number DESC)
GROUP BY 1
"""


def plans(period: Period) -> Sums:
    """Revenue planned for the months that begin within the period."""
    return summed(PLANS, {"start": period.start, "end": period.end})


def register() -> None:
    for code, label, fact in (
        ("deals", _("Deals by day"), DealFact),
        ("payments", _("Payments by day"), PaymentFact),
        ("activities", _("Activities by day"), ActivityFact),
        ("tasks", _("Tasks by day"), TaskFact),
    ):
        add_source(Source(code, label, _reader(fact), tuple(measures_of(fact))))
    stock = tuple(measures_of(StockFact))
    add_source(Source("stock", _("Closing balances"), balances, stock, is_stock=True))
    add_source(Source("cohorts", _("Conversions"), cohorts, COHORT_COLUMNS, is_stock=True))
    add_source(Source("plans", _("Sales plan"), plans, ("revenue",)))


def _reader(fact: type[Fact]) -> Any:
    return lambda period: flows(fact, period)
