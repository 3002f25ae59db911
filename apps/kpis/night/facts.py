"""Facts by one statement a table: the rows of the dirty days are counted and written anew.

The statements read events, never other facts. A deal in the bin does not count, but what it won
before it was put there does. People belong to the team of that day; days on which they had no
place in any team, imported ones above all, go to their latest team.
"""

import re
from datetime import date, timedelta

from django.db import connection

from apps.kpis.night.dirty import Dirty

# Tasks are records, not events: those of the last weeks are always counted anew.
TASK_DAYS = 45
# Memory of one sort or hash of the database, not of the worker.
WORK_MEM = "256MB"

# Written in the order of days: the index grows at its end, the rows of a month lie together.
TEAM = """LEFT JOIN staff_user person ON person.id = sums.user_id
LEFT JOIN staff_membership place ON place.user_id = sums.user_id
    AND place.started_on <= sums.day AND (place.ended_on IS NULL OR place.ended_on > sums.day)
ORDER BY sums.day"""

# Who is due what part of a won sum: cents by largest remainder, exactly the whole.
DEAL_EVENTS = """
WITH event AS MATERIALIZED (
    SELECT move.happened_on AS day, move.owner_id, move.deal_id, move.id AS move_id,
        (move.from_stage_id IS NULL)::int AS created,
        (into_stage.kind = 'won')::int - coalesce(left_stage.kind = 'won', false)::int AS won,
        (into_stage.kind = 'lost')::int - coalesce(left_stage.kind = 'lost', false)::int AS lost,
        coalesce(move.amount_base, 0) AS amount,
        CASE WHEN into_stage.kind = 'won' THEN move.amount_base ELSE 0 END AS won_amount,
        0::numeric AS adjusted,
        CASE WHEN into_stage.kind = 'won' THEN move.happened_on - deal.opened_on
            WHEN left_stage.kind = 'won' THEN deal.opened_on - (
                SELECT max(win.happened_on) FROM deals_stagemove win
                WHERE win.deal_id = move.deal_id AND win.to_stage_id = move.from_stage_id
                    AND win.id < move.id)
            ELSE 0 END AS cycle_days,
        deal.pipeline_id, deal.source_id, deal.client_id
    FROM deals_stagemove move
    JOIN deals_deal deal ON deal.id = move.deal_id
    JOIN deals_stage into_stage ON into_stage.id = move.to_stage_id
    LEFT JOIN deals_stage left_stage ON left_stage.id = move.from_stage_id
    WHERE {days:move.happened_on}
        AND (move.from_stage_id IS NULL OR into_stage.kind IN ('won', 'lost')
            OR left_stage.kind IN ('won', 'lost'))
        AND (deal.archived_at IS NULL OR deal.outcome = 'won')
    UNION ALL
    SELECT adjustment.happened_on, adjustment.owner_id, adjustment.deal_id, -adjustment.id,
        0, 0, 0, 0, 0, adjustment.amount_base, 0,
        deal.pipeline_id, deal.source_id, deal.client_id
    FROM deals_wonadjustment adjustment
    JOIN deals_deal deal ON deal.id = adjustment.deal_id
    WHERE {days:adjustment.happened_on}
), cents AS (
    SELECT event.day, split.user_id, event.pipeline_id, event.source_id, event.client_id,
        event.move_id, split.id AS split_id, sign(money.value)::int AS sign, money.is_adjustment,
        abs(money.value) * 100 AS whole, floor(abs(money.value) * 100 * split.share) AS part,
        abs(money.value) * 100 * split.share - floor(abs(money.value) * 100 * split.share) AS rest
    FROM event
    JOIN deals_dealsplit split ON split.deal_id = event.deal_id
    CROSS JOIN LATERAL (VALUES (event.won_amount, false), (event.adjusted, true))
        money(value, is_adjustment)
    WHERE money.value <> 0
), part AS (
    SELECT *, sign * (part + (row_number() OVER by_rest <= whole - sum(part) OVER event)::int)
        / 100 AS amount
    FROM cents
    WINDOW event AS (PARTITION BY move_id, is_adjustment),
        by_rest AS (PARTITION BY move_id, is_adjustment ORDER BY rest DESC, split_id)
), line AS (
    SELECT day, owner_id AS user_id, pipeline_id, source_id, client_id, created, won, lost,
        CASE WHEN split.deal_id IS NULL THEN won_amount ELSE 0 END AS won_amount,
        CASE WHEN split.deal_id IS NULL THEN adjusted ELSE 0 END AS adjusted,
        created * amount AS created_amount, lost * amount AS lost_amount, cycle_days
    FROM event
    LEFT JOIN (SELECT DISTINCT deal_id FROM deals_dealsplit) split USING (deal_id)
    UNION ALL
    SELECT day, user_id, pipeline_id, source_id, client_id, 0, 0, 0,
        CASE WHEN is_adjustment THEN 0 ELSE amount END,
        CASE WHEN is_adjustment THEN amount ELSE 0 END, 0, 0, 0
    FROM part
)
"""

DEALS = (
    DEAL_EVENTS
    + """
INSERT INTO kpis_dealfact (day, user_id, team_id, pipeline_id, segment, source_id, created_count,
    created_amount, won_count, won_amount, adjusted_amount, lost_count, lost_amount, cycle_days)
SELECT sums.day, sums.user_id, coalesce(place.node_id, person.team_id), sums.pipeline_id,
    sums.segment, sums.source_id, sums.created, sums.created_amount, sums.won, sums.won_amount,
    sums.adjusted, sums.lost, sums.lost_amount, sums.cycle_days
FROM (
    SELECT day, user_id, pipeline_id, coalesce(client.level, '') AS segment, line.source_id,
        sum(created) AS created, sum(created_amount) AS created_amount, sum(won) AS won,
        sum(won_amount) AS won_amount, sum(adjusted) AS adjusted, sum(lost) AS lost,
        sum(lost_amount) AS lost_amount, sum(cycle_days) AS cycle_days
    FROM line LEFT JOIN clients_client client ON client.id = line.client_id
    GROUP BY 1, 2, 3, 4, 5
) sums """
    + TEAM
)

