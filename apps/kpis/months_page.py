"""The months of two years: what each of them made, who closed it, and what came for it later."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.access import allowed
from apps.core.calendars import company_today
from apps.core.periods import Period, add_months, month_of
from apps.deals.models import StageMove, WonAdjustment
from apps.kpis.choices import Journal, PeriodKind
from apps.kpis.models import (
    ClosedMonth,
    DealFact,
    LateEvent,
    LateShare,
    MonthEvent,
    NightRun,
    ReopenRequest,
    Snapshot,
)
from apps.staff.models import TeamNode, User

MONTHS = 24
# So many of the newest are listed; the sum holds all of them.
SHOWN = 200
ZERO = Decimal(0)
MONEY_JOURNALS = (Journal.MOVES, Journal.CORRECTIONS)


@dataclass
class MonthRow:
    """A month as the viewer sees it; money of his scope, `later` what came after the closing."""

    period: Period
    fact: Decimal | None = None
    plan: Decimal | None = None
    later: Decimal = ZERO
    closed: ClosedMonth | None = None
    request: ReopenRequest | None = None
    today: date = field(default_factory=company_today)

    @property
    def is_current(self) -> bool:
        return self.today in self.period

    @property
    def won_url(self) -> str:
        """The deals behind the fact."""
        start, end = self.period.start.isoformat(), self.period.last_day.isoformat()
        asked = {"outcome": "won", "closed_from": start, "closed_to": end}
        return f"{reverse('deals:deal_list')}?{urlencode(asked)}"

    @property
    def attainment(self) -> Decimal | None:
        """Fact ÷ plan (F22); None without a plan."""
        return self.fact / self.plan if self.plan and self.fact is not None else None


def read_months(viewer: Any, *, today: date | None = None) -> list[MonthRow]:
    """The newest first: the current month and the two years before it."""
    today = today or company_today()
    starts = [add_months(today, -back) for back in range(MONTHS + 1)]
    return _rows(viewer, starts, today)


def read_month(viewer: Any, start: date) -> MonthRow:
    return _rows(viewer, [start], company_today())[0]


def _rows(viewer: Any, starts: list[date], today: date) -> list[MonthRow]:
    figures = _published(viewer, starts)
    figures |= _from_facts(viewer, [start for start in starts if start not in figures])
    closed = {row.month: row for row in _closed(starts)}
    waiting = ReopenRequest.objects.filter(decided_at=None, month__in=starts)
    requests = {row.month: row for row in waiting.select_related("asked_by")}
    later = _later_sums(viewer, closed)
    return [
        MonthRow(
            period=month_of(start),
            fact=figures.get(start, (None, None))[0],
            plan=figures.get(start, (None, None))[1],
            later=later.get(start, ZERO),
            closed=closed.get(start),
            request=requests.get(start),
            today=today,
        )
        for start in starts
    ]


def _closed(starts: list[date]) -> QuerySet:
    return ClosedMonth.objects.filter(month__in=starts).select_related("closed_by")


Figures = dict[date, tuple[Decimal | None, Decimal | None]]


def _published(viewer: Any, starts: list[date]) -> Figures:
    """Fact and plan of the viewer's whole, as the nights have published them."""
    whole = TeamNode.objects.kept().led_by(viewer).order_by("path").first()
    if whole is None:
        return {}
    newest = (
        Snapshot.objects.published()
        .filter(
            scope_kind=whole.kind,
            scope_id=whole.pk,
            period_kind=PeriodKind.MONTH,
            period_start__in=starts,
        )
        .order_by("period_start", "-run_id")
        .distinct("period_start")
    )
    rows = newest.values_list("period_start", "payload__result__fact", "payload__plan__plan")
    return {month: (_money(fact), _money(plan)) for month, fact, plan in rows}


