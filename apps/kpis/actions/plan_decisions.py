"""What an approved plan is expected to move, as a Decision that the night measures."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from apps.core.calendars import company_today
from apps.core.models import Decision
from apps.kpis.calculations.plan_changes import changes, whole
from apps.kpis.choices import Metric, PlanLevel
from apps.kpis.models import PlanLine, PlanVersion

KIND = "plan"
# What the column of the decision can hold.
MOST = Decimal(99999)

# Person and month.
Cells = dict[tuple[int, date], Decimal]


def write_decision(
    version: PlanVersion, before: PlanVersion | None, *, by: Any, note: str
) -> Decision:
    """The decision of approving `version` in place of `before`, about the people it changes.

    It speaks of the months from the first changed one on, none that is over at the approval; the
    expected change is their new plan ÷ the old one − 1, None where nothing was planned before.
    """
    old, new = cells(before), cells(version)
    people = {person for person, _month in changes(old, new)}
    start, end = lasting(version.year, [month for _person, month in changes(old, new)])
    first = start.replace(day=1)
    expected = whole(part(old, people, first), part(new, people, first)).share
    decision = Decision.objects.create(
        kind=KIND,
        subject=version,
        metric=Metric.REVENUE,
        expected_change=expected if expected is None or expected < MOST else None,
        starts_on=start,
        ends_on=end,
        note=note or version.note,
        author=by,
    )
    decision.people.set(people)
    return decision


def cells(version: PlanVersion | None) -> Cells:
    found: Cells = defaultdict(Decimal)
    lines = PlanLine.objects.filter(
        version=version, user__isnull=False, metric=Metric.REVENUE, level=PlanLevel.PLAN
    )
    for person, month, amount in lines.values_list("user", "month", "amount"):
        found[person or 0, month] += amount
    return found


def lasting(year: int, months: list[date]) -> tuple[date, date]:
    """From the first changed month, or today if that has begun, to the end of the year."""
    start, end = min(months, default=date(year, 1, 1)), date(year + 1, 1, 1)
    today = company_today()
    return (max(start, today) if today < end else start), end


def part(amounts: Cells, people: set[int], first: date) -> Cells:
    return {
        (person, month): amount
        for (person, month), amount in amounts.items()
        if person in people and month >= first
    }
