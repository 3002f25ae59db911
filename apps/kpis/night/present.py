"""The night's step "present": what is open, owed and refused, kept up with what was done since.

Whatever is done to a deal or a payment leaves a row in its history; the next night reads those deals
again, and the rest stands as it is. Everything is read anew with a rebuild and so once a week.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from apps.deals.metrics import changes
from apps.kpis.models import NightRun
from apps.kpis.night.dirty import MARGIN, Dirty
from apps.kpis.night.facts import LOOKED_UP, TUNED
from apps.kpis.night.steps import last_read

CODE = "present"
# So far back the panels look for refusals.
REFUSAL_DAYS = 90

NOW_OPEN = "deal.outcome = 'open' AND deal.archived_at IS NULL"
OPEN_DEALS = """
SELECT deal.id AS deal_id, deal.owner_id, deal.stage_id, coalesce(deal.amount_base, 0) AS amount,
    deal.amount IS NOT NULL AS has_amount, deal.client_id IS NOT NULL AS has_client,
    deal.contact_id IS NOT NULL AS has_contact, deal.stage_since, deal.last_activity_at,
    deal.next_step_at, deal.expected_close_on
FROM deals_deal deal WHERE """
OPEN_COLUMNS = """deal_id, owner_id, stage_id, amount, has_amount, has_client, has_contact,
    stage_since, last_activity_at, next_step_at, expected_close_on"""

# What is usual in each stage, in moments before %(end)s: counted for a dozen stages, not for each deal.
STAGES = """(
        SELECT stage.id, stage.kind, coalesce(norm.win_share, stage.probability) AS win_share,
            %(end)s - make_interval(
                days => coalesce(norm.stuck_after_days, stage.max_idle_days) + 1) AS stuck_before,
            %(end)s - make_interval(days => stage.max_idle_days + 1) AS silent_before
        FROM deals_stage stage LEFT JOIN kpis_stagenorm norm ON norm.stage_id = stage.id
        OFFSET 0
    ) stage"""
# Joined, not asked for by ANY, which looks through the people for each row.
PEOPLE = "unnest(%(people)s::bigint[]) person(id)"

# The deal of an unpaid line, looked up by itself: the database takes a third of all lines for unpaid
# and would read all deals for the few that are. OFFSET keeps it from doing so.
DEBTS = """
INSERT INTO kpis_opendebt (line_id, deal_id, owner_id, due_on, amount)
SELECT line.id, deal.id, deal.owner_id, line.due_on, round((line.amount - line.paid)
    * coalesce(deal.amount_base / nullif(deal.amount, 0), 1), 2)
FROM deals_scheduleline line
CROSS JOIN LATERAL (SELECT * FROM deals_deal WHERE id = line.deal_id OFFSET 0) deal
WHERE line.paid < line.amount AND deal.outcome = 'won' AND deal.archived_at IS NULL
"""

REFUSALS = """
INSERT INTO kpis_refusalfact (day, user_id, reason_id, count, amount)
SELECT closed_on, owner_id, refusal_reason_id, count(*), coalesce(sum(amount_base), 0)
FROM deals_deal
WHERE outcome = 'lost' AND archived_at IS NULL AND closed_on > %(first)s {days}
GROUP BY 1, 2, 3
"""


def present_step(run: NightRun, _part: str) -> int:
    since = None if Dirty.of(run).is_everything else last_read(CODE, before=run)
    return store_present(run.day, since - MARGIN if since else None)


def store_present(day: date, since: datetime | None) -> int:
    """Take over what was done since the moment, everything when None; how many rows were written.

    Must share a transaction with closing the step.
    """
    with connection.cursor() as cursor:
        cursor.execute(TUNED)
        if since is None:
            return _write_everything(cursor, day)
        cursor.execute(LOOKED_UP)
        return _write_changed(cursor, day, since)


def _write_everything(cursor: Any, day: date) -> int:
    cursor.execute("TRUNCATE kpis_opendeal, kpis_opendebt, kpis_refusalfact")
    return _written(
        cursor,
        (f"INSERT INTO kpis_opendeal ({OPEN_COLUMNS}) {OPEN_DEALS} {NOW_OPEN}", DEBTS, REFUSALS),
        {"first": first_refusal(day)},
    )


def _write_changed(cursor: Any, day: date, since: datetime) -> int:
    values = {
        "deals": changes.touched_deals(since),
        "owing": changes.touched_debts(since),
        "days": sorted(changes.refusals(since)),
        "first": first_refusal(day),
    }
    cursor.execute(
        """DELETE FROM kpis_opendeal WHERE deal_id = ANY(%(deals)s);
        DELETE FROM kpis_opendebt WHERE deal_id = ANY(%(owing)s);
        DELETE FROM kpis_refusalfact WHERE day = ANY(%(days)s::date[]) OR day <= %(first)s""",
        values,
    )
    return _written(
        cursor,
        (
            f"INSERT INTO kpis_opendeal ({OPEN_COLUMNS}) {OPEN_DEALS} {NOW_OPEN}"
            " AND deal.id = ANY(%(deals)s)",
            f"{DEBTS} AND line.deal_id = ANY(%(owing)s)",
            REFUSALS.format(days="AND closed_on = ANY(%(days)s::date[])"),
        ),
        values,
    )


def _written(cursor: Any, statements: tuple[str, ...], values: dict[str, Any]) -> int:
    rows = 0
    for sql in statements:
        cursor.execute(sql.replace("{days}", ""), values)
        rows += cursor.rowcount
    return rows


def first_refusal(day: date) -> date:
    """The day before the first one that the panels of the night after `day` look at."""
    return day - timedelta(days=REFUSAL_DAYS)
