"""What a viewer sees of the plan of a year: the scope, its people, the lines of a version."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from apps.core import numerals
from apps.core.access import allowed
from apps.core.metrics import Metric, Unit, find_metric
from apps.kpis.choices import Metric as Code
from apps.kpis.choices import PlanLevel
from apps.kpis.forms import PlanGrid, cell_name
from apps.kpis.models import PlanLine, PlanVersion
from apps.kpis.plannable import is_plannable
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User

ZERO = Decimal(0)
# Bigger scopes are shown by teams: nobody types into thousands of cells.
GRID_PEOPLE = 100

Amounts = dict[tuple[int, date], Decimal]


@dataclass
class PlanPage:
    """One year, metric and level of what the viewer sees under `node`; his own line without one."""

    viewer: Any
    year: int
    level: str
    metric: Metric
    nodes: list[TeamNode]
    node: TeamNode | None
    version: PlanVersion | None
    in_force: PlanVersion | None
    people: list[Any] = field(default_factory=list)

    @property
    def months(self) -> list[date]:
        return [date(self.year, month, 1) for month in range(1, 13)]

    @property
    def quarters(self) -> list[tuple[int, list[date]]]:
        return [(start // 3 + 1, self.months[start : start + 3]) for start in range(0, 12, 3)]

    @property
    def is_money(self) -> bool:
        return self.metric.unit == Unit.MONEY

    @property
    def is_revenue(self) -> bool:
        return self.metric.code == Code.REVENUE

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

    @property
    def sees_parts(self) -> bool:
        return allowed(self.viewer, "kpis.view_plan_parts")

    @property
    def sees_facts(self) -> bool:
        """HR knows the plans and nobody's results."""
        return allowed(self.viewer, "kpis.view_plan_month")

    @property
    def is_too_big(self) -> bool:
        """Whether the people are left out of the grid, so that a team must be chosen first."""
        return len(self.people) > GRID_PEOPLE

    @cached_property
    def _rows(self) -> list[tuple[str, int, int | None, date, Decimal]]:
        rows = PlanLine.objects.visible_to(self.viewer).filter(
            version=self.version, metric=self.metric.code
        )
        return list(rows.values_list("level", "node_id", "user_id", "month", "amount"))

    @cached_property
    def lines(self) -> dict[str, Amounts]:
        """People's amounts by level."""
        found: dict[str, Amounts] = defaultdict(lambda: defaultdict(Decimal))
        for level, _node, person, month, amount in self._rows:
            if person is not None:
                found[level][person, month] += amount
        return found

    @cached_property
    def node_lines(self) -> Amounts:
        """What the version holds for each node whole, on the level shown."""
        return {
            (node, month): amount
            for level, node, person, month, amount in self._rows
            if person is None and level == self.level
        }

    def amounts(self) -> Amounts:
        return self.lines[self.level]

    def total_of(self, level: str) -> Decimal:
        """Of the people shown."""
        shown = {person.pk for person in self.people}
        lines = self.lines[level].items()
        return sum((amount for (person, _), amount in lines if person in shown), ZERO)

    def form(self, data: Any = None, amounts: Amounts | None = None) -> PlanGrid:
        shown = self.amounts() if amounts is None else amounts
        initial = {
            cell_name(person, month): numerals.typed(amount)
            for (person, month), amount in shown.items()
            if amount
        }
        people = [] if self.is_too_big else self.people
        return PlanGrid(data, people=people, months=self.months, initial=initial)

    @cached_property
    def shown_nodes(self) -> list[TeamNode]:
        """The chosen node and those below it, from the top."""
        if self.node is None:
            return []
        return [node for node in self.nodes if node.path.startswith(self.node.path)]

    def inside(self, node: TeamNode) -> list[Any]:
        return [person for person in self.people if is_below(person, node)]


def is_below(person: Any, node: TeamNode) -> bool:
    """Whether the person is in the node or under it; those in no team stand under the company."""
    if person.team is None:
        return node.parent_id is None
    return person.team.path.startswith(node.path)


def read_page(
    viewer: Any, *, year: int, team: int | None, level: str, metric: str = ""
) -> PlanPage | None:
    """The page of the asked team, of the highest one in sight unless asked.

    None for a team out of sight and for a metric that no plan may name.
    """
    asked = find_metric(metric or Code.REVENUE)
    if asked is None or not is_plannable(asked.code):
        return None
    nodes = visible_nodes(viewer)
    chosen = [node for node in nodes if team in (None, node.pk)]
    if team is not None and not chosen:
        return None
    known = PlanVersion.objects.in_force(year).select_related("author", "approved_by")
    versions = list(known)
    in_force = versions[0] if versions else None
    newest = max(versions, key=lambda version: version.number, default=None)
    page = PlanPage(
        viewer=viewer,
        year=year,
        level=level or PlanLevel.PLAN,
        metric=asked,
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
    return [person for person in shown.distinct() if is_below(person, page.node)]
