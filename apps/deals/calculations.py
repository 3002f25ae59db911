"""Numbers of deals: idle days, how pressing a step is, weighted amount, margin, ageing."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import NamedTuple

from apps.core.money import round_money
from apps.deals.choices import AgeBucket, PromiseState, StepState

ZERO = Decimal(0)
# Fewer won deals do not tell how long one may stay in a stage (F4).
ENOUGH_STAYS = 20


class LineMoney(NamedTuple):
    """A product line: money per unit in the deal's currency; `cost` None when nobody knows it."""

    quantity: Decimal
    list_price: Decimal
    sold_price: Decimal
    cost: Decimal | None


def idle_days(last_activity_at: datetime | None, stage_since: datetime, now: datetime) -> int:
    """Whole days since the last activity or stage move, whichever is later; never negative."""
    last = max(filter(None, (last_activity_at, stage_since)))
    return max(0, (now - last).days)


def is_idle(days: int, limit: int) -> bool:
    """A deal is idle from the day after the stage's limit on."""
    return days > limit


def step_state(at: datetime | None, now: datetime, zone: tzinfo) -> StepState:
    """Overdue from the moment on, "today" until midnight of the company's day (`zone`)."""
    if at is None:
        return StepState.NONE
    if at < now:
        return StepState.OVERDUE
    same_day = at.astimezone(zone).date() == now.astimezone(zone).date()
    return StepState.TODAY if same_day else StepState.FUTURE


def weighted_amount(deals: Iterable[tuple[Decimal | None, Decimal]]) -> Decimal:
    """Sum of amount times probability (F3); a deal without an amount adds nothing."""
    return round_money(sum((amount * share for amount, share in deals if amount), ZERO))


def lines_total(lines: Iterable[LineMoney]) -> Decimal:
    """What the client pays for the lines."""
    return round_money(sum((line.quantity * line.sold_price for line in lines), ZERO))


def discount(lines: Iterable[LineMoney]) -> Decimal | None:
    """Discount as a fraction of the list prices (F21, leakage); None without list prices."""
    lines = list(lines)
    listed = sum((line.quantity * line.list_price for line in lines), ZERO)
    if not listed:
        return None
    sold = sum((line.quantity * line.sold_price for line in lines), ZERO)
    return (listed - sold) / listed


def margin(lines: Iterable[LineMoney]) -> Decimal | None:
    """Margin as a fraction of the sold sum (F21); None when a cost is unknown or nothing is sold.

    Prices and costs are stated alike, both with VAT or both without.
    """
    lines = list(lines)
    sold = sum((line.quantity * line.sold_price for line in lines), ZERO)
    if not sold or any(line.cost is None for line in lines):
        return None
    cost = sum((line.quantity * (line.cost or ZERO) for line in lines), ZERO)
    return (sold - cost) / sold


def age_bucket(due_on: date, today: date) -> AgeBucket:
    """The bucket of a debt (F17): a payment due today is not overdue yet."""
    days = (today - due_on).days
    if days <= 0:
        return AgeBucket.NOT_DUE
    if days <= 30:
        return AgeBucket.DAYS_30
    if days <= 60:
        return AgeBucket.DAYS_60
    return AgeBucket.DAYS_90 if days <= 90 else AgeBucket.OLDER


def share_of_receipt(amount_base: Decimal, amount: Decimal, part: Decimal) -> Decimal:
    """The part of a receipt in the company's currency, at the receipt's own rate."""
    return round_money(amount_base * part / amount)


def proposed(left: Decimal, debts: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """How `left` of a receipt pays the debts (id, sum owed), in the order given, until it is used."""
    parts = {}
    for key, owed in debts:
        if left <= 0:
            break
        parts[key] = min(left, owed)
        left -= parts[key]
    return parts


def promise_state(amount: Decimal, paid: Decimal, promised_on: date, today: date) -> PromiseState:
    """What became of a promise of `amount` by `promised_on`, when `paid` of it came by then (F17).

    The promised day itself still belongs to the debtor. Kept as soon as everything has come.
    """
    if paid >= amount:
        return PromiseState.KEPT
    if today <= promised_on:
        return PromiseState.OPEN
    return PromiseState.PART_KEPT if paid > 0 else PromiseState.BROKEN


def kept_share(kept: int, ended: int, *, least: int = 10) -> Decimal | None:
    """Promises kept in full ÷ promises whose day has come, a fraction; None for fewer than `least`."""
    return Decimal(kept) / ended if ended >= least else None


def in_two_parts(amount: Decimal, share: Decimal) -> tuple[Decimal, Decimal]:
    """`share` (a fraction) of the amount, rounded half up to the cent, and what is left."""
    first = round_money(amount * share)
    return first, amount - first
