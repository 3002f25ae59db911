"""The queue of a person's day: deals, debts and tasks that need a touch, most pressing first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from apps.core.calendars import WorkCalendar, company_today, company_zone
from apps.core.periods import Period
from apps.dashboard.calculations import (
    DealFacts,
    deal_reason,
    idle_days,
    pressing,
    value_of_a_task,
)
from apps.dashboard.choices import Reason
from apps.deals.choices import StageKind
from apps.deals.debtors import called_off
from apps.deals.models import Deal, ScheduleLine
from apps.tasks.models import Task

# A person cannot work through more in a day; the rest is a link to the list.
SHOWN = 12
LOOKED_AT = 500
COMING = 5
# Long enough to hold COMING working days across the New Year holidays.
# The steps of a coming day that are named; the rest is a number.
NAMED = 3
LOOKED_AHEAD = timedelta(days=21)

DEAL_COLUMNS = (
    "pk",
    "title",
    "client__name",
    "client__level",
    "amount_base",
    "stage__name",
    "stage__kind",
    "stage__probability",
    "stage__max_idle_days",
    "stage_since",
    "next_step",
    "next_step_at",
    "expected_close_on",
    "last_activity_at",
)


@dataclass(frozen=True)
class Moment:
    """Now, the business day, and when that day ends: read once, handed to all."""

    now: datetime
    today: date
    day_ends: datetime

    @classmethod
    def current(cls) -> "Moment":
        today = company_today()
        day_ends = datetime.combine(today + timedelta(days=1), time(), company_zone())
        return cls(timezone.now(), today, day_ends)


@dataclass(frozen=True)
class Entry:
    """A line of the queue; `amount` in the company's currency, `days` what the reason counts."""

    reason: Reason
    title: str
    subject: str
    level: str
    amount: Decimal | None
    days: int
    url: str
    deal_id: int | None
    task_id: int | None
    next_step: str
    at: datetime | None
    rank: Decimal


@dataclass(frozen=True)
class Day:
    """A working day ahead: how many steps it holds, and the first of them as (client, step, address)."""

    day: date
    count: int
    steps: list[tuple[str, str, str]]

    @property
    def others(self) -> int:
        return self.count - len(self.steps)


@dataclass(frozen=True)
class Queue:
    """What to do now (at most SHOWN of `count`) and what the coming days hold."""

    entries: list[Entry]
    count: int
    coming: list[Day]
    without_step: int


def queue_of(person: Any, moment: Moment) -> Queue:
    """The queue of `person`, by expected value times urgency (FORMULAS.md, "Queue of the day")."""
    deals = list(
        Deal.objects.open()
        .filter(owner=person)
        .order_by("next_step_at")
        .values(*DEAL_COLUMNS)[:LOOKED_AT]
    )
    entries = [*_deal_entries(deals, moment), *_debt_entries(person, moment)]
    entries += _task_entries(person, moment, value_of_a_task(entry.rank for entry in entries))
    entries.sort(key=lambda entry: entry.rank, reverse=True)
    return Queue(
        entries=entries[:SHOWN],
        count=len(entries),
        coming=_coming(deals, moment),
        without_step=sum(deal["next_step_at"] is None for deal in deals),
    )


def _deal_entries(deals: list[dict[str, Any]], moment: Moment) -> Iterator[Entry]:
    for deal in deals:
        facts = _facts(deal)
        reason = deal_reason(facts, now=moment.now, today=moment.today, day_ends=moment.day_ends)
        if reason:
            yield _deal_entry(deal, reason, _days(facts, reason, moment))


def _facts(deal: dict[str, Any]) -> DealFacts:
    return DealFacts(
        next_step_at=deal["next_step_at"],
        expected_close_on=deal["expected_close_on"],
        last_activity_at=deal["last_activity_at"],
        stage_since=deal["stage_since"],
        max_idle_days=deal["stage__max_idle_days"],
        is_lead=deal["stage__kind"] == StageKind.LEAD,
    )


