"""Closing balances of a day: open deals, hygiene, debts and overdue tasks of each person."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from apps.core.periods import month_of
from apps.kpis.night.burning import REASON
from apps.kpis.night.present import OPEN_DEALS, STAGES


@dataclass(frozen=True)
class Moment:
    """The end of the business day; `deal_type` is the content type of deals, which tasks name."""

    day: date
    end: datetime
    deal_type: int

    @property
    def values(self) -> dict[str, Any]:
        today = self.day + timedelta(days=1)
        month = month_of(today)
        return {
            "day": self.day,
            "today": today,
            "end": self.end,
            "deal_type": self.deal_type,
            "month": month.start,
            "next": month.end,
        }


TUNED = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"
# States of open deals, added up by person and stage: each deal is looked at once. They are grouped in
# memory, not sorted through a file.
COLUMNS = """owner_id, stage_id, open_count, open_amount, weighted_amount, lead_count, stuck_count,
    stuck_amount, idle_count, hygiene_good, no_step, overdue_step, no_client, no_amount,
    no_close_day, close_passed, due_count, due_amount, due_weighted_amount, burning_count,
    burning_amount"""
BY_STAGE = """
SELECT owner_id, stage_id, count(*) AS open_count, sum(amount) AS open_amount,
    sum(amount) * win_share AS weighted_amount,
    count(*) FILTER (WHERE kind = 'lead') AS lead_count,
    count(*) FILTER (WHERE is_stuck) AS stuck_count,
    coalesce(sum(amount) FILTER (WHERE is_stuck), 0) AS stuck_amount,
    count(*) FILTER (WHERE is_idle) AS idle_count,
    count(*) FILTER (WHERE NOT (no_step OR overdue_step OR no_client OR no_amount
        OR no_close_day OR close_passed OR lacks_fields OR has_overdue_task)) AS hygiene_good,
    count(*) FILTER (WHERE no_step) AS no_step,
    count(*) FILTER (WHERE overdue_step) AS overdue_step,
    count(*) FILTER (WHERE no_client) AS no_client,
    count(*) FILTER (WHERE no_amount) AS no_amount,
    count(*) FILTER (WHERE no_close_day) AS no_close_day,
    count(*) FILTER (WHERE close_passed) AS close_passed,
    count(*) FILTER (WHERE is_due) AS due_count,
    coalesce(sum(amount) FILTER (WHERE is_due), 0) AS due_amount,
    coalesce(sum(amount) FILTER (WHERE is_due), 0) * win_share AS due_weighted_amount,
    count(*) FILTER (WHERE burns) AS burning_count,
    coalesce(sum(amount) FILTER (WHERE burns), 0) AS burning_amount
FROM (
    SELECT deal.owner_id, deal.stage_id, deal.amount, stage.kind, stage.win_share,
        deal.stage_since <= stage.stuck_before AS is_stuck,
        greatest(deal.last_activity_at, deal.stage_since) <= stage.silent_before AS is_idle,
        deal.next_step_at IS NULL AS no_step,
        coalesce(deal.next_step_at < %(end)s, false) AS overdue_step,
        NOT deal.has_client AS no_client,
        NOT deal.has_amount AS no_amount,
        deal.expected_close_on IS NULL AS no_close_day,
        coalesce(deal.expected_close_on <= %(day)s, false) AS close_passed,
        deal.expected_close_on >= %(month)s AND deal.expected_close_on < %(next)s AS is_due,
        {reason} IS NOT NULL AS burns,
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
    JOIN (
        SELECT stage.id, coalesce(bool_or('contact' = ANY(earlier.exit_fields)), false) AS contact,
            coalesce(bool_or('lines' = ANY(earlier.exit_fields)), false) AS lines,
            coalesce(bool_or('schedule' = ANY(earlier.exit_fields)), false) AS schedule
        FROM deals_stage stage
        LEFT JOIN deals_stage earlier ON earlier.pipeline_id = stage.pipeline_id
            AND earlier."order" < stage."order" AND earlier.kind IN ('lead', 'open')
            AND earlier.archived_at IS NULL
        GROUP BY 1
    ) asked ON asked.id = stage.id
) deal
GROUP BY owner_id, stage_id, win_share
"""

# The state at the end of `day`; of earlier days only what dates tell is known (reconstructed).
BALANCES = """
INSERT INTO kpis_stockfact (day, user_id, team_id, open_count, open_amount, weighted_amount,
    lead_count, stuck_count, stuck_amount, idle_count, hygiene_good, no_step, overdue_step,
    no_client, no_amount, no_close_day, close_passed, debt_amount, overdue_debt_count,
    overdue_debt_amount, overdue_tasks, is_reconstructed)
SELECT %(day)s, user_id, person.team_id, sum(open_count), sum(open_amount), sum(weighted),
    sum(leads), sum(stuck), sum(stuck_amount), sum(idle), sum(good), sum(no_step),
    sum(overdue_step), sum(no_client), sum(no_amount), sum(no_close_day), sum(close_passed),
    sum(debt), sum(overdue_debts), sum(overdue_debt), sum(overdue_tasks), %(is_past)s
FROM (
    SELECT owner_id AS user_id, sum(open_count) AS open_count, sum(open_amount) AS open_amount,
        round(sum(weighted_amount), 2) AS weighted, sum(lead_count) AS leads,
        sum(stuck_count) AS stuck, sum(stuck_amount) AS stuck_amount, sum(idle_count) AS idle,
        sum(hygiene_good) AS good, sum(no_step) AS no_step, sum(overdue_step) AS overdue_step,
        sum(no_client) AS no_client, sum(no_amount) AS no_amount,
        sum(no_close_day) AS no_close_day, sum(close_passed) AS close_passed,
        0 AS debt, 0 AS overdue_debts, 0 AS overdue_debt, 0 AS overdue_tasks
    FROM ({by_stage}) stage
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

OPEN_THEN = f"""{OPEN_DEALS} deal.archived_at IS NULL AND deal.opened_on <= %(day)s
    AND (deal.closed_on IS NULL OR deal.closed_on > %(day)s)"""


def by_stage(open_deals: str) -> str:
    return BY_STAGE.format(open_deals=open_deals, stages=STAGES, reason=REASON)


def store_stages(moment: Moment) -> int:
    """Add up what is open now: what panels of the running month, and balances, are made of."""
    now = by_stage("SELECT * FROM kpis_opendeal")
    with connection.cursor() as cursor:
        cursor.execute(TUNED)
        cursor.execute("TRUNCATE kpis_openstage")
        cursor.execute(f"INSERT INTO kpis_openstage ({COLUMNS}) {now}", moment.values)
        return cursor.rowcount


def store_balances(moment: Moment, *, is_past: bool) -> int:
    """Keep the balances of the day; `is_past` rebuilds those of a missed one."""
    stages = by_stage(OPEN_THEN) if is_past else "SELECT * FROM kpis_openstage"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kpis_stockfact WHERE day = %s", [moment.day])
        cursor.execute(BALANCES.format(by_stage=stages), {**moment.values, "is_past": is_past})
        return cursor.rowcount
