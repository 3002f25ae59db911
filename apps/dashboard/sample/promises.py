"""What debtors promised in calls: kept by those who paid late, open or broken by those who still owe."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Value
from django.db.models.functions import Greatest

from apps.dashboard.sample.days import Span, moment
from apps.dashboard.sample.writing import Table, flush_all, history_asleep
from apps.deals.choices import ActivityKind, ActivityOutcome, DebtCallResult
from apps.deals.models import Activity, Allocation, Deal, DebtCall, PromiseToPay, ScheduleLine
from apps.staff.models import Absence, User

MOST_KEPT, MOST_OWED = 260, 140
PAST = timedelta(days=170)
WORDS = (
    "Ждут оплату от заказчика, заплатят сразу после неё",
    "Бухгалтер в отпуске, счёт поставят в реестр",
    "Просят разбить на две части",
    "Подтвердили день оплаты письмом",
)


@dataclass(frozen=True)
class Said:
    """A promise to invent, and the call that it was given in."""

    line: ScheduleLine
    amount: Decimal
    made_on: date
    promised_on: date


def make_promises(span: Span, rng: random.Random) -> None:
    """The same rows for the same dice; nothing where nobody was ever late."""
    at_work = Presence()
    said = [*of_late_payers(span, rng), *of_debtors(span, rng)]
    said = [one for one in said if at_work.on(one.line.deal.owner_id, one.made_on)]
    said.sort(key=lambda one: (one.made_on, one.line.pk))
    with history_asleep([Activity, Deal, DebtCall, PromiseToPay]):
        writer = PromiseWriter(span, rng)
        for one in said:
            writer.write(one)
        flush_all([writer.activities, writer.calls, writer.promises])
        for deal, at in writer.spoken_at.items():
            latest = Greatest("last_activity_at", Value(at))
            Deal.objects.filter(pk=deal).update(last_activity_at=latest)


class Presence:
    """Who worked here on a day, and was not away."""

    def __init__(self) -> None:
        self.away = set()
        for user, first, end in Absence.objects.values_list("user_id", "starts_on", "ends_on"):
            self.away |= {(user, first + timedelta(days=n)) for n in range((end - first).days)}
        self.terms = {
            pk: (hired or date.min, left or date.max)
            for pk, hired, left in User.objects.values_list("pk", "hired_on", "dismissed_on")
        }

    def on(self, person: int, day: date) -> bool:
        hired, left = self.terms[person]
        return hired <= day < left and (person, day) not in self.away


class PromiseWriter:
    """Calls as activities, with what was said in them."""

    def __init__(self, span: Span, rng: random.Random) -> None:
        self.span, self.rng = span, rng
        self.spoken_at: dict[int, datetime] = {}
        self.activities = Table(
            Activity, "kind", "deal_id", "client_id", "user_id", "outcome", "text",
            "duration_minutes", "happened_on", "happened_at", "recorded_at",
        )  # fmt: skip
        last = Activity.objects.aggregate(last=Max("pk"))["last"]
        self.activities.next_id = (last or 0) + 1
        self.calls = Table(
            DebtCall, "activity_id", "client_id", "owner_id", "result", "next_call_on",
            "recorded_at",
        )  # fmt: skip
        self.promises = Table(
            PromiseToPay, "call_id", "client_id", "deal_id", "line_id", "amount", "currency",
            "made_on", "promised_on", "owner_id", "author_id", "recorded_at",
        )  # fmt: skip

    def write(self, said: Said) -> None:
        deal, at = said.line.deal, moment(said.made_on, self.rng)
        self.spoken_at[deal.pk] = max(at, self.spoken_at.get(deal.pk, at))
        activity = self.activities.add(
            ActivityKind.CALL.value, deal.pk, deal.client_id, deal.owner_id,
            ActivityOutcome.AGREED.value, self.rng.choice(WORDS), self.rng.randrange(2, 9),
            said.made_on, at, at,
        )  # fmt: skip
        next_call_on = self.span.add_working(said.promised_on, 1)
        call = self.calls.add(
            activity, deal.client_id, deal.owner_id, DebtCallResult.PROMISED.value, next_call_on, at
        )
        self.promises.add(
            call, deal.client_id, deal.pk, said.line.pk, said.amount, deal.currency,
            said.made_on, said.promised_on, deal.owner_id, deal.owner_id, at,
        )  # fmt: skip


def of_late_payers(span: Span, rng: random.Random) -> Iterable[Said]:
    """A call some days before the money came; most kept the day, some were later than promised."""
    late = (
        Allocation.objects.standing()
        .filter(happened_on__gt=span.today - PAST)
        .select_related("line__deal")
        .order_by("-happened_on", "pk")
    )
    found = 0
    for part in late.iterator():
        if found == MOST_KEPT:
            return
        if (part.happened_on - part.line.due_on).days < 6:
            continue
        found += 1
        made_on = span.working_from(part.happened_on - timedelta(days=rng.randrange(4, 6)))
        is_kept = rng.random() < 0.72 and made_on < part.happened_on
        promised_on = part.happened_on + timedelta(days=rng.randrange(3) if is_kept else -1)
        yield Said(part.line, part.amount, min(made_on, promised_on), promised_on)


def of_debtors(span: Span, rng: random.Random) -> Iterable[Said]:
    """Two of three who owe now have promised something; a part of them for a day that has passed."""
    lines = ScheduleLine.objects.owed().overdue(span.today).select_related("deal")
    for line in lines.order_by("-due_on", "pk")[:MOST_OWED]:
        if rng.random() > 0.66:
            continue
        made_on = max(span.today - timedelta(days=rng.randrange(2, 15)), line.due_on)
        promised_on = span.working_from(made_on + timedelta(days=rng.randrange(2, 12)))
        yield Said(line, line.amount - line.paid, made_on, promised_on)
