"""The metric catalogue: what can be measured about a person's work, and how parts make a whole.

A metric is a ratio of additive columns (or a plain sum of them), so the figure of a team, of a
quarter or of any group is the ratio of the sums, never a mean of ratios. A room names the sources of
its facts and its metrics in AppConfig.ready; whoever wants figures reads the sources of a period once
and asks each metric for its measure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection

from apps.core.periods import Period

ZERO = Decimal(0)
# A rate over fewer cases says so instead of a number (F20).
FEWEST_CASES = 10

# "source.column" to its sum, of one person, a team or everybody.
Columns = Mapping[str, Decimal]
# Columns of one source by person.
Sums = Mapping[int, Mapping[str, Decimal | int]]
SumsByDay = Mapping[date, Sums]


class Unit(StrEnum):
    MONEY = "money"  # in the company's currency
    COUNT = "count"
    SHARE = "share"  # a fraction, shown in percent
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    PER_DAY = "per_day"  # cases a working day
    RATIO = "ratio"


class Direction(StrEnum):
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True)
class Source:
    """Sums of one kind of fact: `read(period)` gives them by person and column, in one statement.

    A `is_stock` source gives closing balances of the last day it knows within the period, nothing
    at all where it knows none. `columns` are the names it may give.

    `changed(since)`, of sources whose sums of a period are the sums of its days: the days whose sums
    may differ from what was read before that moment, the time within which a transaction commits
    included; None when any may. A source without it is read anew each night.

    `by_day(days)`, of such sources that are dear to read: the sums of each day. What they gave is kept
    by day, and a night reads the changed days alone.
    """

    code: str
    label: Any
    read: Callable[[Period], Sums]
    columns: tuple[str, ...]
    is_stock: bool = False
    changed: Callable[[datetime], set[date] | None] | None = None
    by_day: Callable[[Collection[date]], SumsByDay] | None = None


@dataclass(frozen=True)
class Measure:
    """`top` over `bottom` of `n` cases; without `bottom` the value is `top` itself."""

    top: Decimal
    bottom: Decimal | None
    n: int

    @property
    def value(self) -> Decimal | None:
        """None: not defined, since there is nothing to divide by."""
        if self.bottom is None:
            return self.top
        return self.top / self.bottom if self.bottom else None


@dataclass(frozen=True)
class Metric:
    """What is measured; `top`, `bottom` and `n` name columns as "source.column", each list summed.

    `formula` says in words what a person reads, `owner` which room answers for it. `rows` gives the
    address of the rows behind the figure of a person (None: everybody in sight) and a period.
    `version` rises when the definition changes, `subject` is the code of its group in the catalogue.
    """

    code: str
    label: Any
    formula: Any
    unit: Unit
    owner: Any
    top: tuple[str, ...]
    bottom: tuple[str, ...] = ()
    n: tuple[str, ...] = ()
    direction: Direction = Direction.MORE
    version: int = 1
    subject: str = ""
    rows: Callable[[int | None, Period], str] | None = None

    @property
    def sources(self) -> set[str]:
        return {source_in(name) for name in (*self.top, *self.bottom)}

    @property
    def is_rate(self) -> bool:
        """Whether few cases make it say "few" instead of a number."""
        return self.unit == Unit.SHARE and bool(self.n)

    def measure(self, columns: Columns) -> Measure:
        bottom = _sum(columns, self.bottom) if self.bottom else None
        return Measure(_sum(columns, self.top), bottom, int(_sum(columns, self.n)))


def source_in(name: str) -> str:
    """The source that the column "source.column" belongs to."""
    return name.partition(".")[0]


_sources: dict[str, Source] = {}
_metrics: dict[str, Metric] = {}


def add_source(source: Source) -> None:
    """Let metrics name its columns; a second source of the same code replaces the first."""
    _sources[source.code] = source


def add_metrics(*metrics: Metric) -> None:
    for metric in metrics:
        _metrics[metric.code] = metric


def all_sources() -> list[Source]:
    return list(_sources.values())


def source_of(code: str) -> Source:
    return _sources[code]


def all_metrics() -> list[Metric]:
    """In the order they were added."""
    return list(_metrics.values())


def find_metric(code: str) -> Metric | None:
    return _metrics.get(code)


def summed(sql: str, values: Mapping[str, Any]) -> dict[int, dict[str, Decimal | int]]:
    """What a statement gives by its first column, the person; the others go by their names.

    Sums over nothing (NULL) are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        _person, *names = [column.name for column in cursor.description]
        return {person: _named(names, sums) for person, *sums in cursor.fetchall()}


def summed_by_day(sql: str, values: Mapping[str, Any]) -> SumsByDay:
    """What a statement gives by its first two columns, the day and the person; else as `summed`."""
    days: dict[date, dict[int, dict[str, Decimal | int]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        _day, _person, *names = [column.name for column in cursor.description]
        for day, person, *sums in cursor.fetchall():
            days[day][person] = _named(names, sums)
    return days


def _named(names: Iterable[str], sums: Iterable[Any]) -> dict[str, Decimal | int]:
    return {name: value for name, value in zip(names, sums, strict=True) if value is not None}


def over_days(days: SumsByDay) -> Sums:
    """The sums of all the days."""
    people: dict[int, dict[str, Decimal | int]] = {}
    for sums in days.values():
        for person, columns in sums.items():
            mine = people.setdefault(person, {})
            for name, value in columns.items():
                mine[name] = mine.get(name, 0) + value
    return people


def days_found(sql: str, values: Mapping[str, Any]) -> set[date]:
    """The days that a statement gives in its first column."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {day for day, *_rest in cursor.fetchall() if day is not None}


def read_columns(
    period: Period, sources: Iterable[str] | None = None
) -> dict[int, dict[str, Decimal]]:
    """The columns of `sources` (all unless told) by person: one statement a source."""
    wanted = (
        list(_sources) if sources is None else [code for code in _sources if code in set(sources)]
    )
    people: dict[int, dict[str, Decimal]] = {}
    for code in wanted:
        for person, sums in _sources[code].read(period).items():
            mine = people.setdefault(person, {})
            mine.update({f"{code}.{column}": Decimal(value) for column, value in sums.items()})
    return people


def added(parts: Iterable[Columns]) -> dict[str, Decimal]:
    """The columns of a group: the sums over its people."""
    total: dict[str, Decimal] = {}
    for part in parts:
        for name, value in part.items():
            total[name] = total.get(name, ZERO) + value
    return total


def _sum(columns: Columns, names: Iterable[str]) -> Decimal:
    return sum((columns.get(name, ZERO) for name in names), ZERO)
