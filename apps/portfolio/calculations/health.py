"""The health of the base: concentration, repeats, retention, wallet; plain values in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

DAY = timedelta(days=1)
TOP_CLIENTS = 5
TOP_SHARE = Decimal("0.2")
# A median of fewer known potentials says nothing about a client who is not asked.
ENOUGH_POTENTIALS = 5
# Upper bounds of a client's size by employees: micro, small, medium; above is large.
SIZES = (15, 100, 250)


@dataclass(frozen=True)
class Concentration:
    """Shares of the revenue of `clients` paying ones, fractions; None without revenue."""

    clients: int
    revenue: Decimal
    top_five: Decimal | None
    top_fifth: Decimal | None
    fifth_count: int


def fifth_of(clients: int) -> int:
    """How many clients the largest 20 % are: rounded up, so that one of three is one."""
    return -(-clients // 5)


def concentration(
    clients: int, revenue: Decimal, top_five: Decimal, top_fifth: Decimal
) -> Concentration:
    """`top_five` and `top_fifth` are the sums of the largest 5 and of the largest 20 %."""
    if revenue <= 0:
        return Concentration(clients, revenue, None, None, fifth_of(clients))
    return Concentration(
        clients, revenue, top_five / revenue, top_fifth / revenue, fifth_of(clients)
    )


@dataclass(frozen=True)
class Retained:
    """How many of a cohort ordered in a quarter; `share` is a fraction."""

    count: int
    share: float


@dataclass(frozen=True)
class Cohort:
    """Clients whose first order fell in `quarter` (see spans.calendar_quarter).

    `cells` holds the 1st, 2nd… quarter after it, as far as they are over.
    """

    quarter: int
    clients: int
    cells: list[Retained]


def cohorts(rows: Sequence[tuple[int, int, Sequence[int]]], last_whole: int) -> list[Cohort]:
    """Retention by cohort, the newest last; only quarters that are over by `last_whole` count.

    A row is the quarter of the first order, the number of clients, and how many of them ordered
    in the 1st, 2nd… quarter after. A cohort whose own quarter is not over is left out: its
    clients are not all there yet.
    """
    found = []
    for quarter, clients, later in sorted(rows):
        if quarter > last_whole:
            continue
        seen = later[: max(last_whole - quarter, 0)]
        cells = [Retained(count, count / clients) for count in seen]
        found.append(Cohort(quarter, clients, cells))
    return found


# A cell is an outlier when it differs so much from its column.
OUTLIER = 0.10
# A rate over fewer cases says nothing.
ENOUGH_CASES = 10


def pooled(found: Sequence[Cohort], at: int) -> float | None:
    """Retention of the column `at` over all cohorts that have it: a ratio of sums."""
    having = [cohort for cohort in found if len(cohort.cells) > at]
    clients = sum(cohort.clients for cohort in having)
    return sum(cohort.cells[at].count for cohort in having) / clients if clients else None


def tone_of(cell: Retained, clients: int, usual: float | None) -> str:
    """good or bad for a cell far from its column, "" for the middle and for few clients."""
    if usual is None or clients < ENOUGH_CASES or abs(cell.share - usual) < OUTLIER:
        return ""
    return "good" if cell.share > usual else "bad"


def size_of(employees: int | None) -> int | None:
    """0 micro, 1 small, 2 medium, 3 large; None where nobody knows."""
    if employees is None:
        return None
    return sum(employees > bound for bound in SIZES)


@dataclass(frozen=True)
class Wallet:
    """A client's potential a year, whether it is an estimate, and what share of it we have.

    `clients` is how many stand behind an estimate. Unknown is None.
    """

    potential: Decimal | None
    is_estimate: bool = False
    clients: int = 0
    share: Decimal | None = None
    gap: Decimal | None = None


def wallet(
    revenue: Decimal,
    potential: Decimal | None,
    group: tuple[str, int | None],
    medians: Mapping[tuple[str, int | None], tuple[Decimal, int]],
) -> Wallet:
    """Share of wallet: revenue of 12 months ÷ potential a year; it may pass 100 %.

    Without a potential of his own the client gets the median of his industry and size, when at
    least ENOUGH_POTENTIALS clients stand behind it.
    """
    known, is_estimate, count = potential, False, 0
    if known is None and None not in group and group[0]:
        known, count = medians.get(group, (None, 0))
        if count < ENOUGH_POTENTIALS:
            known, count = None, 0
        is_estimate = known is not None
    if not known:
        return Wallet(known, is_estimate, count)
    return Wallet(known, is_estimate, count, revenue / known, max(known - revenue, Decimal(0)))
