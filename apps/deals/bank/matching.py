"""Which debt a payment pays: numbers and sums only, no database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.deals.calculations import proposed
from apps.deals.choices import MatchReason, PaymentState

# "оплата по счету № 4218 от …", "дог. 17/2", "сделка 4218", "invoice 4218".
NAMED = re.compile(
    r"(?:№|\bN(?:o\.?)?(?=\W?\d)|\bсч[её]т\w*|\bсч\.|\bдог\w*|\bзаказ\w*|\bсделк\w*|\binvoice)"
    r"[\s.:№N]*([\w/-]*\d[\w/-]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Debt:
    """An unpaid line of a schedule; `names` are the numbers that a purpose may call it by."""

    pk: int
    deal_id: int
    left: Decimal
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Proposal:
    """`parts` are sums by the number of the debt; what they leave of the payment is an advance."""

    state: PaymentState
    reason: MatchReason
    parts: tuple[tuple[int, Decimal], ...] = ()


def numbers_in(text: str) -> frozenset[str]:
    """The numbers of bills, contracts and deals that a purpose names, in lower case."""
    return frozenset(found.lower().lstrip("0") for found in NAMED.findall(text))


def propose(amount: Decimal, purpose: str, debts: Sequence[Debt]) -> Proposal:
    """What `amount` from a known client pays; `debts` are his, the oldest first.

    Sure are: debts of one deal named in the purpose that are large enough; the only debt of exactly
    this sum; all debts together. Anything else is proposed oldest first and left to a person.
    """
    if not debts:
        return Proposal(PaymentState.DOUBTFUL, MatchReason.NO_DEBTS)
    if named := named_in(purpose, debts):
        return by_name(amount, named)
    equal = [debt for debt in debts if debt.left == amount]
    if len(equal) == 1:
        return Proposal(PaymentState.SURE, MatchReason.AMOUNT, parts_of(amount, equal))
    if equal:
        return Proposal(
            PaymentState.DOUBTFUL, MatchReason.SEVERAL_EQUAL, parts_of(amount, equal[:1])
        )
    if amount == sum(debt.left for debt in debts):
        return Proposal(PaymentState.SURE, MatchReason.ALL_DEBTS, parts_of(amount, debts))
    return Proposal(PaymentState.DOUBTFUL, MatchReason.AMOUNT_DIFFERS, parts_of(amount, debts))


def named_in(purpose: str, debts: Sequence[Debt]) -> list[Debt]:
    numbers = numbers_in(purpose)
    return [debt for debt in debts if debt.names & numbers]


def by_name(amount: Decimal, named: Sequence[Debt]) -> Proposal:
    parts = parts_of(amount, named)
    if len({debt.deal_id for debt in named}) > 1:
        return Proposal(PaymentState.DOUBTFUL, MatchReason.SEVERAL_DEALS, parts)
    if amount > sum(debt.left for debt in named):
        return Proposal(PaymentState.DOUBTFUL, MatchReason.MORE_THAN_NAMED, parts)
    return Proposal(PaymentState.SURE, MatchReason.NUMBER, parts)


def parts_of(amount: Decimal, debts: Sequence[Debt]) -> tuple[tuple[int, Decimal], ...]:
    return tuple(proposed(amount, [(debt.pk, debt.left) for debt in debts]).items())


def after(proposal: Proposal, debts: Sequence[Debt]) -> list[Debt]:
    """The debts that a sure payment leaves to the next one of the same statement."""
    if proposal.state != PaymentState.SURE:
        return list(debts)
    paid = dict(proposal.parts)
    left = (replace(debt, left=debt.left - paid.get(debt.pk, Decimal(0))) for debt in debts)
    return [debt for debt in left if debt.left > 0]
