"""Sums of facts by person or by team: the numbers every payload is put together from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
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
Sources = tuple[tuple[str, dict[str, str]], ...]
SOURCES: Sources = (
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


ACTIVITY_ALONE: Sources = SOURCES[2:]

# By person's id, and by that of the team of the day, None for people without one.
Tallies = dict[Any, Tally]
OF_PEOPLE = "AND user_id = ANY(%(people)s)"


def tallies_of_everybody(month: Month, people: Collection[int]) -> tuple[Tallies, Tallies]:
    """Of `people`, and of all teams: what a person did in a team is read once for both."""
    of_people: Tallies = {}
    of_teams: Tallies = defaultdict(Tally)
    places = _tallies(month, ("user_id", "team_id"), SOURCES, {})
    for (person, team), tally in places.items():
        of_teams[team].add(tally)
        if person in of_people:
            of_people[person].add(tally)
        elif person in people:
            of_people[person] = tally
    return of_people, of_teams


def tallies_of_people(month: Month, people: list[int]) -> Tallies:
    return _only(_tallies(month, ("user_id",), SOURCES, {"people": people}, OF_PEOPLE))


def touches_of_teams(month: Month) -> Tallies:
    """Of activities alone: what people are compared with."""
    return _only(_tallies(month, ("team_id",), ACTIVITY_ALONE, {}))


def _only(tallies: Tallies) -> Tallies:
    """Under the key itself in place of a tuple of one."""
    return {key: tally for (key,), tally in tallies.items()}


def _tallies(
    month: Month, keys: tuple[str, ...], sources: Sources, values: dict[str, Any], where: str = ""
) -> Tallies:
    """By tuples of `keys`."""
    tallies: Tallies = defaultdict(Tally)
    width = len(keys)
    days = {
        "first": month.before.start,
        "until": month.before_until,
        "start": month.period.start,
        "last": month.last_day,
    }
    with connection.cursor() as cursor:
        for table, columns in sources:
            cursor.execute(_stretches(table, columns, keys, where), {**days, **values})
            for row in cursor.fetchall():
                measures = dict(zip(columns, row[width + 1 :], strict=True))
                _count(tallies[row[:width]], row[width], measures)
        if sources is ACTIVITY_ALONE:
            return tallies
        cursor.execute(DAILY.format(keys=", ".join(keys), where=where), {**days, **values})
        for *owner, day, revenue in cursor.fetchall():
            tallies[tuple(owner)].daily[day] = revenue
    return tallies


MONTH, BEFORE, REST_OF_BEFORE = 0, 1, 2


def _stretches(table: str, columns: dict[str, str], keys: tuple[str, ...], where: str) -> str:
    groups = ", ".join(keys)
    sums = ", ".join(f"sum({column})" for column in columns.values())
    return f"""
        SELECT {groups}, CASE WHEN day >= %(start)s THEN {MONTH} WHEN day < %(until)s THEN {BEFORE}
            ELSE {REST_OF_BEFORE} END AS stretch, {sums}
        FROM {table} WHERE day >= %(first)s AND day <= %(last)s {where} GROUP BY {groups}, stretch"""


DAILY = """
SELECT {keys}, day, sum(won_amount + adjusted_amount) FROM kpis_dealfact
WHERE day >= %(start)s AND day <= %(last)s AND (won_amount <> 0 OR adjusted_amount <> 0) {where}
GROUP BY {keys}, day
"""


def _count(tally: Tally, stretch: int, measures: dict[str, Any]) -> None:
    for sums in _holders(tally, stretch):
        for name, value in measures.items():
            setattr(sums, name, getattr(sums, name) + value)


def _holders(tally: Tally, stretch: int) -> tuple[Sums, ...]:
    if stretch == MONTH:
        return (tally.month,)
    return (tally.before, tally.before_whole) if stretch == BEFORE else (tally.before_whole,)
