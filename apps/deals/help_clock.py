"""How soon leaders answer those who call for help; formulas in FORMULAS.md.

Working minutes only, by the hours of the norm of answering (`apps.core.working_time`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from apps.core.calendars import company_zone, moments_of
from apps.core.periods import DAY, Period
from apps.core.working_time import percentile
from apps.deals.big_choices import HelpState
from apps.deals.models import HelpNorm, HelpRequest
from apps.deals.rules import can_ask_help
from apps.deals.speed_to_lead import Clock

MEASURED = timedelta(days=90)
# Beyond so many requests of a period the latest are counted.
COUNTED = 5000


@dataclass(frozen=True)
class Wait:
    """A request and its clock in working minutes: running while it waits, stopped by the answer.

    The end of the deal stops it too: then nobody has answered (`is_left`). `is_late`: beyond the
    norm; `is_missed`: waiting though the day it was needed by is over.
    """

    request: HelpRequest
    minutes: int | None
    is_late: bool
    is_missed: bool

    @property
    def is_running(self) -> bool:
        return self.request.state == HelpState.OPEN and can_ask_help(self.request.deal)

    @property
    def is_left(self) -> bool:
        return self.request.state == HelpState.OPEN and not self.is_running


@dataclass(frozen=True)
class ResponseSpeed:
    """Working minutes until the first answer over `n` answered requests; `waiting` have none."""

    median: float | None
    p90: float | None
    n: int
    waiting: int
    within_norm: int


class HelpClock:
    """The norm and the working time, read once for many requests."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now: datetime = now or timezone.now()

    @cached_property
    def norm(self) -> HelpNorm:
        return HelpNorm.current()

    @cached_property
    def zone(self) -> ZoneInfo:
        return company_zone()

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @cached_property
    def _clock(self) -> Clock:
        return Clock(self.now - MEASURED, self.now)

    def minutes(self, begun: datetime, ended: datetime) -> int:
        return self._clock.minutes(begun, ended)

    def waits(self, rows: list[HelpRequest]) -> list[Wait]:
        return [self.wait(row) for row in rows]

    def wait(self, row: HelpRequest) -> Wait:
        ended = self.stopped_at(row)
        taken = None if ended is None else self.minutes(row.asked_at, ended)
        return Wait(
            row,
            taken,
            is_late=taken is not None and taken > self.norm.answer_minutes,
            is_missed=row.state == HelpState.OPEN and row.needed_on < self.today,
        )

    def stopped_at(self, row: HelpRequest) -> datetime | None:
        """Now for a running clock; None for a request that was withdrawn."""
        if row.state != HelpState.OPEN:
            return row.responded_at
        return self.now if can_ask_help(row.deal) else row.deal.stage_since

    def speed(self, viewer: Any) -> ResponseSpeed:
        """P50 and P90 over the requests in sight of `viewer` asked within the last 90 days."""
        begun, ended = moments_of(Period(self.today - MEASURED, self.today + DAY), self.zone)
        rows = HelpRequest.objects.visible_to(viewer).exclude(state=HelpState.WITHDRAWN)
        rows = rows.filter(asked_at__gte=begun, asked_at__lt=ended).order_by("-asked_at")
        found = list(rows.values_list("asked_at", "responded_at")[:COUNTED])
        taken = [self.minutes(asked, answered) for asked, answered in found if answered]
        return ResponseSpeed(
            median=percentile(taken, 0.5),
            p90=percentile(taken, 0.9),
            n=len(taken),
            waiting=sum(answered is None for _asked, answered in found),
            within_norm=sum(minutes <= self.norm.answer_minutes for minutes in taken),
        )
