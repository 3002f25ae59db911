"""How soon a lead is answered: from its coming to the first call, meeting or e-mail of a person.

Working minutes only (`apps.core.working_time`): a lead of Friday night is not late on Saturday.
Notes are no answers, struck-out records neither, and imported deals were leads elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone

from apps.clients.models import AnswerNorm
from apps.core.calendars import WorkCalendar, company_zone, moments_of
from apps.core.periods import Period
from apps.core.working_time import WorkingHours, percentile, working_minutes
from apps.deals.choices import ActivityKind, Outcome, StageKind
from apps.deals.models import Activity, Deal, StageMove

# Beyond so many leads of a period the latest are counted.
COUNTED = 5000


@dataclass(frozen=True)
class SpeedToLead:
    """Working minutes until the first answer; `n` answered leads, `waiting` without an answer.

    Leads that wait are in no percentile yet: their number stands beside it, so that a good median
    over few answers is not taken for a good service.
    """

    median: float | None
    p90: float | None
    n: int
    waiting: int
    within_norm: int


@dataclass(frozen=True)
class Waiting:
    """A lead without an answer and its clock, in working minutes."""

    deal: Deal
    came_at: datetime
    minutes: int
    is_late: bool


class Clock:
    """The company's working time, read once for many leads."""

    def __init__(self, first: datetime, last: datetime, norm: AnswerNorm | None = None) -> None:
        norm = norm or AnswerNorm.current()
        zone = company_zone()
        self.norm: int = norm.answer_minutes
        self._hours = WorkingHours(norm.opens_at, norm.closes_at, zone)
        self._calendar = WorkCalendar.load(first.date(), last.date())

    def minutes(self, begun: datetime, ended: datetime) -> int:
        is_working = self._calendar.is_working
        return working_minutes(begun, ended, hours=self._hours, is_working=is_working)


def answers() -> QuerySet[Activity]:
    """What a person did about a lead; to be narrowed to the lead by the caller."""
    return Activity.objects.standing().exclude(kind=ActivityKind.NOTE)


def leads() -> Any:
    """Deals that began as leads, with `came_at`."""
    entry = StageMove.objects.filter(deal=OuterRef("pk"), from_stage=None)
    entry = entry.filter(to_stage__kind=StageKind.LEAD)
    came = Subquery(entry.order_by("pk").values("happened_at")[:1])
    return Deal.objects.kept().filter(external_id="").annotate(came_at=came).exclude(came_at=None)


def waiting_leads(viewer: Any) -> QuerySet[Any]:
    """Open leads in the sight of `viewer` that nobody answered, the oldest first."""
    is_answered = Exists(
        answers().filter(deal=OuterRef("pk"), happened_at__gte=OuterRef("came_at"))
    )
    rows = leads().visible_to(viewer).filter(outcome=Outcome.OPEN, stage__kind=StageKind.LEAD)
    return rows.filter(~is_answered).order_by("came_at", "pk")


def came_within(period: Period, viewer: Any) -> QuerySet[Any]:
    """The first moves of the leads in the sight of `viewer` that came within `period`, newest first:
    with `came_at`, `answered_at` and the `outcome` of the deal.

    By the moves, which have an index by day: of all deals each would be asked when it came.
    """
    begun, ended = moments_of(period)
    of_lead = answers().filter(deal=OuterRef("deal"), happened_at__gte=OuterRef("happened_at"))
    first = of_lead.order_by().values("deal").annotate(first=Min("happened_at")).values("first")
    deals = Deal.objects.kept().visible_to(viewer).filter(external_id="")
    entered = StageMove.objects.filter(
        deal__in=deals,
        from_stage=None,
        to_stage__kind=StageKind.LEAD,
        happened_on__gte=period.start,
        happened_on__lt=period.end,
        happened_at__gte=begun,
        happened_at__lt=ended,
    )
    return entered.annotate(
        came_at=F("happened_at"), answered_at=Subquery(first), outcome=F("deal__outcome")
    ).order_by("-came_at", "-pk")


def speed_to_lead(
    period: Period, *, viewer: Any, now: datetime | None = None, norm: AnswerNorm | None = None
) -> SpeedToLead:
    """P50 and P90 over the leads in the sight of `viewer` that came within `period`."""
    now = now or timezone.now()
    rows = came_within(period, viewer).values_list("came_at", "answered_at", "outcome")
    found = list(rows[:COUNTED])
    begun, ended = moments_of(period)
    clock = Clock(begun, max(now, ended), norm)
    taken = [clock.minutes(came_at, answer) for came_at, answer, _ in found if answer]
    waits = sum(answer is None and outcome == Outcome.OPEN for _, answer, outcome in found)
    return SpeedToLead(
        median=percentile(taken, 0.5),
        p90=percentile(taken, 0.9),
        n=len(taken),
        waiting=waits,
        within_norm=sum(minutes <= clock.norm for minutes in taken),
    )


def clocks(rows: list[Any], now: datetime, norm: AnswerNorm | None = None) -> list[Waiting]:
    """The clock of each lead of `rows`."""
    if not rows:
        return []
    clock = Clock(min(row.came_at for row in rows), now, norm)
    timed = [(row, clock.minutes(row.came_at, now)) for row in rows]
    return [Waiting(row, row.came_at, minutes, minutes > clock.norm) for row, minutes in timed]
