"""Whose rouble is whose: the money of a month shared over its deals, and what is taken back from one."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from apps.core.money import CENT, round_money

ZERO = Decimal(0)


def share_out(total: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """`total` (whole cents) in parts proportional to `amounts`, which are positive; exactly the whole.

    Largest remainder, the first of equal ones first. With nothing to share by, every part is 0 and
    `total` must be 0 (ValueError).
    """
    whole = sum(amounts, ZERO)
    if whole <= 0:
        if total:
            raise ValueError(f"{total} cannot be shared over nothing")
        return [ZERO for _amount in amounts]
    cents = total / CENT
    exact = [cents * amount / whole for amount in amounts]
    parts = [one.to_integral_value(ROUND_FLOOR) for one in exact]
    left = int(cents - sum(parts, ZERO))
    for at in sorted(range(len(exact)), key=lambda at: parts[at] - exact[at])[:left]:
        parts[at] += 1
    return [part * CENT for part in parts]


class Paid(NamedTuple):
    """A line of a locked statement: what it still counts (`base`) and still pays (`money`)."""

    line: int
    base: Decimal
    money: Decimal


class Taken(NamedTuple):
    """`base` and `money` (both negative or 0) taken back from `line`; None: nothing was ever paid."""

    line: int | None
    base: Decimal
    money: Decimal


def take_back(amount: Decimal, paid: Sequence[Paid]) -> list[Taken]:
    """Take `amount` of base (positive) back from the lines of one deal, the newest of them first.

    Each line gives its money in proportion; what exceeds all of them was never paid and costs nothing.
    50,000 from a line of 200,000 that paid 10,000 takes 2,500.
    """
    taken, left = [], amount
    for line in paid:
        part = min(left, max(line.base, ZERO))
        if part > 0:
            taken.append(Taken(line.line, -part, -round_money(line.money * part / line.base)))
            left -= part
    if left > 0:
        taken.append(Taken(None, -left, ZERO))
    return taken


def unpaid_part(money: Decimal, *, unpaid: Decimal, due: Decimal, held: Decimal) -> Decimal:
    """The change of a line's money because the client has not paid, or now has.

    `money` is what the line pays without the rule, `unpaid` of `due` is late by more than the rule
    allows, `held` is what earlier months have taken for it already (positive). A line of 10,000 with a
    quarter of the deal unpaid loses 2,500 once; when the client pays, it comes back.
    """
    wanted = round_money(money * unpaid / due) if due else ZERO
    return held - wanted
