"""Bank statements: take one in, book its payments, set them aside, take a booking back."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.clients.models import Client
from apps.core.access import allowed
from apps.deals.actions.payments import record_receipt, reverse_receipt
from apps.deals.bank.clients import DAYS_APART, Payer, debts_of, payers_by_inn, receipts_of
from apps.deals.bank.matching import Proposal, after, propose
from apps.deals.bank.reading import Document, Statement
from apps.deals.choices import MatchReason, PaymentState
from apps.deals.models import BankPayment, BankStatement, Receipt, ScheduleLine
from apps.staff.models import User

PERMISSION = "deals.import_statement"
IN_A_ROW = 500


def fingerprint(document: Document) -> str:
    """Names a payment whatever file brings it: our account, the payer's, number, day and sum."""
    parts = (
        document.account,
        document.payer_account,
        document.payer_inn,
        document.number,
        document.day.isoformat(),
        str(document.amount),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@transaction.atomic
def take_in_statement(
    statement: Statement, *, by: User, file_name: str, file_hash: str
) -> BankStatement:
    """Keep the payments that no earlier statement has brought, each with what it seems to pay.

    Nothing is booked. The same file again returns the statement kept already.
    """
    check_may(by)
    if known := BankStatement.objects.filter(author=by, file_hash=file_hash).first():
        return known
    days = [document.day for document in statement.documents]
    kept = BankStatement(
        file_name=file_name,
        file_hash=file_hash,
        author=by,
        accounts=statement.accounts,
        starts_on=min(days, default=None),
        ends_on=max(days, default=None),
        outgoing=statement.outgoing,
        is_cut=statement.is_cut,
        faults=[asdict(fault) for fault in statement.faults],
    )
    new = new_documents(statement.documents, by=by)
    kept.repeated = len(statement.documents) - len(new)
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        return BankStatement.objects.get(author=by, file_hash=file_hash)
    payments = [payment_of(kept, name, document) for name, document in new.items()]
    match_payments(payments, by=by)
    BankPayment.objects.bulk_create(payments, batch_size=IN_A_ROW)
    return kept


def check_may(by: User) -> None:
    if not allowed(by, PERMISSION):
        raise PermissionDenied


def new_documents(documents: Iterable[Document], *, by: User) -> dict[str, Document]:
    """By fingerprint: those booked by nobody and in no statement of `by`; a repeat within the
    file counts once.
    """
    named = {fingerprint(document): document for document in documents}
    known = BankPayment.objects.filter(fingerprint__in=named)
    booked = known.filter(state=PaymentState.BOOKED).values_list("fingerprint", flat=True)
    own = known.filter(statement__author=by).values_list("fingerprint", flat=True)
    there = {*booked, *own}
    return {name: document for name, document in named.items() if name not in there}


def payment_of(statement: BankStatement, name: str, document: Document) -> BankPayment:
    return BankPayment(
        statement=statement,
        fingerprint=name,
        line=document.line,
        received_on=document.day,
        amount=document.amount,
        currency=document.currency,
        number=document.number,
        payer=document.payer,
        payer_inn=document.payer_inn[:12],
        payer_kpp=document.payer_kpp,
        payer_account=document.payer_account,
        purpose=document.purpose,
    )


def match_payments(payments: Iterable[BankPayment], *, by: User) -> None:
    """Find client and debts of payments that are not saved yet or not booked."""
    payments = list(payments)
    payers = payers_by_inn((payment.payer_inn for payment in payments), by=by)
    for payment in payments:
        if payment.client_id is None:
            settle_payer(payment, payers.get(payment.payer_inn, []))
    clients = {payment.client_id for payment in payments if payment.client_id}
    debts, receipts = debts_of(clients, by=by), receipts_of(clients)
    for payment in payments:
        if payment.client_id is None:
            continue
        key = (payment.client_id, payment.currency)
        proposal = propose(payment.amount, payment.purpose, debts.get(key, []))
        alike = receipts.get((payment.client_id, f"{payment.amount} {payment.currency}"), [])
        if any(looks_recorded(payment, receipt) for receipt in alike):
            proposal = Proposal(PaymentState.DOUBTFUL, MatchReason.LOOKS_RECORDED, proposal.parts)
        debts[key] = after(proposal, debts.get(key, []))
        settle(payment, proposal)


def settle_payer(payment: BankPayment, payers: list[Payer]) -> None:
    """By INN; branches of one company share it and are told apart by KPP."""
    of_branch = [payer for payer in payers if payer.kpp and payer.kpp == payment.payer_kpp]
    for found in (payers, of_branch):
        if len(found) == 1:
            payment.client_id = found[0].pk
            return
    reason = MatchReason.SEVERAL_CLIENTS if payers else MatchReason.NO_CLIENT
    settle(
        payment,
        Proposal(PaymentState.UNKNOWN, reason if payment.payer_inn else MatchReason.NO_INN),
    )


def settle(payment: BankPayment, proposal: Proposal) -> None:
    payment.state, payment.reason = proposal.state, proposal.reason
    payment.parts = [[pk, str(part)] for pk, part in proposal.parts]


def looks_recorded(payment: BankPayment, receipt: Receipt) -> bool:
    """The same sum of the same client, with the same number or on a day nearby."""
    if payment.number and receipt.number == payment.number:
        return True
    return not receipt.number and abs(receipt.received_on - payment.received_on) <= DAYS_APART


def book_sure(
    statement: BankStatement, *, by: User, told: Callable[[int, int], None] = lambda *_: None
) -> int:
    """Book every payment that is matched; returns how many were. A repeat books nothing twice.

    Each is a transaction of its own: one whose debts have changed since is left to a person.
    `told(done, all)` is called after each.
    """
    check_may(by)
    sure = list(statement.payments.filter(state=PaymentState.SURE).order_by("pk"))
    booked = 0
    for done, payment in enumerate(sure, 1):
        booked += book_matched(payment, by=by)
        told(done, len(sure))
    return booked


def book_matched(payment: BankPayment, *, by: User) -> bool:
    """Book a matched payment as it was proposed; False when the debts no longer allow it."""
    try:
        book_payment(payment, by=by, parts=proposed_parts(payment))
    except ValidationError:
        waiting = BankPayment.objects.filter(pk=payment.pk, state=PaymentState.SURE)
        waiting.update(state=PaymentState.DOUBTFUL, reason=MatchReason.CHANGED)
        return False
    return True


def proposed_parts(payment: BankPayment) -> list[tuple[ScheduleLine, Decimal]]:
    """The proposal with its schedule lines; those that are gone are left out."""
    lines = ScheduleLine.objects.select_related("deal").in_bulk([pk for pk, _part in payment.parts])
    return [(lines[pk], Decimal(part)) for pk, part in payment.parts if pk in lines]


@transaction.atomic
def book_payment(
    payment: BankPayment,
    *,
    by: User,
    parts: Iterable[tuple[ScheduleLine, Decimal]] = (),
    client: Client | None = None,
) -> BankPayment:
    """Make the payment a receipt that pays `parts`; the rest is an advance of the client.

    `client` is the payer where the bank's words did not tell. Raises ValidationError "no_payer",
    "booked_elsewhere", and those of record_receipt. A repeat changes nothing.
    """
    check_may(by)
    payment = locked(payment)
    if payment.state == PaymentState.BOOKED:
        return payment
    payer = client or payment.client
    if payer is None:
        raise ValidationError(_("Choose whose payment it is."), code="no_payer")
    receipt = record_receipt(
        by=by,
        client=payer,
        amount=payment.amount,
        received_on=payment.received_on,
        currency=payment.currency,
        number=payment.number,
        note=payment.purpose[:255],
        parts=parts,
    )
    return keep_booked(payment, payer, receipt)


@transaction.atomic
def link_receipt(payment: BankPayment, *, by: User, receipt: Receipt) -> BankPayment:
    """The payment was recorded by hand already: this is that receipt. No money is booked.

    Raises ValidationError "not_this_one" when client, sum or currency differ.
    """
    check_may(by)
    payment = locked(payment)
    if payment.state == PaymentState.BOOKED:
        return payment
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    same = (receipt.client_id, receipt.amount, receipt.currency)
    if same != (payment.client_id, payment.amount, payment.currency):
        raise ValidationError(_("This receipt is of another payment."), code="not_this_one")
    if receipt.reversals.exists() or receipt.reversal_of_id:
        raise ValidationError(_("The receipt has been reversed."), code="reversed")
    return keep_booked(payment, receipt.client, receipt)


def keep_booked(payment: BankPayment, payer: Client, receipt: Receipt) -> BankPayment:
    payment.client, payment.receipt, payment.state = payer, receipt, PaymentState.BOOKED
    try:
        with transaction.atomic():
            payment.save(update_fields=["client", "receipt", "state"])
    except IntegrityError:
        raise ValidationError(
            _("This payment has been booked already."), code="booked_elsewhere"
        ) from None
    return payment


@transaction.atomic
def match_again(statement: BankStatement, *, by: User) -> int:
    """Match what waits anew, after clients or debts were put right; returns how many are sure."""
    check_may(by)
    waiting = statement.payments.waiting().select_for_update(of=("self",)).order_by("pk")
    payments = list(waiting)
    match_payments(payments, by=by)
    BankPayment.objects.bulk_update(
        payments, ["client", "state", "reason", "parts"], batch_size=IN_A_ROW
    )
    return sum(payment.state == PaymentState.SURE for payment in payments)


@transaction.atomic
def set_aside(payment: BankPayment, *, by: User) -> BankPayment:
    """Not a client's payment (own money, a return, interest): it is not asked about again."""
    check_may(by)
    payment = locked(payment)
    if payment.state == PaymentState.BOOKED:
        raise ValidationError(_("The payment is booked; take it back first."), code="booked")
    payment.state = PaymentState.SKIPPED
    payment.save(update_fields=["state"])
    return payment


@transaction.atomic
def bring_back(payment: BankPayment, *, by: User) -> BankPayment:
    """A payment set aside waits again, matched anew."""
    check_may(by)
    payment = locked(payment)
    if payment.state == PaymentState.SKIPPED:
        match_payments([payment], by=by)
        payment.save(update_fields=["client", "state", "reason", "parts"])
    return payment


@transaction.atomic
def take_back_payment(payment: BankPayment, *, by: User, reason: str) -> BankPayment:
    """Reverse what was booked by mistake; the payment waits for a person again."""
    check_may(by)
    payment = locked(payment)
    if payment.state != PaymentState.BOOKED or payment.receipt is None:
        return payment
    reverse_receipt(payment.receipt, by=by, reason=reason)
    payment.receipt, payment.state = None, PaymentState.DOUBTFUL
    payment.reason = MatchReason.TAKEN_BACK
    payment.save(update_fields=["receipt", "state", "reason"])
    return payment


def locked(payment: BankPayment) -> BankPayment:
    return BankPayment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
