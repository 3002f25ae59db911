"""What a change of shares moves between people, of deals that counted in a month closed by then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum

from apps.core.money import split_exactly
from apps.kpis.choices import Journal
from apps.kpis.closing import closed_months, first_open_day
from apps.kpis.models import LateShare, NightRun
from apps.kpis.night.closures import Closure

# Deal, month, person.
Key = tuple[int, date, int]
Shares = list[tuple[int, Decimal]]

# Won sums and their corrections by the day on which they count, with the owner of then.
EVENTS = """
WITH changed AS (
    SELECT deal_id FROM deals_dealsplithistory WHERE pgh_created_at >= %(since)s
    UNION SELECT deal_id FROM kpis_lateshare
)
SELECT event.deal_id, date_trunc('month', coalesce(late.counts_on, event.happened_on))::date,
    event.owner_id, event.amount_base
FROM (
    SELECT 'moves' AS journal, move.id, move.deal_id, move.happened_on, move.owner_id,
        move.amount_base
    FROM deals_stagemove move JOIN deals_stage stage ON stage.id = move.to_stage_id
    WHERE stage.kind = 'won' AND move.deal_id IN (SELECT deal_id FROM changed)
    UNION ALL
    SELECT 'corrections', id, deal_id, happened_on, owner_id, amount_base FROM deals_wonadjustment
    WHERE deal_id IN (SELECT deal_id FROM changed)
) event
LEFT JOIN kpis_lateevent late ON late.journal = event.journal AND late.event_id = event.id
WHERE event.amount_base <> 0
"""

# The shares that were in force when a row of that number was the last one.
SHARES_THEN = """
SELECT deal_id, user_id, share FROM (
    SELECT DISTINCT ON (pgh_obj_id) * FROM deals_dealsplithistory
    WHERE deal_id = ANY(%(deals)s) AND pgh_id <= %(mark)s
    ORDER BY pgh_obj_id, pgh_id DESC
) known WHERE pgh_label <> 'delete' ORDER BY id
"""
SHARES_NOW = (
    "SELECT deal_id, user_id, share FROM deals_dealsplit WHERE deal_id = ANY(%(deals)s) ORDER BY id"
)


def book_shares(run: NightRun, known: dict[date, list[Closure]], since: datetime) -> None:
    """Book the difference between the shares of now and those a closed month was counted by.

    What was booked before is part of the difference, so a repeat books nothing, and a month that
    is open again, where the shares of now are counted, gets back what was moved out of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, {"since": since})
        events = cursor.fetchall()
    closed = closed_months()
    due: dict[Key, Decimal] = defaultdict(Decimal)
    for month in closed & {row[1] for row in events}:
        mine = [row for row in events if row[1] == month]
        mark = known[month][-1].since[Journal.SHARES]
        _add_differences(due, mine, mark)
    for booked in _booked({row[0] for row in events}):
        due[booked["deal"], booked["month"], booked["user"]] -= booked["amount"]
    LateShare.objects.bulk_create(
        LateShare(
            deal_id=deal,
            month=month,
            user_id=person,
            counts_on=first_open_day(month, closed),
            amount=amount,
            booked_in=run,
        )
        for (deal, month, person), amount in sorted(due.items())
        if amount
    )


def _add_differences(due: dict[Key, Decimal], events: list[Any], mark: int) -> None:
    deals = sorted({deal for deal, *_rest in events})
    then = _shares(SHARES_THEN, {"deals": deals, "mark": mark})
    now = _shares(SHARES_NOW, {"deals": deals})
    for deal, month, owner, amount in events:
        for person, part in _parts(now.get(deal), owner, amount):
            due[deal, month, person] += part
        for person, part in _parts(then.get(deal), owner, amount):
            due[deal, month, person] -= part


def _shares(sql: str, values: dict[str, Any]) -> dict[int, Shares]:
    found: dict[int, Shares] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for deal, person, share in cursor.fetchall():
            found[deal].append((person, share))
    return found


def _parts(shares: Shares | None, owner: int, amount: Decimal) -> Iterable[tuple[int, Decimal]]:
    """As the statement of facts divides it; without shares the owner of then has it whole."""
    if not shares:
        return [(owner, amount)]
    parts = split_exactly(amount, [share for _person, share in shares])
    return zip([person for person, _share in shares], parts, strict=True)


def _booked(deals: set[int]) -> Iterable[Any]:
    rows = LateShare.objects.filter(deal__in=deals).order_by()
    return rows.values("deal", "month", "user").annotate(amount=Sum("amount"))
