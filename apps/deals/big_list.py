"""The page of the head: the big deals that are open, and what his taking part goes with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast, Coalesce, Extract

from apps.deals.big_calculations import Effect, Side
from apps.deals.big_choices import TAKING_PART
from apps.deals.choices import Outcome
from apps.deals.listing import Row
from apps.deals.models import Deal, DealRisk, HelpEvent, HelpRequest, PlanStep
from apps.deals.models.big_deals import Bigness
from apps.deals.war_room import HEAVY

PAGE, TOP = 25, 5
# Closed deals of so long ago still count for the effect.
LOOKED_BACK = timedelta(days=730)
COLUMNS = (
    "pk",
    "title",
    "client__name",
    "client__level",
    "stage__name",
    "stage__probability",
    "stage__max_idle_days",
    "stage_since",
    "outcome",
    "amount",
    "amount_base",
    "currency",
    "owner__last_name",
    "owner__first_name",
    "next_step",
    "next_step_at",
    "expected_close_on",
    "last_activity_at",
    "open_risks",
    "heavy_risks",
    "late_steps",
    "steps",
    "help_id",
)


def counted(rows: QuerySet[Any]) -> Coalesce:
    """How many `rows` hang on the deal of the outer query."""
    of_deal = rows.filter(deal=OuterRef("pk")).order_by().values("deal")
    return Coalesce(
        Subquery(of_deal.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField()
    )


def open_big_deals(viewer: Any, bigness: Bigness) -> QuerySet[Any]:
    """In sight of `viewer`, the largest first; those without an amount last."""
    deals = bigness.only_big(Deal.objects.visible_to(viewer).open())
    return deals.order_by(F("amount_base").desc(nulls_last=True), "-pk")


def with_worries(deals: QuerySet[Any], today: date) -> QuerySet[Any]:
    """The same with what needs an eye: risks, late steps of the plan, an open call for help."""
    risks = DealRisk.objects.open()
    heavy = risks.alias(weight=F("probability") * F("impact")).filter(weight__gte=HEAVY)
    waiting = HelpRequest.objects.open().filter(deal=OuterRef("pk"))
    return deals.annotate(
        open_risks=counted(risks),
        heavy_risks=counted(heavy),
        steps=counted(PlanStep.objects.kept()),
        late_steps=counted(PlanStep.objects.overdue(today)),
        help_id=Subquery(waiting.values("pk")[:1]),
    )


class BigRow(Row):
    """A big deal of the page; `days` to the expected close, below zero when it has passed."""

    def close_in(self, today: date) -> int | None:
        close_on: date | None = self.fields["expected_close_on"]
        return None if close_on is None else (close_on - today).days


@dataclass(frozen=True)
class BigDeal:
    row: BigRow
    days_to_close: int | None


def page_of(deals: QuerySet[Any], number: Any, *, now: Any, zone: Any) -> Page:
    """The page `number` (the nearest that exists) as BigDeal."""
    today = now.astimezone(zone).date()
    page = Paginator(with_worries(deals, today).values(*COLUMNS), PAGE).get_page(number)
    rows = [BigRow(fields, now, zone) for fields in page.object_list]
    page.object_list = [made(row, today) for row in rows]  # type: ignore[misc]
    return page


# A difference of dates is an interval for Django, whole days for PostgreSQL.
DAYS = Cast(
    Extract(ExpressionWrapper(F("closed_on") - F("opened_on"), DurationField()), "day"),
    FloatField(),
)


def top_of(deals: QuerySet[Any], *, now: Any, zone: Any) -> list[BigDeal]:
    """The first of `deals`, for the head's screen."""
    today = now.astimezone(zone).date()
    rows = with_worries(deals, today).values(*COLUMNS)[:TOP]
    return [made(BigRow(fields, now, zone), today) for fields in rows]


def made(row: BigRow, today: date) -> BigDeal:
    return BigDeal(row, row.close_in(today))


class Median(Aggregate):
    """PostgreSQL's percentile_cont at one half; None over no rows."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def effect_of_leaders(viewer: Any, today: date, bigness: Bigness) -> Effect:
    """Big deals closed in the last 24 months with a leader's part before the end, and without.

    One statement; his part is a request for help that was answered or joined (FORMULAS.md).
    """
    # Both ends by name: the index of sums begins with the outcome.
    ends = (Outcome.WON, Outcome.LOST)
    closed = Deal.objects.visible_to(viewer).kept().filter(outcome__in=ends)
    closed = bigness.only_big(closed.filter(closed_on__gt=today - LOOKED_BACK))
    part = HelpEvent.objects.filter(
        request__deal=OuterRef("pk"), kind__in=TAKING_PART, happened_at__lt=OuterRef("stage_since")
    )
    won = Q(outcome=Outcome.WON)
    rows = (
        closed.annotate(has_part=Exists(part))
        .order_by()
        .values("has_part")
        .annotate(n=Count("pk"), won=Count("pk", filter=won), median=Median(DAYS, filter=won))
    )
    sides = {row["has_part"]: Side(row["n"], row["won"], row["median"]) for row in rows}
    nobody = Side(0, 0, None)
    return Effect(sides.get(True, nobody), sides.get(False, nobody))
