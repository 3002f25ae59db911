"""How fast each person answers leads, on the clock of `apps.deals.speed_to_lead`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.clients.models import AnswerNorm
from apps.core.calendars import company_today, moments_of
from apps.core.periods import DAY, Period
from apps.core.working_time import percentile
from apps.deals.choices import Outcome
from apps.deals.speed_to_lead import COUNTED, Clock, came_within
from apps.portfolio.models import LeadAssignment

DAYS = 30
# A percentile of fewer answers speaks of single cases.
LEAST_ANSWERS = 10


@dataclass
class Speed:
    """Working minutes of a person's answers; open leads without one wait, beyond the norm late."""

    person: Any
    minutes: list[int] = field(default_factory=list)
    waiting: int = 0
    late: int = 0

    @property
    def count(self) -> int:
        return len(self.minutes) + self.waiting

    @property
    def median(self) -> float | None:
        return self.percentile(0.5)

    @property
    def p90(self) -> float | None:
        return self.percentile(0.9)

    def percentile(self, share: float) -> float | None:
        return percentile(self.minutes, share) if len(self.minutes) >= LEAST_ANSWERS else None

    def add(self, minutes: int, *, is_answered: bool, norm: int) -> None:
        self.late += minutes > norm
        if is_answered:
            self.minutes.append(minutes)
        else:
            self.waiting += 1


def speeds(viewer: Any, *, norm: AnswerNorm, now: datetime | None = None) -> list[Speed]:
    """Of the last 30 days' leads in the sight of `viewer`, by present owner, the latest first.

    A lead that was closed without an answer speaks for nobody.
    """
    now, today = now or timezone.now(), company_today()
    period = Period(today - timedelta(days=DAYS), today + DAY)
    found: dict[int, Speed] = {}
    clock = Clock(moments_of(period)[0], now, norm)
    for lead in came_within(period, viewer).select_related("deal__owner")[:COUNTED]:
        if lead.answered_at is None and lead.outcome != Outcome.OPEN:
            continue
        speed = found.setdefault(lead.deal.owner_id, Speed(lead.deal.owner))
        took = clock.minutes(lead.came_at, lead.answered_at or now)
        speed.add(took, is_answered=lead.answered_at is not None, norm=clock.norm)
    return sorted(found.values(), key=lambda one: (-one.late, str(one.person)))


def given(viewer: Any) -> Any:
    """Leads that the rules gave to people whom `viewer` sees, the latest first."""
    rows = LeadAssignment.objects.visible_to(viewer)
    return rows.select_related("deal", "deal__stage", "owner", "rule").order_by(
        "-assigned_at", "-pk"
    )
