"""What burns today: open deals and debts that need a hand, the dearest first."""

from __future__ import annotations

from typing import Any

from django.db import connection

from apps.kpis.night.cases import DEAL_OF_LINE
from apps.kpis.night.months import Month

# Of each person so many are kept: the dearest of a team are among those of its people.
KEPT = 20

BURNING = (
    """
WITH case_ AS (
    SELECT deal.owner_id, deal.id AS deal_id, deal.client_id, deal.title,
        coalesce(deal.amount_base, 0) AS amount, deal.next_step_at IS NOT NULL AS has_step,
        CASE
            WHEN deal.expected_close_on < %(today)s THEN 'close_passed'
            WHEN stage.kind = 'lead' AND deal.last_activity_at IS NULL
                AND deal.stage_since < %(end)s THEN 'lead_waiting'
            WHEN deal.next_step_at < %(end)s THEN 'step_overdue'
            WHEN deal.stage_since <= %(end)s - make_interval(
                days => coalesce(norm.stuck_after_days, stage.max_idle_days) + 1) THEN 'stuck'
            WHEN greatest(deal.last_activity_at, deal.stage_since)
                <= %(end)s - make_interval(days => stage.max_idle_days + 1) THEN 'silent'
            WHEN deal.next_step_at IS NULL THEN 'no_step'
        END AS reason,
        deal.expected_close_on, deal.next_step_at, deal.stage_since, deal.last_activity_at,
        stage.max_idle_days, coalesce(norm.stuck_after_days, stage.max_idle_days) AS stuck_after
    FROM deals_deal deal
    JOIN deals_stage stage ON stage.id = deal.stage_id
    LEFT JOIN kpis_stagenorm norm ON norm.stage_id = deal.stage_id
    WHERE deal.outcome = 'open' AND deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s)
), found AS (
    SELECT owner_id, deal_id, client_id, title, amount, has_step, reason,
        CASE reason
            WHEN 'close_passed' THEN %(today)s - expected_close_on
            WHEN 'step_overdue' THEN %(today)s - (next_step_at AT TIME ZONE %(zone)s)::date
            WHEN 'silent' THEN
                extract(day FROM %(end)s - greatest(last_activity_at, stage_since))::int
            ELSE extract(day FROM %(end)s - stage_since)::int
        END AS days,
        CASE reason WHEN 'stuck' THEN stuck_after WHEN 'silent' THEN max_idle_days
            WHEN 'lead_waiting' THEN max_idle_days END AS usual_days,
        CASE reason WHEN 'close_passed' THEN expected_close_on
            WHEN 'step_overdue' THEN (next_step_at AT TIME ZONE %(zone)s)::date END AS day
    FROM case_ WHERE reason IS NOT NULL
    UNION ALL
    SELECT owner_id, deal_id, client_id, title, debt, has_step, 'payment_overdue',
        %(today)s - due_on, NULL, due_on
    FROM (
        SELECT deal.owner_id, deal.id AS deal_id, deal.client_id, deal.title,
            deal.next_step_at IS NOT NULL AS has_step, min(line.due_on) AS due_on,
            sum(round((line.amount - line.paid)
                * coalesce(deal.amount_base / nullif(deal.amount, 0), 1), 2)) AS debt
        FROM deals_scheduleline line"""
    + DEAL_OF_LINE
    + """
        WHERE line.paid < line.amount AND line.due_on < %(today)s AND deal.outcome = 'won'
            AND deal.archived_at IS NULL
            AND deal.owner_id = ANY(%(people)s)
        GROUP BY deal.id, deal.owner_id, deal.client_id, deal.title, deal.next_step_at
    ) debt
), ranked AS (
    SELECT found.*, row_number() OVER mine AS place, count(*) OVER whole AS count,
        sum(amount) OVER whole AS whole
    FROM found
    WINDOW mine AS (PARTITION BY owner_id ORDER BY amount DESC, deal_id),
        whole AS (PARTITION BY owner_id)
)
SELECT ranked.owner_id, ranked.count, ranked.whole, ranked.reason, ranked.days, ranked.usual_days,
    ranked.day, ranked.has_step, ranked.deal_id, ranked.title, ranked.client_id,
    coalesce(client.name, '') AS client, coalesce(client.level, '') AS level, ranked.amount
FROM ranked LEFT JOIN clients_client client ON client.id = ranked.client_id
WHERE place <= %(kept)s
ORDER BY ranked.amount DESC, ranked.deal_id
"""
)


def burning(month: Month, people: list[int], *, end: Any, zone: str) -> dict[int, dict[str, Any]]:
    """By person: how many cases, what they are worth, and the dearest rows."""
    values = {"today": month.today, "end": end, "zone": zone, "kept": KEPT, "people": people}
    found: dict[int, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(BURNING, values)
        names = [column.name for column in cursor.description]
        for row in cursor.fetchall():
            case = dict(zip(names, row, strict=True))
            owner, count, whole = case["owner_id"], case.pop("count"), case.pop("whole")
            mine = found.setdefault(owner, {"count": count, "amount": whole, "rows": []})
            mine["rows"].append(_row(case))
    return found


def _row(case: dict[str, Any]) -> dict[str, Any]:
    day = case.pop("day")
    return {**case, "on": day.isoformat() if day else None}
