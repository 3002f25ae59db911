"""What counts: won deals net of their corrections, or payments, each person's part, by month.

The amounts are those that the night's facts count (apps.kpis.night.facts): a split deal gives each
person his share of every event in cents by largest remainder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from apps.bonuses.choices import Base
from apps.core.money import round_money, split_exactly
from apps.deals.choices import StageKind
from apps.deals.models import Stage

ZERO = Decimal(0)


class Key(NamedTuple):
    """A deal, of payments also the payment, and the month in which it happened."""

    deal: int
    allocation: int | None
    month: date

    @property
    def place(self) -> tuple[int, int, date]:
        """Its place among others."""
        return self.deal, self.allocation or 0, self.month


# By person, then by what counts: the amount, with VAT as booked.
Items = dict[int, dict[Key, Decimal]]


class Journal(NamedTuple):
    """How the events of a journal are read: what came too late for a closed month counts on the day on
    which the night has booked it, as in the facts. More than a year back nothing is looked for."""

    name: str
    row: str

    @property
    def late(self) -> str:
        return f"""LEFT JOIN kpis_lateevent late
    ON late.journal = '{self.name}' AND late.event_id = {self.row}.id"""

    @property
    def day(self) -> str:
        return f"coalesce(late.counts_on, {self.row}.happened_on)"

    @property
    def within(self) -> str:
        return f"{self.day} >= %(first)s AND {self.day} < %(end)s"

    def events(self, table: str) -> str:
        """Those of the days themselves, and those before them that were booked on one of them."""
        return f"""(SELECT * FROM {table} WHERE happened_on >= %(first)s AND happened_on < %(end)s
    UNION ALL SELECT past.* FROM kpis_lateevent booked JOIN {table} past ON past.id = booked.event_id
    WHERE booked.journal = '{self.name}' AND booked.counts_on >= %(first)s
        AND booked.counts_on < %(end)s AND past.happened_on >= %(first)s::date - 366
        AND past.happened_on < %(first)s) {self.row}"""


MOVES = Journal("moves", "move")
CORRECTIONS = Journal("corrections", "correction")
PAYMENTS = Journal("payments", "allocation")

# Shares of the deal stand beside each event, one row a share; without splits the owner has it all.
WON = f"""
SELECT event.kind, event.id, event.deal_id, NULL::bigint, date_trunc('month', event.day)::date,
    event.amount, event.owner_id, split.user_id, split.share
FROM (
    SELECT 0 AS kind, move.id, move.deal_id, {MOVES.day} AS day, move.amount_base AS amount,
        move.owner_id
    FROM {MOVES.events("deals_stagemove")}
    {MOVES.late}
    WHERE {MOVES.within} AND move.to_stage_id = ANY(%(won)s)
    UNION ALL
    SELECT 1, correction.id, correction.deal_id, {CORRECTIONS.day}, correction.amount_base,
        correction.owner_id
    FROM {CORRECTIONS.events("deals_wonadjustment")}
    {CORRECTIONS.late}
    WHERE {CORRECTIONS.within}
) event
LEFT JOIN deals_dealsplit split ON split.deal_id = event.deal_id
WHERE event.amount <> 0 AND (event.owner_id = ANY(%(people)s) OR event.deal_id IN (
    SELECT deal_id FROM deals_dealsplit WHERE user_id = ANY(%(people)s)))
ORDER BY event.deal_id, event.kind, event.id, split.id
"""
# A reversal stands under the payment that it takes back.
RECEIVED = f"""
SELECT 0, allocation.id, line.deal_id, coalesce(allocation.reversal_of_id, allocation.id),
    date_trunc('month', {PAYMENTS.day})::date, allocation.amount_base,
    allocation.owner_id, split.user_id, split.share
FROM {PAYMENTS.events("deals_allocation")}
JOIN deals_scheduleline line ON line.id = allocation.line_id
{PAYMENTS.late}
LEFT JOIN deals_dealsplit split ON split.deal_id = line.deal_id
WHERE {PAYMENTS.within}
    AND (allocation.owner_id = ANY(%(people)s) OR line.deal_id IN (
        SELECT deal_id FROM deals_dealsplit WHERE user_id = ANY(%(people)s)))
ORDER BY line.deal_id, allocation.id, split.id
"""
STATEMENTS = {Base.WON: WON, Base.RECEIVED: RECEIVED}


def read_items(people: list[int], first: date, end: date, base: str) -> Items:
    """What counts for `people` from `first` until before `end` by `base`; nothing nets to nothing."""
    won = list(Stage.objects.filter(kind=StageKind.WON).values_list("pk", flat=True))
    values: dict[str, Any] = {"people": people, "first": first, "end": end, "won": won}
    wanted = set(people)
    found: Items = defaultdict(lambda: defaultdict(Decimal))
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[Base(base)], values)
        for person, key, amount in _parts(cursor.fetchall()):
            if person in wanted:
                found[person][key] += amount
    return {
        person: {key: amount for key, amount in mine.items() if amount}
        for person, mine in found.items()
    }


def _parts(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, Key, Decimal]]:
    """Each event shared over its people."""
    for _event, group in groupby(rows, key=itemgetter(0, 1)):
        shares = list(group)
        _kind, _id, deal, allocation, month, amount, owner, _user, share = shares[0]
        key = Key(deal, allocation, month)
        if share is None:
            yield owner, key, amount
            continue
        parts = split_exactly(amount, [row[8] for row in shares])
        for row, part in zip(shares, parts, strict=True):
            yield row[7], key, part


# Prices of lines include VAT, as the amount of a deal does.
NET = """
SELECT deal_id, sum(quantity * sold_price / (1 + vat_rate)) / nullif(sum(quantity * sold_price), 0)
FROM deals_dealline WHERE deal_id = ANY(%(deals)s) GROUP BY deal_id
"""


def net_shares(deals: Iterable[int]) -> dict[int, Decimal]:
    """The share of each deal's amount that is not VAT; deals without lines are left out."""
    with connection.cursor() as cursor:
        cursor.execute(NET, {"deals": sorted(set(deals))})
        return {deal: share for deal, share in cursor.fetchall() if share is not None}


def without_vat(items: dict[Key, Decimal], shares: dict[int, Decimal]) -> dict[Key, Decimal]:
    return {
        key: round_money(amount * shares.get(key.deal, Decimal(1))) for key, amount in items.items()
    }
