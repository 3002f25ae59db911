"""Calls to debtors, what they promised, and what is done when a promise is not kept."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.clients.models import Client, Contact
from apps.core.calendars import WorkCalendar, company_today, company_zone
from apps.core.numerals import money
from apps.deals.actions import checks
from apps.deals.actions.activities import log_activity
from apps.deals.actions.errors import field_error
from apps.deals.choices import ActivityKind, ActivityOutcome, DebtCallResult, PromiseState
from apps.deals.models import (
    BrokenPromise,
    Deal,
    DebtCall,
    PromiseToPay,
    ScheduleLine,
)
from apps.staff.models import User
from apps.tasks.actions import create_task
from apps.tasks.choices import Priority

# Nobody promises for longer; a later day is a slip of the finger.
LONGEST = timedelta(days=366)
# The night looks back so far, so that nights which did not run are made up for.
LOOKED_BACK = timedelta(days=30)
TASK_HOUR = time(12)

OUTCOMES = {
    DebtCallResult.PROMISED: ActivityOutcome.AGREED,
    DebtCallResult.CALL_BACK: ActivityOutcome.CALL_BACK,
    DebtCallResult.NO_ANSWER: ActivityOutcome.NO_ANSWER,
    DebtCallResult.DISPUTES: ActivityOutcome.REFUSED,
    DebtCallResult.REFUSES: ActivityOutcome.REFUSED,
}


@dataclass(frozen=True)
class Debt:
    """What a call is about: one scheduled payment, one deal, or (both None) all the client owes.

    `first` is the oldest unpaid part of it, whose deal the call is recorded with.
    """

    client: Client
    first: ScheduleLine
    deal: Deal | None = None
    line: ScheduleLine | None = None

    @property
    def currency(self) -> str:
        return str(self.first.deal.currency)


def debt_of(
    client: Client, *, by: User, deal: Deal | None = None, line: ScheduleLine | None = None
) -> Debt | None:
    """What the client owes on deals of `by`'s scope, or that part of it; None when nothing."""
    lines = owed_lines(client, by)
    if line:
        lines, deal = lines.filter(pk=line.pk), line.deal
    elif deal:
        lines = lines.filter(deal=deal)
    first = lines.order_by("due_on", "pk").select_related("deal").first()
    return Debt(client, first, deal, line) if first else None


def owed_lines(client: Client, by: User) -> Any:
    return ScheduleLine.objects.visible_to(by).owed().filter(deal__client=client)


def owed_on(debt: Debt, *, by: User) -> Decimal:
    """Unpaid parts of the debt, in its currency."""
    lines = owed_lines(debt.client, by).filter(deal__currency=debt.currency)
    if debt.deal:
        lines = lines.filter(deal=debt.deal)
    if debt.line:
        lines = lines.filter(pk=debt.line.pk)
    return lines.aggregate(owed=Sum(F("amount") - F("paid")))["owed"] or Decimal(0)


@transaction.atomic
def record_debt_call(
    debt: Debt,
    *,
    by: User,
    result: str,
    amount: Decimal | None = None,
    promised_on: date | None = None,
    next_call_on: date | None = None,
    said_by: Contact | None = None,
    text: str = "",
) -> DebtCall:
    """Record a call about a debt as an activity of its deal, with the promise that was made.

    Without a day the next call is the working day after the promised one, or after today. Raises
    ValidationError "promise_incomplete", "over_debt", "past", "too_far", and PermissionDenied when
    the deal is not `by`'s to work on.
    """
    today = company_today()
    if result == DebtCallResult.PROMISED:
        check_promise(debt, by=by, amount=amount, promised_on=promised_on, today=today)
    if next_call_on and next_call_on < today:
        raise field_error("next_call_on", _("The day has passed."), "past")
    checks.check_contact(said_by, client=debt.client)
    activity = log_activity(
        by=by,
        kind=ActivityKind.CALL,
        deal=debt.first.deal,
        contact=said_by,
        outcome=OUTCOMES[DebtCallResult(result)],
        text=text,
    )
    promised = promised_on if result == DebtCallResult.PROMISED else None
    call = DebtCall.objects.create(
        activity=activity,
        client=debt.client,
        owner=debt.first.deal.owner,
        result=result,
        next_call_on=next_call_on or day_of_next_call(promised or today),
    )
    if promised:
        keep_promise(call, debt, by=by, amount=amount, promised_on=promised, said_by=said_by)
    return call


