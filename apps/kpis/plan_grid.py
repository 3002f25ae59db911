"""The plan of a year as a grid: the tree with its people, months by quarters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from apps.kpis.calculations import ratio
from apps.kpis.forms import PlanGrid, cell_name
from apps.kpis.plan_page import ZERO, Amounts, PlanPage
from apps.staff.models import TeamNode

MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Mark:
    """Why a cell is what it is: an icon's name ("" for none), a sentence, the weight it gives."""

    icon: str
    note: str
    weight: Decimal


@dataclass
class Cell:
    month: date
    value: Decimal
    field: Any = None
    mark: Mark | None = None
    is_kept: bool = False


@dataclass
class Quarter:
    number: int
    cells: list[Cell]

    @property
    def total(self) -> Decimal:
        return sum((cell.value for cell in self.cells), ZERO)


@dataclass
class GridRow:
    """A node's totals or a person's amounts; `before` is the fact of the year before."""

    name: str
    quarters: list[Quarter]
    before: Decimal | None = None
    is_node: bool = False
    person: Any = None
    node: TeamNode | None = None
    depth: int = 0
    is_kept: bool = False
    people: list[int] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((quarter.total for quarter in self.quarters), ZERO)

    @property
    def growth(self) -> Decimal | None:
        """Against the fact of the year before, a fraction; None where there was none."""
        share = ratio(self.total, self.before) if self.before and self.before > 0 else None
        return None if share is None else share - 1

    @property
    def cells(self) -> list[Cell]:
        return [cell for quarter in self.quarters for cell in quarter.cells]


@dataclass
class Grid:
    """How to draw `page`: fields where the viewer may write, marks, what is kept as it is."""

    page: PlanPage
    amounts: Amounts
    form: PlanGrid | None = None
    marks: Mapping[tuple[int, date], Mark] = field(default_factory=dict)
    before: Mapping[int, Decimal] = field(default_factory=dict)

    def rows(self) -> list[GridRow]:
        """The tree from the top, each node with its total."""
        if self.page.node is None:
            return [self._of_person(person, 0) for person in self.page.people]
        return [row for node in self.page.shown_nodes for row in self._of_node(node)]

    def total(self) -> Decimal:
        return sum(self.amounts.values(), ZERO)

    def _of_node(self, node: TeamNode) -> list[GridRow]:
        inside = self.page.inside(node)
        if not inside or self.page.node is None:
            return []
        depth = node.path.count("/") - self.page.node.path.count("/")
        people = [person.pk for person in inside]
        row = GridRow(
            node.name,
            self._quarters(Cell(month, self._sum(people, month)) for month in self.page.months),
            before=sum((self.before.get(person, ZERO) for person in people), ZERO),
            is_node=True,
            node=node,
            depth=depth,
            people=people,
        )
        own = [] if self.page.is_too_big else [p for p in inside if self._is_own(p, node)]
        return [row, *(self._of_person(person, depth + 1) for person in own)]

    def _is_own(self, person: Any, node: TeamNode) -> bool:
        return (person.team_id or self.page.nodes[0].pk) == node.pk

    def _of_person(self, person: Any, depth: int) -> GridRow:
        return GridRow(
            person.get_full_name(),
            self._quarters(self._cell(person.pk, month) for month in self.page.months),
            before=self.before.get(person.pk, ZERO),
            person=person,
            depth=depth,
            is_kept=self.form is not None and self.form.keeps_row(person.pk),
        )

    def _cell(self, person: int, month: date) -> Cell:
        return Cell(
            month=month,
            value=self.amounts.get((person, month), ZERO),
            field=self.form[cell_name(person, month)] if self.form is not None else None,
            mark=self.marks.get((person, month)),
            is_kept=self.form is not None and self.form.keeps_cell(person, month),
        )

    def _sum(self, people: list[int], month: date) -> Decimal:
        return sum((self.amounts.get((person, month), ZERO) for person in people), ZERO)

    def _quarters(self, cells: Iterable[Cell]) -> list[Quarter]:
        whole = list(cells)
        return [
            Quarter(start // MONTHS_A_QUARTER + 1, whole[start : start + MONTHS_A_QUARTER])
            for start in range(0, len(whole), MONTHS_A_QUARTER)
        ]
