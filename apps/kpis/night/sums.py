"""Sums of facts by person or by team: the numbers every payload is put together from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.kpis.night.months import Month

ZERO = Decimal(0)


@dataclass
class Sums:
    """Additive measures of a stretch of days; revenue holds the adjustments."""

    created_count: int = 0
    created_amount: Decimal = ZERO
    won_count: int = 0
    revenue: Decimal = ZERO
    lost_count: int = 0
    lost_amount: Decimal = ZERO
    cycle_days: int = 0
    received: Decimal = ZERO
    calls: int = 0
    meetings: int = 0
    emails: int = 0
    notes: int = 0

    @property
    def touches(self) -> int:
        return self.calls + self.meetings + self.emails

    def add(self, other: Sums) -> None:
        for name in MEASURES:
            setattr(self, name, getattr(self, name) + getattr(other, name))


MEASURES = [measure.name for measure in fields(Sums)]


@dataclass
class Tally:
    """A month, the same stretch of the month before, that month whole, and revenue by day."""

    month: Sums = field(default_factory=Sums)
    before: Sums = field(default_factory=Sums)
    before_whole: Sums = field(default_factory=Sums)
    daily: dict[date, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    def add(self, other: Tally) -> None:
        self.month.add(other.month)
        self.before.add(other.before)
        self.before_whole.add(other.before_whole)
        for day, revenue in other.daily.items():
            self.daily[day] += revenue


# Table, measures by their columns.
SOURCES = (
    (
        "kpis_dealfact",
        {
            "created_count": "created_count",
            "created_amount": "created_amount",
            "won_count": "won_count",
            "revenue": "won_amount + adjusted_amount",
            "lost_count": "lost_count",
            "lost_amount": "lost_amount",
            "cycle_days": "cycle_days",
        },
    ),
    ("kpis_paymentfact", {"received": "received_amount"}),
    (
        "kpis_activityfact",
        {"calls": "calls", "meetings": "meetings", "emails": "emails", "notes": "notes"},
    ),
)


def tallies_of_people(month: Month, people: list[int]) -> dict[Any, Tally]:
    """By person's id."""
    return _tallies(month, "user_id", "AND user_id = ANY(%(people)s)", {"people": people})


def tallies_of_teams(month: Month) -> dict[Any, Tally]:
    """By the id of the team of that day, None for people without one."""
    return _tallies(month, "team_id", "", {})


def _tallies(month: Month, key: str, where: str, values: dict[str, Any]) -> dict[Any, Tally]:
    tallies: dict[Any, Tally] = defaultdict(Tally)
    for table, columns in SOURCES:
        for owner, day, *measures in _rows(table, columns, key, where, values, month):
            _count(tallies[owner], month, day, dict(zip(columns, measures, strict=True)))
    return tallies


def _rows(
    table: str, columns: dict[str, str], key: str, where: str, values: dict[str, Any], month: Month
) -> Iterable[tuple[Any, ...]]:
    sums = ", ".join(f"sum({column})" for column in columns.values())
    sql = f"""SELECT {key}, day, {sums} FROM {table}
        WHERE day >= %(first)s AND day <= %(last)s {where} GROUP BY 1, 2"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"first": month.before.start, "last": month.last_day, **values})
        return cursor.fetchall()


def _count(tally: Tally, month: Month, day: date, measures: dict[str, Any]) -> None:
    if day in month.period:
        stretches = [tally.month]
        tally.daily[day] += measures.get("revenue", ZERO)
    elif day < month.before_until:
        stretches = [tally.before, tally.before_whole]
    else:
        stretches = [tally.before_whole]
    for stretch in stretches:
        for name, value in measures.items():
            setattr(stretch, name, getattr(stretch, name) + value)