def check_promise(
    debt: Debt, *, by: User, amount: Decimal | None, promised_on: date | None, today: date
) -> None:
    if amount is None or amount <= 0:
        raise field_error("amount", _("How much was promised?"), "promise_incomplete")
    if promised_on is None:
        raise field_error("promised_on", _("By which day?"), "promise_incomplete")
    if promised_on < today:
        raise field_error("promised_on", _("The day has passed."), "past")
    if promised_on > today + LONGEST:
        raise field_error("promised_on", _("This is more than a year away."), "too_far")
    owed = owed_on(debt, by=by)
    if amount > owed:
        said = {"sum": money(owed, debt.currency, 2)}
        raise field_error("amount", _("Only %(sum)s is owed.") % said, "over_debt")


def day_of_next_call(day: date) -> date:
    """The working day after the promised day, or after the talk."""
    return WorkCalendar().add_working_days(day, 1)


def keep_promise(call: DebtCall, debt: Debt, *, by: User, **said: Any) -> PromiseToPay:
    promise = PromiseToPay(
        call=call,
        client=debt.client,
        deal=debt.deal,
        line=debt.line,
        currency=debt.currency,
        made_on=call.activity.happened_on,
        owner=call.owner,
        author=by,
        **said,
    )
    promise.clean_fields(exclude=["call", "client", "deal", "line", "said_by", "owner", "author"])
    promise.save()
    return promise


def follow_up_promises(day: date) -> int:
    """Set a call as a task for every promise whose term passed by the end of `day` unkept; how many.

    A promise is found once: a repeated night sets nothing. A debt that was paid late, or a call made
    since, needs no task; the promise is written down as broken all the same.
    """
    # A night that is started by day leaves the running day to the debtors.
    day = min(day, company_today() - timedelta(days=1))
    ended = PromiseToPay.objects.standing().filter(
        promised_on__gt=day - LOOKED_BACK, promised_on__lte=day, broken=None
    )
    unkept = ended.with_paid().filter(paid__lt=F("amount")).order_by("pk")
    found = 0
    for pk in list(unkept.values_list("pk", flat=True)):
        found += follow_up(pk, day + timedelta(days=1))
    return found


@transaction.atomic
def follow_up(pk: int, today: date) -> int:
    """Write one promise down as broken, with a task where somebody has to call; 0 when it is done."""
    # Two nights at once meet at the row of the promise.
    promise = PromiseToPay.objects.select_for_update(of=("self",)).get(pk=pk)
    if BrokenPromise.objects.filter(promise=promise).exists():
        return 0
    rows = PromiseToPay.objects.with_paid().select_related("client", "owner", "deal", "call")
    promise = rows.get(pk=pk)
    if promise.state(today) not in (PromiseState.BROKEN, PromiseState.PART_KEPT):
        return 0
    task = call_task(promise, today) if needs_call(promise) else None
    BrokenPromise.objects.create(promise=promise, paid=promise.paid, found_on=today, task=task)
    return 1


def needs_call(promise: PromiseToPay) -> bool:
    """Is there still a debt, a person who works here, and no talk since the promised day?"""
    if not promise.owner.is_active:
        return False
    called = DebtCall.objects.standing().filter(client=promise.client, pk__gt=promise.call_id)
    if called.exists():
        return False
    return bool(promised_lines(promise).exists())


def promised_lines(promise: PromiseToPay) -> Any:
    lines = ScheduleLine.objects.owed().filter(deal__client_id=promise.client_id)
    if promise.deal_id:
        lines = lines.filter(deal_id=promise.deal_id)
    return lines.filter(pk=promise.line_id) if promise.line_id else lines


def call_task(promise: PromiseToPay, today: date) -> Any:
    """A task of the one who answers for the debt, for noon of the next working day."""
    day = WorkCalendar().next_working(today)
    said = {
        "client": promise.client,
        "sum": money(promise.amount, promise.currency),
        "day": f"{promise.promised_on:%d.%m.%Y}",
        "paid": money(promise.paid, promise.currency),  # type: ignore[attr-defined]
    }
    with override(promise.owner.language):
        return create_task(
            by=promise.owner,
            title=str(_("Call the debtor: %(client)s") % said)[:255],
            text=_("Promised %(sum)s by %(day)s; %(paid)s has come.") % said,
            due_at=datetime.combine(day, TASK_HOUR, company_zone()),
            priority=Priority.HIGH,
            subject=promise.deal or promise.client,
        )
