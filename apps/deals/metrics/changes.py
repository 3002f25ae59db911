"""On which days the sums of this room's sources may differ from what they were at a moment.

Journals say when they were recorded; deals, their lines and their shares have histories. Too many
days cost a night some work, a day too few would leave a wrong sum: in doubt a day is named.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from apps.core.metrics import days_found


def history_since(table: str) -> str:
    """Rows of a history since the moment: found from its end, however long it is.

    Numbers are given in the order of writing, times are those of the transaction's beginning.
    """
    return f"""{table} WHERE pgh_id > coalesce((SELECT pgh_id FROM {table}
        WHERE pgh_created_at < %(since)s - interval '1 hour' ORDER BY pgh_id DESC LIMIT 1), 0)"""  # noqa: S608 - of our own names


# Whatever was done to a deal left a move or a row of its history.
TOUCHED = f"""
SELECT pgh_obj_id AS deal_id FROM {history_since("deals_dealhistory")}
UNION SELECT deal_id FROM deals_stagemove WHERE recorded_at >= %(since)s"""  # noqa: S608 - of our own names
TOUCHED_LINES = f"""{TOUCHED}
UNION SELECT deal_id FROM {history_since("deals_deallinehistory")}
UNION SELECT deal_id FROM {history_since("deals_dealsplithistory")}"""  # noqa: S608 - of our own names

# Most deals that something was done to are open and were never won: they are in no order.
ORDERED = """
SELECT deal_id FROM touched WHERE EXISTS (
        SELECT FROM deals_deal deal WHERE deal.id = touched.deal_id AND deal.outcome = 'won')
    OR EXISTS (SELECT FROM deals_stagemove move
        JOIN deals_stage stage ON stage.id = move.to_stage_id AND stage.kind = 'won'
        WHERE move.deal_id = touched.deal_id)
    OR EXISTS (SELECT FROM deals_dealhistory was
        WHERE was.pgh_obj_id = touched.deal_id AND was.outcome = 'won')"""

# A deal is closed on the day of a move; an imported one may have none, but its history.
CLOSINGS = """
SELECT deal.closed_on FROM ordered JOIN deals_deal deal ON deal.id = ordered.deal_id
UNION SELECT move.happened_on FROM ordered JOIN deals_stagemove move USING (deal_id)
UNION SELECT was.closed_on FROM ordered JOIN deals_dealhistory was
    ON was.pgh_obj_id = ordered.deal_id"""

# A deal that is won, lost or handed to another client makes later orders first or repeated ones.
CLIENTS = """
SELECT client_id FROM ordered JOIN deals_deal deal ON deal.id = ordered.deal_id
UNION SELECT client_id FROM ordered JOIN deals_dealhistory ON pgh_obj_id = ordered.deal_id
    WHERE client_id IS NOT NULL"""

WON_LINES = f"""WITH touched AS MATERIALIZED ({TOUCHED_LINES}), ordered AS MATERIALIZED ({ORDERED})
{CLOSINGS}"""
FIRST_ORDERS = f"""WITH touched AS MATERIALIZED ({TOUCHED}), ordered AS MATERIALIZED ({ORDERED}),
    buyer AS MATERIALIZED ({CLIENTS})
{CLOSINGS}
UNION SELECT deal.closed_on FROM buyer JOIN deals_deal deal USING (client_id)
    WHERE deal.outcome = 'won'"""  # noqa: S608 - of our own names
TRUST = f"""WITH touched AS MATERIALIZED ({TOUCHED})
SELECT closed_on FROM touched JOIN deals_trustatclose USING (deal_id)"""  # noqa: S608 - of our own names

# A lead counts on the day it came: what was done to its deal, an answer, an answer struck out.
LEADS = f"""WITH touched AS MATERIALIZED ({TOUCHED}
UNION SELECT deal_id FROM deals_activity WHERE recorded_at >= %(since)s
UNION SELECT old.deal_id FROM deals_activity new JOIN deals_activity old
    ON old.id = new.reversal_of_id WHERE new.recorded_at >= %(since)s)
