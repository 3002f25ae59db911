"""What a version of a plan changes against another one, as the viewer may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dates import MONTHS

from apps.kpis.calculations import ZERO
from apps.kpis.calculations.plan_changes import Change, changes, whole
from apps.kpis.choices import DiffBy, Metric, PlanStatus
from apps.kpis.models import PlanLine, PlanVersion


@dataclass(frozen=True)
class Line:
    """A line of a version: of a person, or of a node whole (`person` None)."""

    month: date
    node: int
    node_name: str
    person: int | None
    person_name: str
    amount: Decimal

    @property
    def month_name(self) -> str:
        return str(MONTHS[self.month.month])


@dataclass(frozen=True)
class DiffRow:
    name: str
    detail: str
    change: Change


@dataclass(frozen=True)
class Diff:
    """`rows` hold only what differs, the largest difference first; `whole` is the plan altogether."""

    before: PlanVersion | None
    rows: list[DiffRow]
    whole: Change


@dataclass(frozen=True)
class Grouping:
    """Which lines count and what they are put together by; `words` name a group (name, detail)."""

    takes_people: bool
    place: Callable[[Line], Any]
    words: Callable[[Line], tuple[str, str]]


GROUPINGS = {
    DiffBy.PERSON: Grouping(
        True, lambda line: line.person, lambda line: (line.person_name, line.node_name)
    ),
    DiffBy.TEAM: Grouping(False, lambda line: line.node, lambda line: (line.node_name, "")),
    DiffBy.MONTH: Grouping(True, lambda line: line.month, lambda line: (line.month_name, "")),
    DiffBy.CELL: Grouping(
        True,
        lambda line: (line.person, line.month),
        lambda line: (line.person_name, line.month_name),
    ),
}


def read_diff(
    viewer: Any, version: PlanVersion, before: PlanVersion | None, *, level: str, by: str
) -> Diff:
    """The lines of both versions in sight of the viewer, compared; one statement."""
    lines = read_lines(viewer, [one for one in (before, version) if one], level)
    old, new = lines[before.pk] if before else [], lines[version.pk]
    grouping = GROUPINGS[DiffBy(by)]
    words = {grouping.place(line): grouping.words(line) for line in (*old, *new)}
    found = changes(summed(old, grouping), summed(new, grouping))
    rows = [DiffRow(*words[place], change) for place, change in found.items()]
    people = GROUPINGS[DiffBy.PERSON]
    return Diff(before, rows, whole(summed(old, people), summed(new, people)))


def read_lines(viewer: Any, versions: Iterable[PlanVersion], level: str) -> dict[int, list[Line]]:
    """The lines of each version by its id."""
    rows = PlanLine.objects.visible_to(viewer).filter(
        version__in=versions, level=level, metric=Metric.REVENUE
    )
    names = ("user__first_name", "user__last_name")
    found: dict[int, list[Line]] = defaultdict(list)
    for pk, month, node, name, person, first, last, amount in rows.values_list(
        "version", "month", "node", "node__name", "user", *names, "amount"
    ):
        found[pk].append(Line(month, node, name, person, f"{first} {last}".strip(), amount))
    return found


def summed(lines: Iterable[Line], grouping: Grouping) -> dict[Any, Decimal]:
    sums: dict[Any, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if (line.person is not None) == grouping.takes_people:
            sums[grouping.place(line)] += line.amount
    return sums


def usual_base(version: PlanVersion, versions: Iterable[PlanVersion]) -> PlanVersion | None:
    """What a version is compared with unless told: the one in force when it was written.

    Of a version still on its way that is the approved one; of one that has been in force itself,
    the last in force before it. Without any, the version before.
    """
    earlier = [one for one in versions if one.number < version.number]
    in_force = [one for one in earlier if one.status in (PlanStatus.APPROVED, PlanStatus.REPLACED)]
    return max(in_force or earlier, key=lambda one: one.number, default=None)
