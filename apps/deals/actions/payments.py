"""Money due and money received: the schedule, receipts and what they pay for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from apps.clients.models import Client
from apps.core.calendars import company_today
from apps.core.currencies import to_base
from apps.core.numerals import money, percent
from apps.deals import rules
from apps.deals.actions import checks
from apps.deals.actions.errors import field_error
from apps.deals.actions.locks import lock_deal, save_deal
from apps.deals.calculations import in_two_parts, proposed, share_of_receipt
from apps.deals.choices import Outcome, PaymentTerms
from apps.deals.models import Allocation, Deal, Receipt, ScheduleLine
from apps.staff.models import User


@dataclass(frozen=True)
class Payment:
    """A line of the schedule as a person fills it in; `pk` None for a new one."""

    due_on: date
    amount: Decimal
    title: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class Terms:
    """One of the usual schedules: the first payment by `pay_on`, the rest, if any, by `rest_on`."""

    kind: str
    pay_on: date | None = None
    rest_on: date | None = None


FIRST_SHARES = {PaymentTerms.HALF: Decimal("0.5"), PaymentTerms.THIRD: Decimal("0.3")}


@transaction.atomic
def plan_payments(deal: Deal, *, by: User, terms: Terms) -> Deal:
    """Give a deal without a schedule one by `terms`; "later" and a deal that has one stay as is.

    Raises ValidationError "terms_need_day", "rest_before_first", "no_amount".
    """
    deal = lock_deal(deal, by=by)
    if terms.kind == PaymentTerms.LATER or deal.schedule.exists():
        return deal
    return set_schedule(deal, by=by, payments=payments_by(terms, deal))


def payments_by(terms: Terms, deal: Deal) -> list[Payment]:
    if not deal.amount:
        raise ValidationError(_("A schedule needs the amount of the deal."), code="no_amount")
    if terms.pay_on is None:
        raise field_error("pay_on", _("Say when."), "terms_need_day")
    share = FIRST_SHARES.get(PaymentTerms(terms.kind))
    if share is None:
        return [Payment(terms.pay_on, deal.amount)]
    if terms.rest_on is None:
        raise field_error("rest_on", _("Say when."), "terms_need_day")
    if terms.rest_on < terms.pay_on:
        raise field_error("rest_on", _("The rest comes after the first part."), "rest_before_first")
    first, rest = in_two_parts(deal.amount, share)
    titles = (_("Prepayment %(share)s") % {"share": percent(share, 0)}, _("The rest"))
    parts = zip((terms.pay_on, terms.rest_on), (first, rest), titles, strict=True)
    return [Payment(day, amount, title) for day, amount, title in parts if amount > 0]


@transaction.atomic
def set_schedule(
    deal: Deal, *, by: User, payments: Sequence[Payment], expected_version: int | None = None
) -> Deal:
    """Replace the schedule. Lines that money has come for stay and keep at least what is paid.

    Raises ValidationError "schedule_differs" when the payments of a won deal do not make its
    amount, "below_paid" and "paid_line_dropped" for money already received.
    """
    deal = save_deal(lock_deal(deal, by=by), expected_version=expected_version)
    known = {line.pk: line for line in deal.schedule.select_for_update(of=("self",)).order_by("pk")}
    check_schedule(deal, payments)
    drop_lines(line for pk, line in known.items() if pk not in {p.pk for p in payments})
    for payment in payments:
        write_line(deal, known.get(payment.pk or 0), payment)
    return deal


def check_schedule(deal: Deal, payments: Sequence[Payment]) -> None:
    if any(payment.amount <= 0 for payment in payments):
        raise ValidationError(_("A payment is above zero."), code="not_positive")
    difference = sum((payment.amount for payment in payments), Decimal(0)) - (deal.amount or 0)
    if deal.outcome == Outcome.WON and payments and difference:
        raise ValidationError(
            _("The payments differ from the amount of the deal by %(difference)s."),
            code="schedule_differs",
            params={"difference": money(difference, deal.currency, 2, signed=True)},
        )


def drop_lines(lines: Iterable[ScheduleLine]) -> None:
    """Lines that ever had an allocation stay for its sake, even when it was reversed."""
    for line in lines:
        if line.allocations.exists():
            raise ValidationError(
                _("Money has come for the payment of %(day)s: it cannot be removed."),
                code="paid_line_dropped",
                params={"day": f"{line.due_on:%d.%m.%Y}"},
            )
        line.delete()


def write_line(deal: Deal, line: ScheduleLine | None, payment: Payment) -> None:
    line = line or ScheduleLine(deal=deal)
    if payment.amount < line.paid:
        raise ValidationError(
            _("%(paid)s has been paid already: the payment cannot be smaller."),
            code="below_paid",
            params={"paid": money(line.paid, deal.currency, 2)},
        )
    line.due_on, line.amount, line.title = payment.due_on, payment.amount, payment.title.strip()
    line.clean_fields(exclude=["deal"])
    line.save()


@transaction.atomic
def record_receipt(
    *,
    by: User,
    client: Client,
    amount: Decimal,
    received_on: date,
    currency: str,
    number: str = "",
    note: str = "",
    parts: Iterable[tuple[ScheduleLine, Decimal]] = (),
) -> Receipt:
    """Record money from a client and count `parts` of it towards scheduled payments.

    What is left is an advance. Raises ValidationError "future" for a day to come, and those of
    allocate_receipt.
    """
    if not can_take_money(client, by=by):
        raise PermissionDenied
    checks.check_not_future("received_on", received_on)
    if amount <= 0:
        raise field_error("amount", _("The amount is above zero."), "not_positive")
    receipt = Receipt(
        client=client,
        received_on=received_on,
        amount=amount,
        currency=currency,
        amount_base=to_base(amount, currency, received_on),
        number=number.strip(),
        note=note.strip(),
        author=by,
    )
    receipt.clean_fields(exclude=["client", "author", "reversal_of"])
    receipt.save()
    for line, part in sorted(parts, key=lambda pair: pair[0].pk):
        allocate_receipt(receipt, line=line, amount=part, by=by)
    return receipt


def can_take_money(client: Client, *, by: User) -> bool:
    """From one's own clients, and from those with a deal of one's own."""
    if by.role not in rules.SELLING:
        return False
    if Client.objects.visible_to(by).filter(pk=client.pk).exists():
        return True
    return Deal.objects.visible_to(by).filter(client=client).exists()


@transaction.atomic
def allocate_receipt(
    receipt: Receipt, *, line: ScheduleLine, amount: Decimal, by: User
) -> Allocation:
    """Count `amount` of `receipt` towards `line`; both are in the receipt's currency.

    It counts on the day the money came. Raises ValidationError "over_receipt", "over_line",
    "foreign_line", "other_currency", "reversed". The same pair again returns the allocation
    already booked.
    """
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    line = (
        ScheduleLine.objects.select_for_update(of=("self",)).select_related("deal").get(pk=line.pk)
    )
    if not rules.can_edit(line.deal, by=by):
        raise PermissionDenied
    if known := receipt.allocations.standing().filter(line=line).first():
        return known
    check_allocation(receipt, line, amount)
    allocation = receipt.allocations.create(
        line=line,
        amount=amount,
        amount_base=part_in_base(receipt, amount),
        owner=line.deal.owner,
        happened_on=receipt.received_on,
    )
    ScheduleLine.objects.filter(pk=line.pk).update(paid=F("paid") + amount)
    return allocation


def check_allocation(receipt: Receipt, line: ScheduleLine, amount: Decimal) -> None:
    if amount <= 0:
        raise ValidationError(_("The amount is above zero."), code="not_positive")
    if line.deal.client_id != receipt.client_id:
        raise ValidationError(_("The payment is of another client."), code="foreign_line")
    if line.deal.currency != receipt.currency:
        raise ValidationError(_("The payment is in another currency."), code="other_currency")
    if receipt.reversals.exists() or receipt.reversal_of_id:
        raise ValidationError(_("The receipt has been reversed."), code="reversed")
    if amount > receipt.left():
        raise ValidationError(_("The receipt has less left than that."), code="over_receipt")
    if amount > line.amount - line.paid:
        raise ValidationError(_("The scheduled payment is smaller than that."), code="over_line")


def part_in_base(receipt: Receipt, amount: Decimal) -> Decimal:
    """The last part takes what is left, so that the parts make the whole to the cent."""
    if amount == receipt.left():
        used = receipt.allocations.aggregate(used=Sum("amount_base"))["used"] or Decimal(0)
        return receipt.amount_base - used
    return share_of_receipt(receipt.amount_base, receipt.amount, amount)


@transaction.atomic
def reverse_receipt(receipt: Receipt, *, by: User, reason: str, on: date | None = None) -> Receipt:
    """Take a receipt back, with all it paid for; leads and heads only, with a reason.

    A repeat returns the reversal already booked.
    """
    if not rules.can_reverse_money(by=by):
        raise PermissionDenied
    if not reason.strip():
        raise field_error("reason", _("Say why."), "reason_needed")
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if known := receipt.reversals.first():
        return known
    if receipt.reversal_of_id:
        raise ValidationError(_("This is a reversal itself."), code="is_reversal")
    day = on or company_today()
    for allocation in receipt.allocations.standing().order_by("line_id"):
        take_back(allocation, day)
    return Receipt.objects.create(
        client_id=receipt.client_id,
        received_on=day,
        amount=-receipt.amount,
        currency=receipt.currency,
        amount_base=-receipt.amount_base,
        number=receipt.number,
        note=reason.strip(),
        author=by,
        reversal_of=receipt,
    )


@transaction.atomic
def reverse_allocation(allocation: Allocation, *, by: User, on: date | None = None) -> Allocation:
    """Free a part of a receipt from what it paid for; a repeat returns the same reversal."""
    Receipt.objects.select_for_update(of=("self",)).get(pk=allocation.receipt_id)
    if not rules.can_edit(allocation.line.deal, by=by):
        raise PermissionDenied
    if allocation.reversal_of_id:
        raise ValidationError(_("This is a reversal itself."), code="is_reversal")
    known = Allocation.objects.filter(reversal_of=allocation).first()
    return known or take_back(allocation, on or company_today())


def take_back(allocation: Allocation, day: date) -> Allocation:
    ScheduleLine.objects.filter(pk=allocation.line_id).update(paid=F("paid") - allocation.amount)
    return Allocation.objects.create(
        receipt_id=allocation.receipt_id,
        line_id=allocation.line_id,
        amount=-allocation.amount,
        amount_base=-allocation.amount_base,
        owner_id=allocation.owner_id,
        happened_on=day,
        reversal_of=allocation,
    )


def propose_parts(
    client: Client, *, amount: Decimal, currency: str, by: User
) -> dict[ScheduleLine, Decimal]:
    """How the money could pay the client's debts that `by` may touch: the oldest due day first."""
    lines = (
        ScheduleLine.objects.visible_to(by)
        .unpaid()
        .filter(deal__client=client, deal__currency=currency, deal__archived_at=None)
        .exclude(deal__outcome=Outcome.LOST)
        .select_related("deal")
        .order_by("due_on", "pk")
    )
    by_key = {line.pk: line for line in lines}
    debts = [(pk, line.amount - line.paid) for pk, line in by_key.items()]
    return {by_key[pk]: part for pk, part in proposed(amount, debts).items()}
