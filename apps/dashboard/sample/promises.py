"""What debtors promised in calls: kept by those who paid late, open or broken by those who still owe."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apps.dashboard.sample.days import Span, moment
from apps.deals.choices import ActivityKind, ActivityOutcome, DebtCallResult
from apps.deals.models import Activity, Allocation, DebtCall, PromiseToPay, ScheduleLine

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
    said = [*of_late_payers(span, rng), *of_debtors(span, rng)]
    said.sort(key=lambda one: (one.made_on, one.line.pk))
    activities = Activity.objects.bulk_create([call_about(one, rng) for one in said])
    calls = DebtCall.objects.bulk_create(
        DebtCall(
            activity=activity,
            client_id=client_of(one),
            owner_id=one.line.deal.owner_id,
            result=DebtCallResult.PROMISED,
            next_call_on=span.add_working(one.promised_on, 1),
        )
        for one, activity in zip(said, activities, strict=True)
    )
    PromiseToPay.objects.bulk_create(
        promise_of(one, call) for one, call in zip(said, calls, strict=True)
    )


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
        if (part.happened_on - part.line.due_on).days < 6 or found == MOST_KEPT:
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


def call_about(said: Said, rng: random.Random) -> Activity:
    return Activity(
        kind=ActivityKind.CALL,
        deal_id=said.line.deal_id,
        client_id=said.line.deal.client_id,
        user_id=said.line.deal.owner_id,
        outcome=ActivityOutcome.AGREED,
        text=rng.choice(WORDS),
        duration_minutes=rng.randrange(2, 9),
        happened_on=said.made_on,
        happened_at=moment(said.made_on, rng),
    )


def promise_of(said: Said, call: DebtCall) -> PromiseToPay:
    deal = said.line.deal
    return PromiseToPay(
        call=call,
        client_id=client_of(said),
        deal_id=deal.pk,
        line=said.line,
        amount=said.amount,
        currency=deal.currency,
        made_on=said.made_on,
        promised_on=said.promised_on,
        owner_id=deal.owner_id,
        author_id=deal.owner_id,
    )


def client_of(said: Said) -> int:
    """A won deal always has one."""
    client = said.line.deal.client_id
    assert client is not None
    return client
