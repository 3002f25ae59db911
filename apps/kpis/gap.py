"""The page "Reason for the gap": revenue of a stretch against what was planned or sold before.

Facts count by the person and the team of their day, as on the dashboard; the figures are those of
the last published night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from apps.clients.choices import ClientLevel
from apps.clients.models import Source
from apps.core.calendars import WorkCalendar
from apps.core.money import split_exactly
from apps.core.periods import Period, add_months, month_of
from apps.deals.models import Pipeline
from apps.kpis.calculations.waterfall import Sums, Terms, explain, planned, total_of
from apps.kpis.choices import GapBase, GapBy, Metric, PeriodKind, PlanLevel, ScopeKind
from apps.kpis.models import DealFact, NightRun, PlanLine, PlanVersion, Snapshot
from apps.staff.models import TeamNode, User

ZERO = Decimal(0)
# What a plan supposes is learned from so many months before the stretch.
MONTHS_LEARNED = 12
KEYS = {
    GapBy.TEAM: "team",
    GapBy.SELLER: "user",
    GapBy.LEVEL: "segment",
    GapBy.SOURCE: "source",
    GapBy.PIPELINE: "pipeline",
}
Groups = dict[Any, Sums]


@dataclass(frozen=True)
class GapScope:
    """A node of the tree with all below it, or one person (`node` None)."""

    viewer: Any
    node: TeamNode | None
    person: Any = None

    @property
    def kind(self) -> str:
        return self.node.kind if self.node else ScopeKind.PERSON

    @property
    def id(self) -> int:
        return self.node.pk if self.node else self.person.pk

    def __str__(self) -> str:
        return str(self.node or self.person)

    def facts(self) -> QuerySet[DealFact]:
        """Of a node's teams on the day; of the company, of people without a team as well."""
        if self.node is None:
            return DealFact.objects.filter(user=self.person)
        if self.node.parent_id is None:
            return DealFact.objects.all()
        return DealFact.objects.filter(team__path__startswith=self.node.path)

    def plan_lines(self) -> QuerySet[PlanLine]:
        lines = PlanLine.objects.visible_to(self.viewer).filter(
            user__isnull=False, metric=Metric.REVENUE
        )
        if self.node is None:
            return lines.filter(user=self.person)
        return lines.filter(node__path__startswith=self.node.path)


@dataclass(frozen=True)
class GapRow:
    """A group: what it had before (or should have had), what it has, and why."""

    key: Any
    name: str
    before: Sums
    after: Sums
    terms: Terms

    @property
    def change(self) -> Decimal:
        return self.after.revenue - self.before.revenue


@dataclass(frozen=True)
class Gap:
    """`stretch` against `base_stretch` (None: against the plan); `rows` the worst first."""

    stretch: Period
    base_stretch: Period | None
    rows: list[GapRow]
    whole: GapRow


def read_gap(scope: GapScope, *, run: NightRun, period: Period, base: str, by: str) -> Gap | None:
    """None where there is nothing to compare with: no plan, or no won deal to learn from."""
    stretch = seen_part(period, run.day)
    after = sums_of(scope, stretch, by)
    base_stretch = None
    if base == GapBase.PLAN:
        before = planned_sums(scope, period, run.day, by)
    else:
        base_stretch = earlier_stretch(period, stretch, base)
        before = sums_of(scope, base_stretch, by)
    if not before:
        return None
    return Gap(stretch, base_stretch, *rows_of(before, after, by, str(scope)))


def seen_part(period: Period, day: date) -> Period:
    """The days of `period` that the night of `day` has seen; at least its first one."""
    return Period(period.start, max(min(period.end, day + timedelta(days=1)), next_day(period)))


def next_day(period: Period) -> date:
    return period.start + timedelta(days=1)


def earlier_stretch(period: Period, stretch: Period, base: str) -> Period:
    """The period before, or a year before, as far as the same number of working days goes."""
    earlier = period.previous()
    if base == GapBase.YEAR_AGO:
        start = add_months(period.start, -12)
        earlier = Period(start, add_months(period.end, -12), period.fiscal_start)
    if stretch == period:
        return earlier
    calendar = WorkCalendar.load(earlier.start, period.end)
    days = calendar.working_days(earlier)
    done = calendar.count(stretch.days())
    return Period(earlier.start, days[done] if done < len(days) else earlier.end)


