"""The plan of a year as a grid: the tree with its people, a month a column."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from apps.core import numerals
from apps.core.access import allowed
from apps.core.money import round_money
from apps.core.periods import Period
from apps.kpis.calculations import distribute, seasonality
from apps.kpis.choices import Metric, PlanLevel
from apps.kpis.forms import PlanGrid, cell_name
from apps.kpis.models import DealFact, PlanLine, PlanVersion
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User

ZERO = Decimal(0)
# Whole years of revenue behind the seasonality of a new plan.
YEARS_BEHIND = 3

Amounts = dict[tuple[int, date], Decimal]


@dataclass
class GridRow:
    """A line of the grid: a node's totals or a person's amounts; `cells` are by month."""

    name: str
    cells: list[Any]
    total: Decimal
    is_node: bool = False
    person: Any = None
    depth: int = 0


@dataclass
class PlanPage:
    """What the viewer sees of one year and level, under `node`; his own line without one."""

    viewer: Any
    year: int
    level: str
    nodes: list[TeamNode]
    node: TeamNode | None
    version: PlanVersion | None
    in_force: PlanVersion | None
    people: list[Any] = field(default_factory=list)

    @property
    def months(self) -> list[date]:
        return [date(self.year, month, 1) for month in range(1, 13)]

    @property
    def sees_drafts(self) -> bool:
        """Sellers and leads see the plan in force only."""
        return self.viewer.role not in (Role.SELLER, Role.LEAD)

    @property
    def may_change(self) -> bool:
        return allowed(self.viewer, "kpis.change_plan")

    @property
    def sees_versions(self) -> bool:
        return allowed(self.viewer, "kpis.view_version")

    def amounts(self) -> Amounts:
        lines = PlanLine.objects.visible_to(self.viewer).filter(
            version=self.version, level=self.level, metric=Metric.REVENUE, user__isnull=False
        )
        found: Amounts = defaultdict(Decimal)
        for person, month, amount in lines.values_list("user_id", "month", "amount"):
            found[person, month] += amount
        return found

    def form(self, data: Any = None, amounts: Amounts | None = None) -> PlanGrid:
        shown = self.amounts() if amounts is None else amounts
        initial = {
            cell_name(person, month): numerals.typed(amount)
            for (person, month), amount in shown.items()
            if amount
        }
        return PlanGrid(data, people=self.people, months=self.months, initial=initial)

    def rows(self, amounts: Amounts, form: PlanGrid | None) -> list[GridRow]:
        """The tree from the top, each node with its total; the whole at the end."""
        if self.node is None:
            return [self._person_row(person, amounts, form, 0) for person in self.people]
        rows: list[GridRow] = []
        for node in self.nodes:
            if node.path.startswith(self.node.path):
                rows += self._node_rows(node, amounts, form)
        return rows

    def _node_rows(self, node: TeamNode, amounts: Amounts, form: PlanGrid | None) -> list[GridRow]:
        depth = node.path.count("/") - (self.node.path.count("/") if self.node else 0)
        inside = [person for person in self.people if _is_below(person, node)]
        own = [person for person in inside if (person.team_id or self.nodes[0].pk) == node.pk]
        if not inside:
            return []
        return [
            GridRow(node.name, *_sums(inside, self.months, amounts), is_node=True, depth=depth),
            *(self._person_row(person, amounts, form, depth + 1) for person in own),
        ]

    def _person_row(
        self, person: Any, amounts: Amounts, form: PlanGrid | None, depth: int
    ) -> GridRow:
        values = [amounts.get((person.pk, month), ZERO) for month in self.months]
        cells: list[Any] = values
        if form is not None:
            cells = [form[cell_name(person.pk, month)] for month in self.months]
        name = person.get_full_name()
        return GridRow(name, cells, sum(values, ZERO), person=person, depth=depth)

    def distributed(self, total: Decimal) -> Amounts:
        """`total` by the season and by how far each person has grown in."""
        weights = [person.ramp_share for person in self.people]
        if not any(weights):
            weights = [Decimal(1)] * len(self.people)
        parts = distribute(total, seasonality(self._past_years()), weights)
        return {
            (person.pk, month): part
            for person, row in zip(self.people, parts, strict=True)
            for month, part in zip(self.months, row, strict=True)
        }

    def copied(self, growth_percent: Decimal) -> Amounts:
        """The plan in force a year earlier, grown by so many percent."""
        before = PlanVersion.objects.in_force(self.year - 1).first()
        lines = PlanLine.objects.filter(
            version=before, level=self.level, metric=Metric.REVENUE, user__in=self.people
        )
        return {
            (line.user_id or 0, line.month.replace(year=self.year)): round_money(
                line.amount * (100 + growth_percent) / 100
            )
            for line in lines
        }

    def _past_years(self) -> list[list[Decimal]]:
        """Revenue by month of the years before the plan that are there from January on."""
        years = []
        for year in range(self.year - YEARS_BEHIND, self.year):
            by_month = _revenue_by_month(Period(date(year, 1, 1), date(year + 1, 1, 1)))
            if all(by_month):
                years.append(by_month)
        return years


def _revenue_by_month(period: Period) -> list[Decimal]:
    rows = (
        DealFact.objects.filter(day__gte=period.start, day__lt=period.end)
        .values_list("day__month")
        .annotate(total=Sum("won_amount") + Sum("adjusted_amount"))
    )
    found = dict(rows)
    return [found.get(month, ZERO) for month in range(1, 13)]


def _sums(people: list[Any], months: list[date], amounts: Amounts) -> tuple[list[Decimal], Decimal]:
    cells = [
        sum((amounts.get((person.pk, month), ZERO) for person in people), ZERO) for month in months
    ]
    return cells, sum(cells, ZERO)


def _is_below(person: Any, node: TeamNode) -> bool:
    if person.team is None:
        return node.parent_id is None
    return person.team.path.startswith(node.path)


def read_page(viewer: Any, *, year: int, team: int | None, level: str) -> PlanPage | None:
    """The page of the asked team, of the highest one in sight unless asked; None: not in sight."""
    nodes = visible_nodes(viewer)
    chosen = [node for node in nodes if team in (None, node.pk)]
    if team is not None and not chosen:
        return None
    in_force = PlanVersion.objects.in_force(year).select_related("author", "approved_by").first()
    newest = PlanVersion.objects.filter(year=year).select_related("author", "approved_by").first()
    page = PlanPage(
        viewer=viewer,
        year=year,
        level=level or PlanLevel.PLAN,
        nodes=nodes,
        node=chosen[0] if chosen else None,
        version=newest,
        in_force=in_force,
    )
    if not page.sees_drafts:
        page.version = in_force
    page.people = planned_people(page)
    return page


def visible_nodes(viewer: Any) -> list[TeamNode]:
    """Nodes whose totals the viewer may see; HR sees plans of the whole company."""
    nodes = TeamNode.objects.kept().order_by("path")
    return list(nodes if viewer.role == Role.HR else nodes.led_by(viewer))


def planned_people(page: PlanPage) -> list[Any]:
    """Selling people of the node who are here, and those who have a plan in the version."""
    if page.node is None:
        return [page.viewer]
    planned = PlanLine.objects.filter(version=page.version, user__isnull=False).values("user")
    people = User.objects.select_related("team").in_name_order()
    shown = people.selling().working() | people.filter(pk__in=planned)
    return [person for person in shown.distinct() if _is_below(person, page.node)]
