"""The deal list: its rows, totals and pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, JSONObject

from apps.core.models import Tag
from apps.deals.calculations import idle_days, is_idle, step_state
from apps.deals.choices import Outcome, StepState
from apps.deals.models.big_deals import is_big

PAGE_SIZE = 50
# Counting stops here, and so do the pages: a list of this length is a list to narrow down.
COUNTED = 10_000

SORTS = {
    "opened": "opened_on",
    "title": "title",
    "client": "client__name_key",
    "stage": "stage__order",
    "amount": "amount_base",
    "step": "next_step_at",
    "expected": "expected_close_on",
    "closed": "closed_on",
    "activity": "last_activity_at",
    "owner": "owner__name_key",
}
DEFAULT_SORT = "-opened"

ROW = (
    "pk",
    "version",
    "title",
    "client_id",
    "client__name",
    "client__level",
    "stage__name",
    "stage__max_idle_days",
    "stage_since",
    "outcome",
    "amount",
    "currency",
    "owner__last_name",
    "owner__first_name",
    "next_step",
    "next_step_at",
    "expected_close_on",
    "opened_on",
    "closed_on",
    "last_activity_at",
    "source__name",
    "refusal_reason__name",
    "archived_at",
)


# The tags of a row come with it: one statement, whatever the number of rows.
TAGS = ArraySubquery(
    Tag.objects.filter(deals=OuterRef("pk")).values(
        tag=JSONObject(pk="pk", name="name", colour="colour"),
    )
)


@dataclass(frozen=True)
class Totals:
    """Of all rows of the filter, or of the first COUNTED when there are more (`is_capped`)."""

    count: int
    amount: Decimal
    is_capped: bool


class Row:
    """A deal as the list shows it; `fields` are those of ROW."""

    def __init__(self, fields: dict[str, Any], now: datetime, zone: tzinfo) -> None:
        self.fields = fields
        self.is_open = fields["outcome"] == Outcome.OPEN
        self.owner = f"{fields['owner__last_name']} {fields['owner__first_name'][:1]}."
        self.state = step_state(fields["next_step_at"], now, zone) if self.is_open else ""
        self.days = idle_days(fields["last_activity_at"], fields["stage_since"], now)
        self.is_stuck = self.is_open and is_idle(self.days, fields["stage__max_idle_days"])
        close_on = fields["expected_close_on"]
        self.is_late = bool(self.is_open and close_on and close_on < now.astimezone(zone).date())

    def __getattr__(self, name: str) -> Any:
        try:
            return self.fields[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def is_pressing(self) -> bool:
        return self.state in (StepState.NONE, StepState.OVERDUE)


def totals_of(deals: Any, *, counted: int = COUNTED) -> Totals:
    """Count and sum in one query that reads no more than `counted` rows."""
    # No order: which rows are counted does not matter, and an order would cost a sort.
    bounded = deals.order_by().values("pk", "amount_base")[: counted + 1]
    sums = bounded.aggregate(count=Count("pk"), amount=Coalesce(Sum("amount_base"), Decimal(0)))
    is_capped = sums["count"] > counted
    return Totals(min(sums["count"], counted), sums["amount"], is_capped)


def ordered(deals: Any, sort: str) -> Any:
    """By the column `sort` ("-" for descending, unknown ones by the day of opening), empty last."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        return ordered(deals, DEFAULT_SORT)
    column = F(SORTS[name])
    if sort.startswith("-"):
        nulls = {} if name in NEVER_EMPTY else {"nulls_last": True}
        return deals.order_by(column.desc(**nulls), "-pk")
    return deals.order_by(column.asc(), "pk")


NEVER_EMPTY = {"opened", "title", "stage", "owner"}


class CountedPaginator(Paginator):
    """Pages over rows whose number is known already; none beyond COUNTED."""

    def __init__(self, rows: Any, totals: Totals) -> None:
        super().__init__(rows, PAGE_SIZE)
        self.count = totals.count


def page_of(deals: Any, *, number: Any, totals: Totals, now: datetime, zone: tzinfo) -> Page:
    """The page `number` (the nearest that exists) of ordered `deals` as rows."""
    rows = deals.annotate(tag_list=TAGS, is_big=is_big()).values(*ROW, "tag_list", "is_big")
    page = CountedPaginator(rows, totals).get_page(number)
    page.object_list = rows_of(page.object_list, now, zone)
    return page


def rows_of(values: Iterable[dict[str, Any]], now: datetime, zone: tzinfo) -> list[Row]:
    return [Row(fields, now, zone) for fields in values]


def days_between(start: date | None, end: date | None, column: str) -> Q:
    """Rows whose `column` lies within the days, both included; an open end has no bound."""
    found = Q()
    if start:
        found &= Q(**{f"{column}__gte": start})
    if end:
        found &= Q(**{f"{column}__lte": end})
    return found
