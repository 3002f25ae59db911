"""What came too late for a closed month: booked once, by a night, on the first day that was open.

Which rows are late follows from their numbers and the marks that closing and reopening left; so it
does not matter which night books them, how often one is begun, or when a transaction was committed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from apps.core.periods import add_months
from apps.kpis.choices import Journal
from apps.kpis.models import NightRun
from apps.kpis.night.closures import Closure, closures, spans
from apps.kpis.night.dirty import MARGIN, previous_run
from apps.kpis.night.late_shares import book_shares

EVER = datetime(1970, 1, 1, tzinfo=UTC)


# Number, day, deal, person and money of what was written since and may have come late.
FRESH = {
    Journal.MOVES: """
        SELECT move.id, move.happened_on, move.deal_id, move.owner_id,
            CASE WHEN stage.kind = 'won' THEN move.amount_base END
        FROM deals_stagemove move JOIN deals_stage stage ON stage.id = move.to_stage_id
        WHERE move.recorded_at >= %(since)s AND move.happened_on < %(end)s""",
    Journal.CORRECTIONS: """
        SELECT id, happened_on, deal_id, owner_id, amount_base FROM deals_wonadjustment
        WHERE recorded_at >= %(since)s AND happened_on < %(end)s""",
    Journal.PAYMENTS: """
        SELECT allocation.id, allocation.happened_on, line.deal_id, allocation.owner_id,
            allocation.amount_base
        FROM deals_allocation allocation JOIN deals_scheduleline line ON line.id = allocation.line_id
        WHERE allocation.recorded_at >= %(since)s AND allocation.happened_on < %(end)s""",
    # A record is struck out on the day on which it was counted.
    Journal.ACTIVITIES: """
        SELECT activity.id, coalesce(late.counts_on, activity.happened_on), activity.deal_id,
            activity.user_id, NULL::numeric
        FROM deals_activity activity
        LEFT JOIN kpis_lateevent late ON late.journal = 'activities'
            AND late.event_id = activity.reversal_of_id
        WHERE activity.recorded_at >= %(since)s AND activity.happened_on < %(end)s""",
}


BOOK = """
INSERT INTO kpis_lateevent
    (journal, event_id, month, counts_on, deal_id, user_id, amount, booked_in_id)
SELECT %(journal)s, fresh.id, span.month, span.counts_on, fresh.deal_id, fresh.user_id,
    fresh.amount, %(run)s
FROM ({fresh}) fresh(id, day, deal_id, user_id, amount)
JOIN unnest(%(months)s::date[], %(after)s::bigint[], %(until)s::bigint[], %(days)s::date[])
    span(month, after, until, counts_on)
    ON span.month = date_trunc('month', fresh.day) AND fresh.id > span.after
        AND fresh.id <= span.until
ON CONFLICT (journal, event_id) DO NOTHING
"""


def book_late(run: NightRun) -> None:
    """Book what came too late since the last published night; a repeat finds it booked."""
    known = closures()
    if not known:
        return
    before = previous_run(run)
    since = before.read_from - MARGIN if before and before.read_from else EVER
    book_events(run, known, since)
    book_shares(run, known, since)


def book_events(run: NightRun, known: dict[date, list[Closure]], since: datetime) -> None:
    for journal, fresh in FRESH.items():
        found = spans(known, journal)
        if not found:
            continue
        months, after, until, days = zip(*found, strict=True)
        values: dict[str, Any] = {
            "journal": journal.value,
            "run": run.pk,
            "since": since,
            "end": add_months(max(known), 1),
            "months": list(months),
            "after": list(after),
            "until": list(until),
            "days": list(days),
        }
        with connection.cursor() as cursor:
            cursor.execute(BOOK.format(fresh=fresh), values)
