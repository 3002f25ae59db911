"""Closing balances of a day: open deals, hygiene, debts and overdue tasks of each person."""

from datetime import date, datetime
from typing import Any

from django.db import connection

from apps.kpis.night.present import OPEN_DEALS, STAGES

# The state at the end of `day`; of earlier days only what dates tell is known (reconstructed).
# Deals are grouped in memory, not sorted through a file.
TUNED = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"
BALANCES = """
DELETE FROM kpis_stockfact WHERE day = %(day)s;
WITH asked AS (
    SELECT stage.id, coalesce(bool_or('contact' = ANY(earlier.exit_fields)), false) AS contact,
        coalesce(bool_or('lines' = ANY(earlier.exit_fields)), false) AS lines,
        coalesce(bool_or('schedule' = ANY(earlier.exit_fields)), false) AS schedule
    FROM deals_stage stage
    LEFT JOIN deals_stage earlier ON earlier.pipeline_id = stage.pipeline_id
        AND earlier."order" < stage."order" AND earlier.kind IN ('lead', 'open')
        AND earlier.archived_at IS NULL
    GROUP BY 1
)
INSERT INTO kpis_stockfact (day, user_id, team_id, open_count, open_amount, weighted_amount,
    lead_count, stuck_count, stuck_amount, idle_count, hygiene_good, no_step, overdue_step,
    no_client, no_amount, no_close_day, close_passed, debt_amount, overdue_debt_count,
    overdue_debt_amount, overdue_tasks, is_reconstructed)
SELECT %(day)s, user_id, person.team_id, sum(open_count), sum(open_amount), sum(weighted),
    sum(leads), sum(stuck), sum(stuck_amount), sum(idle), sum(good), sum(no_step),
    sum(overdue_step), sum(no_client), sum(no_amount), sum(no_close_day), sum(close_passed),
    sum(debt), sum(overdue_debts), sum(overdue_debt), sum(overdue_tasks), %(is_past)s
FROM (
    SELECT owner_id AS user_id, count(*) AS open_count,
        coalesce(sum(amount_base), 0) AS open_amount,
        coalesce(round(sum(amount_base * win_share), 2), 0) AS weighted,
        count(*) FILTER (WHERE kind = 'lead') AS leads,
        count(*) FILTER (WHERE is_stuck) AS stuck,
        coalesce(sum(amount_base) FILTER (WHERE is_stuck), 0) AS stuck_amount,
        count(*) FILTER (WHERE is_idle) AS idle,
        count(*) FILTER (WHERE NOT (no_step OR overdue_step OR no_client OR no_amount
            OR no_close_day OR close_passed OR lacks_fields OR has_overdue_task)) AS good,
        count(*) FILTER (WHERE no_step) AS no_step,
        count(*) FILTER (WHERE overdue_step) AS overdue_step,
        count(*) FILTER (WHERE no_client) AS no_client,
        count(*) FILTER (WHERE no_amount) AS no_amount,
        count(*) FILTER (WHERE no_close_day) AS no_close_day,
        count(*) FILTER (WHERE close_passed) AS close_passed,
        0 AS debt, 0 AS overdue_debts, 0 AS overdue_debt, 0 AS overdue_tasks
    FROM (
        SELECT deal.owner_id, deal.amount_base, stage.kind, stage.win_share,
            deal.stage_since <= stage.stuck_before AS is_stuck,
            greatest(deal.last_activity_at, deal.stage_since) <= stage.silent_before AS is_idle,
            deal.next_step_at IS NULL AS no_step,
            coalesce(deal.next_step_at < %(end)s, false) AS overdue_step,
            NOT deal.has_client AS no_client,
            NOT deal.has_amount AS no_amount,
            deal.expected_close_on IS NULL AS no_close_day,
            coalesce(deal.expected_close_on <= %(day)s, false) AS close_passed,
            (asked.contact AND NOT deal.has_contact)
                OR (asked.lines AND NOT EXISTS (
                    SELECT FROM deals_dealline line WHERE line.deal_id = deal.deal_id))
                OR (asked.schedule AND NOT EXISTS (
                    SELECT FROM deals_scheduleline line WHERE line.deal_id = deal.deal_id))
                AS lacks_fields,
            EXISTS (SELECT FROM tasks_task task WHERE task.object_id = deal.deal_id
                AND task.content_type_id = %(deal_type)s AND task.done_at IS NULL
                AND task.archived_at IS NULL AND task.due_at < %(end)s) AS has_overdue_task
        FROM ({open_deals}) deal
        JOIN {stages} ON stage.id = deal.stage_id
        JOIN asked ON asked.id = stage.id
    ) deal
    GROUP BY owner_id
    UNION ALL
    SELECT owner_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(amount),
        count(*) FILTER (WHERE due_on <= %(day)s),
        coalesce(sum(amount) FILTER (WHERE due_on <= %(day)s), 0), 0
    FROM kpis_opendebt GROUP BY owner_id
    UNION ALL
    SELECT assignee_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*)
    FROM tasks_task WHERE done_at IS NULL AND archived_at IS NULL AND due_at < %(end)s
    GROUP BY assignee_id
) stock
JOIN staff_user person ON person.id = stock.user_id
GROUP BY user_id, person.team_id
"""

NOW_OPEN = "SELECT * FROM kpis_opendeal"
OPEN_THEN = f"""{OPEN_DEALS} deal.archived_at IS NULL AND deal.opened_on <= %(day)s
    AND (deal.closed_on IS NULL OR deal.closed_on > %(day)s)"""


def store_balances(day: date, *, end: datetime, is_past: bool, deal_type: int) -> int:
    """Keep the balances at `end` of the day; `is_past` rebuilds those of a missed one."""
    sql = BALANCES.format(open_deals=OPEN_THEN if is_past else NOW_OPEN, stages=STAGES)
    values: dict[str, Any] = {"day": day, "end": end, "is_past": is_past, "deal_type": deal_type}
    with connection.cursor() as cursor:
        cursor.execute(TUNED)
        cursor.execute(sql, values)
        return cursor.rowcount