def sums_of(scope: GapScope, stretch: Period, by: str) -> Groups:
    key = KEYS[GapBy(by)]
    rows = (
        scope.facts()
        .filter(day__gte=stretch.start, day__lt=stretch.end)
        .values_list(key)
        .annotate(
            leads=Sum("created_count"),
            won=Sum("won_count"),
            amount=Sum("won_amount"),
            corrections=Sum("adjusted_amount"),
        )
        .order_by(key)
    )
    found = {row[0]: Sums(*(Decimal(value) for value in row[1:])) for row in rows}
    return {name: sums for name, sums in found.items() if sums != Sums()}


def planned_sums(scope: GapScope, period: Period, day: date, by: str) -> Groups:
    """What the plan supposes up to `day`, its amount being what the dashboard expects by then."""
    expected, plans = expectations(scope, period, day)
    learned = Period(add_months(period.start, -MONTHS_LEARNED), period.start)
    usual = sums_of(scope, learned, by)
    weights = plans.get(by) or {key: max(sums.amount, ZERO) for key, sums in usual.items()}
    if not expected or not any(weights.values()):
        return {}
    shares = split_exactly(expected, list(weights.values()))
    whole = total_of(usual.values())
    return planned(
        {key: part for key, part in zip(weights, shares, strict=True) if part}, usual, whole
    )


def expectations(
    scope: GapScope, period: Period, day: date
) -> tuple[Decimal, dict[str, dict[Any, Decimal]]]:
    """What the snapshots expected of the months begun, and the plan behind it by team and seller.

    0 when one of the months has no plan.
    """
    current = month_of(day).start
    months = [start for start in months_of(period) if start <= current]
    found = snapshots_of(scope, months)
    results = [found[month]["result"] for month in months if month in found]
    if len(results) < len(months) or any(result["expected"] is None for result in results):
        return ZERO, {}
    shares = {month: found[month]["result"]["share_expected"] for month in months}
    return sum((result["expected"] for result in results), ZERO), plan_weights(scope, shares)


def months_of(period: Period) -> list[date]:
    return [add_months(period.start, shift) for shift in range(period.months)]


def snapshots_of(scope: GapScope, months: list[date]) -> dict[date, Any]:
    """The newest published payload of each month."""
    rows = (
        Snapshot.objects.visible_to(scope.viewer)
        .published()
        .filter(
            scope_kind=scope.kind,
            scope_id=scope.id,
            period_kind=PeriodKind.MONTH,
            period_start__in=months,
        )
    )
    return {row.period_start: row.payload for row in rows.order_by("run_id")}


def plan_weights(scope: GapScope, shares: dict[date, Decimal]) -> dict[str, dict[Any, Decimal]]:
    """The plan in force of the months so far, by team and by seller."""
    weights: dict[str, dict[Any, Decimal]] = {
        GapBy.TEAM: defaultdict(Decimal),
        GapBy.SELLER: defaultdict(Decimal),
    }
    for year in sorted({month.year for month in shares}):
        version = PlanVersion.objects.in_force(year).first()
        lines = scope.plan_lines().filter(
            version=version, level=PlanLevel.PLAN, month__in=shares.keys()
        )
        for line in lines:
            amount = line.amount * shares[line.month]
            weights[GapBy.TEAM][line.node_id] += amount
            weights[GapBy.SELLER][line.user_id] += amount
    return weights


def rows_of(before: Groups, after: Groups, by: str, whole_name: str) -> tuple[list[GapRow], GapRow]:
    terms = explain(before, after)
    names = names_of(terms, by)
    rows = [
        GapRow(key, names.get(key, ""), before.get(key, Sums()), after.get(key, Sums()), found)
        for key, found in terms.items()
    ]
    rows.sort(key=lambda row: (row.change, row.name))
    whole = GapRow(
        None,
        whole_name,
        total_of(before.values()),
        total_of(after.values()),
        sum(terms.values(), Terms()),
    )
    return rows, whole


def names_of(keys: Iterable[Any], by: str) -> dict[Any, str]:
    """The groups in words; a group without a name of its own stays unnamed."""
    if by == GapBy.LEVEL:
        return {str(code): str(label) for code, label in ClientLevel.choices}
    named: dict[str, QuerySet[Any]] = {
        GapBy.TEAM: TeamNode.objects.all(),
        GapBy.SELLER: User.objects.all(),
        GapBy.SOURCE: Source.objects.all(),
        GapBy.PIPELINE: Pipeline.objects.all(),
    }
    return {row.pk: str(row) for row in named[by].filter(pk__in=[key for key in keys if key])}