SELECT entry.happened_on FROM touched JOIN deals_stagemove entry USING (deal_id)
WHERE entry.from_stage_id IS NULL"""  # noqa: S608 - of our own names
# What every answer is measured by: the norm and its hours, the company's days off and its zone.
MEASURES_OF_ANSWERS = """
SELECT pgh_created_at::date FROM clients_answernormhistory WHERE pgh_created_at >= %(since)s
UNION ALL SELECT pgh_created_at::date FROM core_calendardayhistory WHERE pgh_created_at >= %(since)s
UNION ALL SELECT pgh_created_at::date FROM core_companyhistory WHERE pgh_created_at >= %(since)s
LIMIT 1"""

# Payments that were planned, moved or paid.
TOUCHED_DEBTS = f"""{TOUCHED}
UNION SELECT deal_id FROM {history_since("deals_schedulelinehistory")}"""  # noqa: S608 - of our own names

# Days on which a deal stands as lost, or stood before what was done to it.
REFUSALS = f"""WITH touched AS MATERIALIZED ({TOUCHED})
SELECT closed_on FROM touched JOIN deals_deal deal ON deal.id = touched.deal_id
WHERE deal.outcome = 'lost'
UNION SELECT was.closed_on FROM touched
JOIN deals_dealhistory was ON was.pgh_obj_id = touched.deal_id AND was.outcome = 'lost'"""  # noqa: S608 - of our own names

LOSSES = f"""WITH touched AS MATERIALIZED ({TOUCHED})
SELECT closed_on FROM touched JOIN deals_deal deal ON deal.id = touched.deal_id
WHERE deal.outcome = 'lost'"""  # noqa: S608 - of our own names

MOVES = "SELECT DISTINCT happened_on FROM deals_stagemove WHERE recorded_at >= %(since)s"

# A record, the one that it strikes out, and those that confirm it or are confirmed by it.
TALKS = """
WITH new AS MATERIALIZED (
    SELECT id, happened_on, reversal_of_id, confirms_id FROM deals_activity
    WHERE recorded_at >= %(since)s
), old AS MATERIALIZED (
    SELECT old.id, old.happened_on, old.confirms_id
    FROM new JOIN deals_activity old ON old.id = new.reversal_of_id
)
SELECT happened_on FROM new
UNION SELECT happened_on FROM old
UNION SELECT typed.happened_on FROM new JOIN deals_activity typed ON typed.id = new.confirms_id
UNION SELECT typed.happened_on FROM old JOIN deals_activity typed ON typed.id = old.confirms_id
UNION SELECT proof.happened_on FROM old JOIN deals_activity proof ON proof.confirms_id = old.id
"""


def talks(since: datetime) -> set[date]:
    return days_found(TALKS, {"since": since})


def leads(since: datetime) -> set[date] | None:
    if days_found(MEASURES_OF_ANSWERS, {"since": since}):
        return None
    return days_found(LEADS, {"since": since})


def losses(since: datetime) -> set[date]:
    return days_found(LOSSES, {"since": since})


def touched_deals(since: datetime) -> list[int]:
    """Numbers of the deals that something was done to."""
    return numbers(TOUCHED, since)


def touched_debts(since: datetime) -> list[int]:
    """Numbers of the deals whose payments, or what they are owed in, may be others."""
    return numbers(TOUCHED_DEBTS, since)


def numbers(sql: str, since: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"since": since})
        return [number for number, *_rest in cursor.fetchall()]


def refusals(since: datetime) -> set[date]:
    return days_found(REFUSALS, {"since": since})


def moves(since: datetime) -> set[date]:
    return days_found(MOVES, {"since": since})


def won_lines(since: datetime) -> set[date]:
    return days_found(WON_LINES, {"since": since})


def first_orders(since: datetime) -> set[date]:
    return days_found(FIRST_ORDERS, {"since": since})


def closings(since: datetime) -> set[date]:
    return days_found(TRUST, {"since": since})
