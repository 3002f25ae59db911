"""What the pages about the base say of a run: sums over the clients that the viewer sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, ExtractQuarter, ExtractYear

from apps.portfolio.calculations import health as calc
from apps.portfolio.calculations.spans import calendar_quarter
from apps.portfolio.choices import AbcClass, Lifecycle
from apps.portfolio.models import ClientSegment, SegmentRun
from apps.staff.models import User

ZERO = Decimal(0)
# Quarters after that of the first order, and cohorts, that the table shows.
SHOWN_QUARTERS, SHOWN_COHORTS = 8, 12
# From a worse class to a better one; who has no class stands below C, new clients beside all.
RANKS = {"A": 3, "B": 2, "C": 1, "": 0}


@dataclass(frozen=True)
class Line:
    """A class: how many clients, their revenue of 12 months, and both in the run before.

    The earlier ones are None when there was none.
    """

    code: str
    label: Any
    clients: int
    revenue: Decimal
    share_of_clients: float | None
    share_of_revenue: float | None
    clients_before: int | None
    revenue_before: Decimal | None

    @property
    def change(self) -> int | None:
        return None if self.clients_before is None else self.clients - self.clients_before

    @property
    def revenue_change(self) -> Decimal | None:
        return None if self.revenue_before is None else self.revenue - self.revenue_before

    @property
    def filter_value(self) -> str:
        """How the class is called in an address."""
        return self.code or "none"


def seen(viewer: User, run: SegmentRun | None) -> QuerySet[ClientSegment]:
    return ClientSegment.objects.visible_to(viewer).of(run)


def sums_by(rows: QuerySet[ClientSegment], field: str) -> dict[str, tuple[int, Decimal]]:
    """Clients and revenue by the class in `field`."""
    found = rows.order_by().values_list(field).annotate(Count("pk"), Sum("revenue"))
    return {code: (clients, revenue) for code, clients, revenue in found}


def lines(viewer: User, run: SegmentRun, field: str, choices: Any) -> list[Line]:
    """A line for each of `choices`, in their order, compared with the run before."""
    now = sums_by(seen(viewer, run), field)
    before = sums_by(seen(viewer, run.previous), field) if run.previous_id else None
    clients = sum(count for count, _revenue in now.values())
    revenue = sum((money for _count, money in now.values()), ZERO)
    return [
        line(code, label, now, before, clients, revenue) for code, label in choices.choices
    ]  # fmt: skip


def line(
    code: str, label: Any, now: dict, before: dict | None, clients: int, revenue: Decimal
) -> Line:
    count, money = now.get(code, (0, ZERO))
    earlier = (None, None) if before is None else before.get(code, (0, ZERO))
    return Line(
        code=code,
        label=label,
        clients=count,
        revenue=money,
        share_of_clients=count / clients if clients else None,
        share_of_revenue=float(money / revenue) if revenue > 0 else None,
        clients_before=earlier[0],
        revenue_before=earlier[1],
    )


# --- ABC × XYZ ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    row: str
    column: str
    clients: int
    revenue: Decimal


def cross(viewer: User, run: SegmentRun) -> list[tuple[str, list[Cell]]]:
    """Rows A, B, C with cells X, Y, Z."""
    rows = seen(viewer, run).filter(abc__in="ABC", xyz__in="XYZ").order_by()
    found = {
        (abc, xyz): (clients, revenue)
        for abc, xyz, clients, revenue in rows.values_list("abc", "xyz").annotate(
            Count("pk"), Sum("revenue")
        )
    }
    return [
        (abc, [Cell(abc, xyz, *found.get((abc, xyz), (0, ZERO))) for xyz in "XYZ"]) for abc in "ABC"
    ]


# --- Migration ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Migration:
    """Rows from, columns to; `better` and `worse` are (clients, revenue) of those who moved."""

    rows: list[tuple[str, list[Cell], int]]
    totals: list[int]
    better: tuple[int, Decimal]
    worse: tuple[int, Decimal]
    stayed: int

    @property
    def clients(self) -> int:
        return sum(self.totals)


def migration(viewer: User, since: SegmentRun, until: SegmentRun) -> Migration:
    """How the clients that `viewer` sees moved between the classes of two runs.

    A client who was not in the base in `since` counts as one without a class; revenue is that of
    `until`.
    """
    then = FilteredRelation("client__segments", condition=Q(client__segments__run=since))
    rows = seen(viewer, until).alias(then=then).order_by().values_list("then__abc", "abc")
    moves = rows.annotate(Count("pk"), Sum("revenue"))
    return matrix((was or "", now, clients, revenue) for was, now, clients, revenue in moves)


def matrix(moves: Iterable[tuple[str, str, int, Decimal]]) -> Migration:
    """The matrix from (class before, class now, clients, revenue)."""
    found: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for was, now, clients, revenue in moves:
        count, money = found.get((was, now), (0, ZERO))
        found[was, now] = count + clients, money + revenue
    codes = [code for code, _label in AbcClass.choices]
    rows = []
    for was in codes:
        cells = [Cell(was, now, *found.get((was, now), (0, ZERO))) for now in codes]
        rows.append((was, cells, sum(cell.clients for cell in cells)))
    totals = [sum(cells[at].clients for _was, cells, _sum in rows) for at in range(len(codes))]
    return Migration(
        rows=rows,
        totals=totals,
        better=moved(found, 1),
        worse=moved(found, -1),
        stayed=sum(count for (was, now), (count, _money) in found.items() if was == now),
    )


def moved(found: dict[tuple[str, str], tuple[int, Decimal]], way: int) -> tuple[int, Decimal]:
    """Clients and revenue of those whose class went up (1) or down (-1)."""
    chosen = [value for (was, now), value in found.items() if direction(was, now) == way]
    return sum(count for count, _money in chosen), sum((money for _count, money in chosen), ZERO)


def direction(was: str, now: str) -> int:
    """1 for a better class, -1 for a worse one, 0 for the same and for new clients."""
    if was not in RANKS or now not in RANKS:
        return 0
    return (RANKS[now] > RANKS[was]) - (RANKS[now] < RANKS[was])


# --- Health ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Repeats:
    """Clients with at least two orders in the period, of those with any."""

    buyers: int
    repeated: int

    @property
    def share(self) -> float | None:
        return self.repeated / self.buyers if self.buyers else None


def repeats(rows: QuerySet[ClientSegment]) -> Repeats:
    found = rows.aggregate(
        buyers=Count("pk", filter=Q(orders__gte=1)), repeated=Count("pk", filter=Q(orders__gte=2))
    )
    return Repeats(**found)


def concentration(rows: QuerySet[ClientSegment]) -> calc.Concentration:
    """How much of the revenue the largest clients bring."""
    paying = rows.filter(revenue__gt=0)
    found = paying.aggregate(clients=Count("pk"), revenue=Coalesce(Sum("revenue"), ZERO))
    largest = paying.order_by("-revenue", "client")

    def top(count: int) -> Decimal:
        return largest[:count].aggregate(sum=Coalesce(Sum("revenue"), ZERO))["sum"]

    return calc.concentration(
        found["clients"],
        found["revenue"],
        top(calc.TOP_CLIENTS),
        top(calc.fifth_of(found["clients"])) if found["clients"] else ZERO,
    )


def cohorts(rows: QuerySet[ClientSegment], run: SegmentRun) -> list[calc.Cohort]:
    """Retention of the last cohorts, by the calendar quarter of the first order."""
    quarter = ExtractYear("first_on") * 4 + ExtractQuarter("first_on") - 1
    last_whole = calendar_quarter(run.day + calc.DAY) - 1
    ordered = {
        f"after_{number}": Sum(F("quarters").bitrightshift(number).bitand(1))
        for number in range(1, SHOWN_QUARTERS + 1)
    }
    found = (
        rows.exclude(first_on=None)
        .annotate(cohort=quarter)
        .filter(cohort__gt=last_whole - SHOWN_COHORTS)
        .order_by()
        .values_list("cohort")
        .annotate(Count("pk"), **ordered)
    )
    return calc.cohorts([(row[0], row[1], row[2:]) for row in found], last_whole)


def active_base(states: list[Line]) -> tuple[int, int | None, int]:
    """Clients who buy (new, active, returned), the change of their number, and all who ever bought."""
    buying = {Lifecycle.NEW, Lifecycle.ACTIVE, Lifecycle.RETURNED}
    active = [line for line in states if line.code in buying]
    changes = [line.change for line in active]
    return (
        sum(line.clients for line in active),
        None if None in changes else sum(change or 0 for change in changes),
        sum(line.clients for line in states if line.code != Lifecycle.PROSPECT),
    )
