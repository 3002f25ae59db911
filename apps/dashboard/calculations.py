"""Numbers of the screens that no lower room owns; see apps/kpis/FORMULAS.md for the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from statistics import median

from apps.dashboard.choices import Reason

# How much sooner a thing with this reason should be done than an equally valuable one with none.
URGENCY: dict[str, Decimal] = {
    Reason.STEP_OVERDUE: Decimal("1.5"),
    Reason.LEAD_WAITING: Decimal("2"),
    Reason.STEP_TODAY: Decimal("1.3"),
    Reason.CLOSE_PASSED: Decimal("1.2"),
    Reason.DEBT_OVERDUE: Decimal("1.2"),
    Reason.TASK_OVERDUE: Decimal("1.5"),
    Reason.TASK_TODAY: Decimal("1.2"),
    Reason.NO_STEP: Decimal("1"),
    Reason.IDLE: Decimal("0.8"),
}


@dataclass(frozen=True)
class DealFacts:
    """What decides whether an open deal needs its seller today; moments aware, days business."""

    next_step_at: datetime | None
    expected_close_on: date | None
    last_activity_at: datetime | None
    stage_since: datetime
    max_idle_days: int
    is_lead: bool


def deal_reason(
    deal: DealFacts, *, now: datetime, today: date, day_ends: datetime
) -> Reason | None:
    """The most pressing reason to touch the deal today, None when it may wait.

    `day_ends` is the moment when the person's day is over.
    """
    if deal.is_lead and deal.last_activity_at is None:
        return Reason.LEAD_WAITING
    if deal.next_step_at and deal.next_step_at < now:
        return Reason.STEP_OVERDUE
    if deal.next_step_at and deal.next_step_at < day_ends:
        return Reason.STEP_TODAY
    if deal.expected_close_on and deal.expected_close_on < today:
        return Reason.CLOSE_PASSED
    if deal.next_step_at is None:
        return Reason.NO_STEP
    return Reason.IDLE if idle_days(deal, now=now) > deal.max_idle_days else None


def idle_days(deal: DealFacts, *, now: datetime) -> int:
    """Whole days since the last activity, or since the deal entered its stage."""
    return (now - max(filter(None, (deal.last_activity_at, deal.stage_since)))).days


def pressing(reason: str, expected_value: Decimal) -> Decimal:
    """Rank of a thing in the queue of the day: expected value in money times urgency."""
    return expected_value * URGENCY[reason]


def value_of_a_task(values: Iterable[Decimal]) -> Decimal:
    """What a task, which has no price of its own, weighs among `values`: their median, else 1."""
    known = sorted(values)
    return Decimal(median(known)) if known else Decimal(1)