PAYMENTS = (
    """
INSERT INTO kpis_paymentfact (day, user_id, team_id, pipeline_id, segment, source_id,
    received_count, received_amount)
SELECT sums.day, sums.user_id, coalesce(place.node_id, person.team_id), sums.pipeline_id,
    sums.segment, sums.source_id, sums.received, sums.amount
FROM (
    SELECT allocation.happened_on AS day, allocation.owner_id AS user_id, deal.pipeline_id,
        coalesce(client.level, '') AS segment, deal.source_id,
        sum(CASE WHEN allocation.amount_base < 0 THEN -1 ELSE 1 END) AS received,
        sum(allocation.amount_base) AS amount
    FROM deals_allocation allocation
    JOIN deals_scheduleline line ON line.id = allocation.line_id
    JOIN deals_deal deal ON deal.id = line.deal_id
    LEFT JOIN clients_client client ON client.id = deal.client_id
    WHERE {days:allocation.happened_on}
    GROUP BY 1, 2, 3, 4, 5
) sums """
    + TEAM
)

ACTIVITIES = (
    """
INSERT INTO kpis_activityfact (day, user_id, team_id, pipeline_id, segment, source_id,
    calls, meetings, emails, notes, minutes)
SELECT sums.day, sums.user_id, coalesce(place.node_id, person.team_id), sums.pipeline_id,
    sums.segment, sums.source_id, sums.calls, sums.meetings, sums.emails, sums.notes, sums.minutes
FROM (
    SELECT activity.happened_on AS day, activity.user_id, deal.pipeline_id,
        coalesce(client.level, '') AS segment, deal.source_id,
        count(*) FILTER (WHERE activity.kind = 'call') AS calls,
        count(*) FILTER (WHERE activity.kind = 'meeting') AS meetings,
        count(*) FILTER (WHERE activity.kind = 'email') AS emails,
        count(*) FILTER (WHERE activity.kind = 'note') AS notes,
        coalesce(sum(activity.duration_minutes), 0) AS minutes
    FROM deals_activity activity
    LEFT JOIN deals_deal deal ON deal.id = activity.deal_id
    LEFT JOIN clients_client client ON client.id = coalesce(activity.client_id, deal.client_id)
    WHERE {days:activity.happened_on} AND activity.reversal_of_id IS NULL
        AND NOT EXISTS (SELECT FROM deals_activity reversal
            WHERE reversal.reversal_of_id = activity.id)
    GROUP BY 1, 2, 3, 4, 5
) sums """
    + TEAM
)

# A task counts as due on the company's day of its deadline and as done on that of its end.
TASKS = (
    """
INSERT INTO kpis_taskfact (day, user_id, team_id, due_count, on_time_count, done_count)
SELECT sums.day, sums.user_id, coalesce(place.node_id, person.team_id), sums.due, sums.on_time,
    sums.done
FROM (
    SELECT day, user_id, sum(due) AS due, sum(on_time) AS on_time, sum(done) AS done FROM (
        SELECT (due_at AT TIME ZONE %(zone)s)::date AS day, assignee_id AS user_id, 1 AS due,
            coalesce(done_at <= due_at, false)::int AS on_time, 0 AS done
        FROM tasks_task WHERE archived_at IS NULL
        UNION ALL
        SELECT (done_at AT TIME ZONE %(zone)s)::date, assignee_id, 0, 0, 1
        FROM tasks_task WHERE archived_at IS NULL AND done_at IS NOT NULL
    ) task
    WHERE {days:task.day}
    GROUP BY 1, 2
) sums """
    + TEAM
)

TABLES = {
    "kpis_dealfact": DEALS,
    "kpis_paymentfact": PAYMENTS,
    "kpis_activityfact": ACTIVITIES,
}


def store_facts(dirty: Dirty, *, day: date, zone: str) -> int:
    """Write the facts of the dirty days up to `day`; returns how many rows they have now."""
    rows = sum(_replace(table, sql, dirty.days, day) for table, sql in TABLES.items())
    task_days = None if dirty.is_everything else _recent(day)
    return rows + _replace("kpis_taskfact", TASKS, task_days, day, zone=zone)


def _recent(day: date) -> list[date]:
    return [day - timedelta(days=shift) for shift in range(TASK_DAYS)]


def _replace(table: str, sql: str, days: list[date] | None, day: date, **values: str) -> int:
    values_of_query = {"days": days, "day": day, **values}
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEM}'")
        if days is None:
            cursor.execute(f"TRUNCATE {table}")
        else:
            cursor.execute(f"DELETE FROM {table} WHERE day = ANY(%(days)s)", values_of_query)
        cursor.execute(on_days(sql, days), values_of_query)
        return cursor.rowcount


def on_days(sql: str, days: list[date] | None) -> str:
    """`sql` with each {days:column} as a condition: the dirty days, or all up to the run's day."""
    condition = r"\1 <= %(day)s" if days is None else r"\1 = ANY(%(days)s)"
    return re.sub(r"\{days:([\w.]+)\}", condition, sql)
