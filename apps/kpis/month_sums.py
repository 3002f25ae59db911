"""Sums of the months that the night keeps: added up by the database, never row by row here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

Sums = dict[str, Decimal]

EVERY_COLUMN = """
SELECT month, kept.name, sum(kept.value::numeric)
FROM kpis_monthcolumns, jsonb_each_text(values) kept(name, value)
WHERE month = ANY(%(months)s) AND user_id = ANY(%(people)s)
GROUP BY 1, 2
"""
SOME_COLUMNS = """
SELECT month, asked.name, sum((values ->> asked.name)::numeric)
FROM kpis_monthcolumns, unnest(%(names)s::text[]) asked(name)
WHERE month = ANY(%(months)s) AND user_id = ANY(%(people)s) AND values ? asked.name
GROUP BY 1, 2
"""
BY_PERSON = """
SELECT user_id, team_id, asked.name, (values ->> asked.name)::numeric
FROM kpis_monthcolumns, unnest(%(names)s::text[]) asked(name)
WHERE month = %(month)s AND user_id = ANY(%(people)s) AND values ? asked.name
"""


def sums_of_months(
    months: Sequence[date], people: Collection[int], names: Collection[str] | None = None
) -> dict[date, Sums]:
    """The columns (all unless told) of each month, summed over `people`."""
    found: dict[date, Sums] = defaultdict(dict)
    asked: dict[str, Any] = {
        "months": list(months),
        "people": list(people),
        "names": list(names or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(SOME_COLUMNS if names else EVERY_COLUMN, asked)
        for month, name, value in cursor.fetchall():
            found[month][name] = value
    return found


def sums_of_people(
    month: date, people: Collection[int], names: Collection[str]
) -> dict[int, tuple[int | None, Sums]]:
    """Of each of `people` who has any of the columns: his team at the month's end, and them."""
    found: dict[int, tuple[int | None, Sums]] = {}
    asked: dict[str, Any] = {"month": month, "people": list(people), "names": list(names)}
    with connection.cursor() as cursor:
        cursor.execute(BY_PERSON, asked)
        for person, team, name, value in cursor.fetchall():
            found.setdefault(person, (team, {}))[1][name] = value
    return found
