"""How fast leads are answered: working minutes from the assignment to the first contact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, OuterRef, Subquery
from django.utils import timezone

from apps.core.calendars import WorkCalendar, company_today, company_zone
from apps.deals.choices import ActivityKind
from apps.deals.models import Activity
from apps.portfolio.calculations.load import percentile, working_minutes
from apps.portfolio.models import LeadAssignment, LoadNorms
from apps.staff.models import User

DAYS = 30
CONTACTS = (ActivityKind.CALL, ActivityKind.MEETING, ActivityKind.EMAIL)
# The ninetieth of fewer cases is one case.
LEAST_FOR_P90 = 10


@dataclass
class Speed:
    """Minutes of answered leads, and how many wait; a person, or all together (None)."""

    person: User | None
    minutes: list[float] = field(default_factory=list)
    waiting: int = 0
    late: int = 0

    @property
    def count(self) -> int:
        return len(self.minutes) + self.waiting

    @property
    def p50(self) -> float | None:
        return percentile(self.minutes, 0.5)

    @property
    def p90(self) -> float | None:
        return percentile(self.minutes, 0.9) if len(self.minutes) >= LEAST_FOR_P90 else None


def speeds(viewer: Any, *, now: datetime | None = None) -> tuple[Speed, list[Speed]]:
    """All leads of the last 30 days whose owners `viewer` sees, together and by person.

    A lead without a contact counts as waiting, and as late once its time has passed.
    """
    now = now or timezone.now()
    norms = LoadNorms.current()
    clock = Clock(norms, now - timedelta(days=DAYS))
    total, by_person = Speed(None), dict[int, Speed]()
    for assignment in recent(viewer, now):
        speed = by_person.setdefault(assignment.owner_id, Speed(assignment.owner))
        answered = assignment.answered_at
        took = clock.minutes(assignment.owner, assignment.assigned_at, answered or now)
        for one in (total, speed):
            one.late += took > norms.lead_answer_minutes
            if answered:
                one.minutes.append(took)
            else:
                one.waiting += 1
    rows = sorted(by_person.values(), key=lambda one: (-one.late, str(one.person)))
    return total, rows


def recent(viewer: Any, now: datetime) -> Iterable[Any]:
    contacts = Activity.objects.standing().filter(
        deal=OuterRef("deal"), kind__in=CONTACTS, happened_at__gte=OuterRef("assigned_at")
    )
    first = contacts.order_by().values("deal").annotate(first=Min("happened_at")).values("first")
    rows = LeadAssignment.objects.visible_to(viewer).select_related("owner")
    return rows.filter(assigned_at__gte=now - timedelta(days=DAYS)).annotate(
        answered_at=Subquery(first)
    )


class Clock:
    """Working minutes of a person, by the production calendar and his hours."""

    def __init__(self, norms: LoadNorms, since: datetime) -> None:
        self.opens, self.zone = norms.day_starts_at, company_zone()
        self.calendar = WorkCalendar.load(since.date(), company_today())

    def minutes(self, person: User, start: datetime, end: datetime) -> float:
        return working_minutes(
            start,
            end,
            is_working=self.calendar.is_working,
            zone=self.zone,
            opens=self.opens,
            hours=float(person.hours_per_day),
        )