def _days(facts: DealFacts, reason: Reason, moment: Moment) -> int:
    if reason == Reason.STEP_OVERDUE and facts.next_step_at:
        return (moment.now - facts.next_step_at).days
    if reason == Reason.CLOSE_PASSED and facts.expected_close_on:
        return (moment.today - facts.expected_close_on).days
    return idle_days(facts, now=moment.now)


def _deal_entry(deal: dict[str, Any], reason: Reason, days: int) -> Entry:
    amount = deal["amount_base"] or Decimal(0)
    return Entry(
        reason=reason,
        title=deal["client__name"] or deal["title"],
        subject=deal["title"] if deal["client__name"] else "",
        level=deal["client__level"] or "",
        amount=deal["amount_base"],
        days=days,
        url=reverse("deals:deal", args=[deal["pk"]]),
        deal_id=deal["pk"],
        task_id=None,
        next_step=deal["next_step"],
        at=deal["next_step_at"],
        rank=pressing(reason, amount * deal["stage__probability"]),
    )


def _debt_entries(person: Any, moment: Moment) -> Iterator[Entry]:
    """Overdue payments of won deals, but for debtors who are to be called on a later day."""
    lines = (
        ScheduleLine.objects.owed()
        .overdue(moment.today)
        .filter(deal__owner=person)
        .exclude(deal__client__in=called_off(moment.today))
        .values("deal_id", "deal__title", "deal__client__name", "deal__client__level", "due_on")
        .annotate(debt=F("amount") - F("paid"))
        .order_by("due_on")[:LOOKED_AT]
    )
    for line in lines:
        yield Entry(
            reason=Reason.DEBT_OVERDUE,
            title=line["deal__client__name"] or line["deal__title"],
            subject=line["deal__title"],
            level=line["deal__client__level"] or "",
            amount=line["debt"],
            days=(moment.today - line["due_on"]).days,
            url=reverse("deals:deal", args=[line["deal_id"]]),
            deal_id=line["deal_id"],
            task_id=None,
            next_step="",
            at=None,
            rank=pressing(Reason.DEBT_OVERDUE, line["debt"]),
        )


def _task_entries(person: Any, moment: Moment, value: Decimal) -> Iterator[Entry]:
    tasks = Task.objects.open().filter(assignee=person, due_at__lt=moment.day_ends)
    for task in tasks.values("pk", "title", "due_at", "priority")[:LOOKED_AT]:
        late = task["due_at"] < moment.now
        reason = Reason.TASK_OVERDUE if late else Reason.TASK_TODAY
        yield Entry(
            reason=reason,
            title=task["title"],
            subject="",
            level="",
            amount=None,
            days=(moment.now - task["due_at"]).days if late else 0,
            url=reverse("tasks:task", args=[task["pk"]]),
            deal_id=None,
            task_id=task["pk"],
            next_step="",
            at=task["due_at"],
            rank=pressing(reason, value * task["priority"] / 2),
        )


def _coming(deals: list[dict[str, Any]], moment: Moment) -> list[Day]:
    """The next working days with the steps planned on each; `deals` stand in the order of steps."""
    zone = company_zone()
    horizon = Period(moment.today + timedelta(days=1), moment.today + LOOKED_AHEAD)
    days = WorkCalendar.load(horizon.start, horizon.end).working_days(horizon)[:COMING]
    planned: dict[date, list[dict[str, Any]]] = {}
    for deal in deals:
        if deal["next_step_at"]:
            planned.setdefault(deal["next_step_at"].astimezone(zone).date(), []).append(deal)
    return [_day(day, planned.get(day, [])) for day in days]


def _day(day: date, deals: list[dict[str, Any]]) -> Day:
    steps = [
        (
            deal["client__name"] or deal["title"],
            deal["next_step"],
            reverse("deals:deal", args=[deal["pk"]]),
        )
        for deal in deals[:NAMED]
    ]
    return Day(day, len(deals), steps)