def _money(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _from_facts(viewer: Any, starts: list[date]) -> Figures:
    """Months before the first night's year have facts but no snapshots."""
    if not starts:
        return {}
    months = Q()
    for start in starts:
        months |= Q(day__gte=start, day__lt=add_months(start, 1))
    facts = DealFact.objects.filter(months, user__in=User.objects.work_visible_to(viewer))
    rows = (
        facts.annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(won=Sum("won_amount"), adjusted=Sum("adjusted_amount"))
        .order_by("month")
    )
    return {row["month"]: (row["won"] + row["adjusted"], None) for row in rows}


def _later_sums(viewer: Any, closed: dict[date, ClosedMonth]) -> dict[date, Decimal]:
    sums: dict[date, Decimal] = defaultdict(Decimal)
    if not closed:
        return sums
    booked = late_events(viewer).filter(month__in=closed, journal__in=MONEY_JOURNALS)
    for month, amount in booked.values_list("month").annotate(Sum("amount")).order_by("month"):
        sums[month] += amount or ZERO
    moved = LateShare.objects.visible_to(viewer).filter(month__in=closed)
    for month, amount in moved.values_list("month").annotate(Sum("amount")).order_by("month"):
        sums[month] += amount or ZERO
    for month, amount, recorded_at in corrections(viewer, closed).values_list(
        "won_month", "amount_base", "recorded_at"
    ):
        if recorded_at >= closed[month].closed_at:
            sums[month] += amount
    return sums


def late_events(viewer: Any) -> QuerySet:
    return LateEvent.objects.visible_to(viewer)


def corrections(viewer: Any, closed: dict[date, ClosedMonth]) -> QuerySet:
    """Corrections of deals won in those months; `won_month` is the latest such month."""
    won_on = StageMove.objects.filter(
        deal=OuterRef("deal"), to_stage__kind="won", recorded_at__lte=OuterRef("recorded_at")
    ).order_by("-pk")
    since = min(row.closed_at for row in closed.values())
    return (
        WonAdjustment.objects.filter(
            recorded_at__gte=since, owner__in=User.objects.work_visible_to(viewer)
        )
        .annotate(won_month=TruncMonth(Subquery(won_on.values("happened_on")[:1])))
        .filter(won_month__in=closed)
    )


@dataclass(frozen=True)
class Later:
    """Something that came after the closing: `counts_on` is the day that has it."""

    counts_on: date
    what: str
    person: Any
    amount: Decimal | None
    deal: Any = None

    @property
    def label(self) -> str:
        return str(Journal(self.what).label)


def later_of(viewer: Any, row: MonthRow) -> list[Later]:
    """What came for the month since it was first closed, the newest first."""
    start = row.period.start
    found = [
        Later(event.counts_on, event.journal, event.user, event.amount, event.deal)
        for event in _newest(late_events(viewer).filter(month=start))
    ]
    shares = LateShare.objects.visible_to(viewer).filter(month=start)
    found += [
        Later(share.counts_on, Journal.SHARES, share.user, share.amount, share.deal)
        for share in _newest(shares)
    ]
    if row.closed:
        mine = _newest(corrections(viewer, {start: row.closed}), person="owner")
        found += [
            Later(one.happened_on, Journal.CORRECTIONS, one.owner, one.amount_base, one.deal)
            for one in mine
        ]
    return sorted(found, key=lambda later: later.counts_on, reverse=True)


def _newest(rows: QuerySet, person: str = "user") -> QuerySet:
    return rows.select_related(person, "deal").order_by("-pk")[:SHOWN]


def is_counted(period: Period) -> bool:
    """Has the night of the month's last day been published?"""
    current = NightRun.objects.current()
    return current is not None and current.day >= period.last_day


def log_of(start: date) -> QuerySet:
    return (
        MonthEvent.objects.filter(month=start)
        .select_related("author", "approved_by")
        .order_by("-pk")
    )


def may_decide(viewer: Any, request: ReopenRequest | None) -> bool:
    return (
        request is not None
        and allowed(viewer, "kpis.approve_reopening")
        and request.asked_by_id != viewer.pk
    )
