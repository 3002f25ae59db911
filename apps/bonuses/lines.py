"""The lines of a statement, from what has changed; nothing is read or saved here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from apps.bonuses.calculations import Accrual, Paid, Taken, share_out, take_back, unpaid_part
from apps.bonuses.choices import LineKind
from apps.bonuses.models import Correction
from apps.bonuses.reading.items import Key
from apps.bonuses.reading.locked import Late, LockedLine

ZERO = Decimal(0)


class Line(NamedTuple):
    """A line of a statement (StatementLine says what is what) before it is known to differ from the
    stored one: of a month most do not."""

    key: str
    kind: str
    amount: Decimal
    deal_id: int | None = None
    allocation_id: int | None = None
    event_month: date | None = None
    base: Decimal = ZERO
    kept: Decimal = ZERO
    original_id: int | None = None
    correction_id: int | None = None

    @property
    def said(self) -> str:
        """What the line says, in short: its key names the rest."""
        return f"{self.key} {self.base} {self.amount} {self.kept}"


def earned_lines(gains: dict[Key, Decimal], accrual: Accrual) -> list[Line]:
    """The money of the month shared over what earned it, then what cap and gates keep back."""
    amounts = list(gains.values())
    earned, kept = share_out(accrual.earned, amounts), share_out(accrual.total, amounts)
    lines = [
        Line(
            key=f"earned:{named(key)}",
            kind=LineKind.EARNED,
            deal_id=key.deal,
            allocation_id=key.allocation,
            event_month=key.month,
            base=base,
            amount=amount,
            kept=left,
        )
        for (key, base), amount, left in zip(gains.items(), earned, kept, strict=True)
    ]
    held = [Line(key=one.kind, kind=one.kind, amount=one.amount) for one in accrual.held]
    return lines + held


def named(key: Key) -> str:
    """ "512:31:202603": the deal, of payments also the payment, the month. Months are not formatted by
    strftime, which takes longer than the whole line."""
    return f"{key.deal}:{key.allocation or ''}:{key.month.year}{key.month.month:02}"


def taken_lines(
    changed: dict[Key, Decimal],
    person: int,
    paid: dict[tuple[int, int], list[LockedLine]],
) -> list[Line]:
    """Of each deal that lost something: the money goes back from the newest line that was paid for it."""
    lines = []
    left: dict[int, list[Paid]] = {}
    for key, amount in changed.items():
        if amount >= 0:
            continue
        rows = paid.get((person, key.deal), [])
        known = left.get(key.deal, [line.as_paid() for line in rows])
        own = [
            line.as_paid()
            for line in rows
            if key.allocation and line.key.allocation == key.allocation
        ]
        takes = take_back(-amount, own or known)
        left[key.deal] = _after(known, takes)
        lines += [taken_line(key, take.line, take.base, take.money) for take in takes]
    return lines


def _after(paid: list[Paid], takes: list[Taken]) -> list[Paid]:
    """What the lines still count and pay once `takes` have gone from them."""
    gone = {take.line: take for take in takes}
    return [
        one._replace(base=one.base + gone[one.line].base, money=one.money + gone[one.line].money)
        if one.line in gone
        else one
        for one in paid
    ]


def taken_line(key: Key, line: int | None, base: Decimal, money: Decimal) -> Line:
    return Line(
        key=f"back:{named(key)}:{line or ''}",
        kind=LineKind.TAKEN_BACK,
        deal_id=key.deal,
        allocation_id=key.allocation,
        event_month=key.month,
        base=base,
        amount=money,
        original_id=line,
    )


def unpaid_lines(late: Iterable[Late], lines: dict[int, LockedLine]) -> list[Line]:
    """What is held for deals that clients pay too late, and what comes back once they paid."""
    found = []
    for row in sorted(late, key=lambda row: row.line):
        if (line := lines.get(row.line)) is None:
            continue
        change = unpaid_part(line.money, unpaid=row.unpaid, due=row.due, held=line.held)
        if change:
            found.append(
                Line(
                    key=f"unpaid:{row.line}",
                    kind=LineKind.UNPAID,
                    deal_id=row.deal,
                    amount=change,
                    original_id=row.line,
                )
            )
    return found


def manual_lines(corrections: Iterable[Correction]) -> list[Line]:
    return [
        Line(
            key=f"manual:{row.pk}",
            kind=LineKind.MANUAL,
            deal_id=row.deal_id,
            amount=row.amount,
            correction_id=row.pk,
        )
        for row in corrections
    ]
