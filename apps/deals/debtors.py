"""Debtors: one row per client with his debt by age (F17), his last promise, and when to call him."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from apps.deals.calculations import ZERO, kept_share
from apps.deals.choices import AgeBucket, PromiseState
from apps.deals.models import DebtCall, PromiseToPay
from apps.deals.receivables import MONEY, OWED_BASE, in_bucket

OVERDUE = (AgeBucket.DAYS_30, AgeBucket.DAYS_60, AgeBucket.DAYS_90, AgeBucket.OLDER)
# The column of a bucket in a row: its place in AgeBucket.
PLACES = {bucket: f"sum_{place}" for place, bucket in enumerate(AgeBucket)}

# Columns that stand in what was said last.
OF_LAST_WORDS = {"promise", "call"}
SORTS = {
    "client": "name_key",
    "overdue": "overdue",
    "owed": "owed",
    "oldest": "oldest",
    "promise": "promised_on",
    "call": "next_call_on",
}
DEFAULT_SORT = "-overdue"
CHUNK = 500


@dataclass(frozen=True)
class Debtor:
    """A row: sums in the company's currency; `promise` with its `state` on `today`, or None."""

    fields: dict[str, Any]
    promise: PromiseToPay | None
    today: date

    def __getattr__(self, name: str) -> Any:
        try:
            return self.fields[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def buckets(self) -> list[tuple[AgeBucket, Decimal]]:
        return [(bucket, self.fields[place]) for bucket, place in PLACES.items()]

    @property
    def days(self) -> int:
        """Days since the oldest payment was due."""
        return (self.today - self.fields["oldest"]).days

    @property
    def state(self) -> PromiseState | None:
        return self.promise.state(self.today) if self.promise else None

    @property
    def is_call_due(self) -> bool:
        """Overdue, and nobody has called or the day of the next call is here."""
        call_on = self.fields["next_call_on"]
        return bool(self.fields["overdue"] and (call_on is None or call_on <= self.today))


def debtors_of(lines: Any, *, today: date) -> Any:
    """The owed `lines` by client, as dictionaries; one statement whatever the number of debts.

    What was said last is looked up for the rows of a page (`as_debtors`): for every client there is
    (`with_last_words`) it costs five times the sums, which only an order or a filter by it is worth.
    """
    sums = {
        place: Coalesce(Sum(OWED_BASE, filter=in_bucket(bucket, today)), Value(ZERO, MONEY))
        for bucket, place in PLACES.items()
    }
    late = Q(due_on__lt=today)
    return (
        lines.order_by()
        .values(
            client_id=F("deal__client"),
            name=F("deal__client__name"),
            name_key=F("deal__client__name_key"),
            level=F("deal__client__level"),
            phone=F("deal__client__phone"),
        )
        .annotate(
            **sums,
            owed=Sum(OWED_BASE),
            overdue=Coalesce(Sum(OWED_BASE, filter=late), Value(ZERO, MONEY)),
            oldest=Min("due_on"),
            payments=Count("pk"),
            owners=ArrayAgg(
                Concat("deal__owner__last_name", Value(" "), "deal__owner__first_name"),
                distinct=True,
            ),
        )
    )


def with_last_words(rows: Any, viewer: Any) -> Any:
    """With the day of the next call and of the last promise, to choose or order by."""
    client = OuterRef("deal__client")
    calls = seen_calls(viewer).filter(client=client).order_by("-pk")
    promises = seen_promises(viewer).filter(client=client).order_by("-pk")
    return rows.annotate(
        next_call_on=Subquery(calls.values("next_call_on")[:1]),
        promised_on=Subquery(promises.values("promised_on")[:1]),
    )


def seen_calls(viewer: Any) -> Any:
    return DebtCall.objects.standing().visible_to(viewer)


def seen_promises(viewer: Any) -> Any:
    return PromiseToPay.objects.standing().visible_to(viewer)


def called_off(today: date) -> Any:
    """Clients whose next call, by the last talk about their debts, is still to come."""
    newest = DebtCall.objects.standing().filter(client=OuterRef("client")).order_by("-pk")
    last = DebtCall.objects.filter(pk=Subquery(newest.values("pk")[:1]))
    return last.filter(next_call_on__gt=today).values("client")


def with_bucket(rows: Any, bucket: str) -> Any:
    return rows.filter(**{f"{PLACES[AgeBucket(bucket)]}__gt": 0})


def overdue_only(rows: Any) -> Any:
    return rows.filter(overdue__gt=0)


def to_call(rows: Any, today: date) -> Any:
    """Those to call today: overdue, with no call yet or with a next call that is due."""
    return overdue_only(rows).filter(Q(next_call_on=None) | Q(next_call_on__lte=today))


def with_promise(lines: Any, state: str, *, viewer: Any, today: date) -> Any:
    """The lines of clients whose last promise is in `state`; "none" for no promise at all."""
    seen = seen_promises(viewer)
    if state == "none":
        return lines.exclude(deal__client__in=seen.values("client"))
    newest = seen.filter(client=OuterRef("client")).order_by("-pk").values("pk")[:1]
    last = seen.with_paid().filter(pk=Subquery(newest)).in_state(PromiseState(state), today)
    return lines.filter(deal__client__in=last.values("client"))


def ordered(rows: Any, sort: str) -> Any:
    """By the column `sort` ("-" for descending, unknown ones by what is overdue), empty last."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        return ordered(rows, DEFAULT_SORT)
    column = F(SORTS[name])
    by = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    return rows.order_by(by, "client_id")


def as_debtors(rows: Iterable[dict[str, Any]], viewer: Any, today: date) -> list[Debtor]:
    """The rows of a page with what was said last: two statements more."""
    rows = list(rows)
    clients = [row["client_id"] for row in rows]
    newest = seen_promises(viewer).filter(client__in=clients)
    newest = newest.order_by("client", "-pk").distinct("client")
    said = PromiseToPay.objects.with_paid().filter(pk__in=newest.values("pk"))
    promises = {row.client_id: row for row in said.select_related("said_by")}
    calls = seen_calls(viewer).filter(client__in=clients).order_by("client", "-pk")
    next_calls = dict(calls.distinct("client").values_list("client", "next_call_on"))
    return [
        Debtor(
            {**row, "next_call_on": next_calls.get(row["client_id"])},
            promises.get(row["client_id"]),
            today,
        )
        for row in rows
    ]


def in_chunks(rows: Any, viewer: Any, today: date) -> Iterator[Debtor]:
    """Every debtor of an export, a chunk at a time."""
    kept: list[dict[str, Any]] = []
    for row in rows.iterator(chunk_size=CHUNK):
        kept.append(row)
        if len(kept) == CHUNK:
            yield from as_debtors(kept, viewer, today)
            kept = []
    yield from as_debtors(kept, viewer, today)


@dataclass(frozen=True)
class Word:
    """How a person's debtors keep their word: promises whose day has come, and those kept."""

    owner_id: int
    name: str
    ended: int
    kept: int

    @property
    def share(self) -> Decimal | None:
        """None below ten promises: the share would say nothing."""
        return kept_share(self.kept, self.ended)


def words_kept(viewer: Any, *, first: date, today: date) -> list[Word]:
    """Promises with a term from `first` to before `today`, by who answers for the debt.

    A promise kept in part is not kept; one whose day is still to come is not counted.
    """
    ended = seen_promises(viewer).filter(promised_on__gte=first, promised_on__lt=today)
    found = (
        ended.with_paid()
        .order_by()
        .values("owner", "owner__last_name", "owner__first_name")
        .annotate(ended=Count("pk"), kept=Count("pk", filter=Q(paid__gte=F("amount"))))
        .order_by("-ended", "owner")
    )
    return [
        Word(
            row["owner"],
            f"{row['owner__last_name']} {row['owner__first_name']}",
            row["ended"],
            row["kept"],
        )
        for row in found
    ]
