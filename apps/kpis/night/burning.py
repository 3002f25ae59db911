"""What burns today: open deals and debts that need a hand, the dearest first."""

from __future__ import annotations

from typing import Any

from django.db import connection

from apps.kpis.night.months import Month
from apps.kpis.night.present import PEOPLE, STAGES

# Of each person so many are kept: the dearest of a team are among those of its people.
KEPT = 20

# The open deals and debts hold no texts: those are read for the kept rows alone.
BURNING = f"""
WITH found AS (
    SELECT deal.owner_id, deal.deal_id, coalesce(deal.amount_base, 0) AS amount,
        CASE
            WHEN deal.expected_close_on < %(today)s THEN 'close_passed'
            WHEN stage.kind = 'lead' AND deal.last_activity_at IS NULL
                AND deal.stage_since < %(end)s THEN 'lead_waiting'
            WHEN deal.next_step_at < %(end)s THEN 'step_overdue'
            WHEN deal.stage_since <= stage.stuck_before THEN 'stuck'
            WHEN greatest(deal.last_activity_at, deal.stage_since) <= stage.silent_before
                THEN 'silent'
            WHEN deal.next_step_at IS NULL THEN 'no_step'
        END AS reason, NULL::date AS due_on
    FROM {PEOPLE} JOIN kpis_opendeal deal ON deal.owner_id = person.id
    JOIN {STAGES} ON stage.id = deal.stage_id
    UNION ALL
    SELECT debt.owner_id, debt.deal_id, sum(debt.amount), 'payment_overdue', min(debt.due_on)
    FROM {PEOPLE} JOIN kpis_opendebt debt ON debt.owner_id = person.id
    WHERE debt.due_on < %(today)s
    GROUP BY debt.owner_id, debt.deal_id
), ranked AS (
    SELECT found.*, row_number() OVER mine AS place, count(*) OVER whole AS count,
        sum(amount) OVER whole AS whole
    FROM found WHERE reason IS NOT NULL
    WINDOW mine AS (PARTITION BY owner_id ORDER BY amount DESC, deal_id),
        whole AS (PARTITION BY owner_id)
)
SELECT ranked.owner_id, ranked.count, ranked.whole, ranked.reason,
    CASE ranked.reason
        WHEN 'payment_overdue' THEN %(today)s - ranked.due_on
        WHEN 'close_passed' THEN %(today)s - deal.expected_close_on
        WHEN 'step_overdue' THEN %(today)s - (deal.next_step_at AT TIME ZONE %(zone)s)::date
        WHEN 'silent' THEN
            extract(day FROM %(end)s - greatest(deal.last_activity_at, deal.stage_since))::int
        ELSE extract(day FROM %(end)s - deal.stage_since)::int
    END AS days,
    CASE ranked.reason WHEN 'stuck' THEN coalesce(norm.stuck_after_days, stage.max_idle_days)
        WHEN 'silent' THEN stage.max_idle_days
        WHEN 'lead_waiting' THEN stage.max_idle_days END AS usual_days,
    CASE ranked.reason
        WHEN 'payment_overdue' THEN ranked.due_on
        WHEN 'close_passed' THEN deal.expected_close_on
        WHEN 'step_overdue' THEN (deal.next_step_at AT TIME ZONE %(zone)s)::date
    END AS day,
    deal.next_step_at IS NOT NULL AS has_step, ranked.deal_id, deal.title, deal.client_id,
    coalesce(client.name, '') AS client, coalesce(client.level, '') AS level, ranked.amount
FROM ranked
CROSS JOIN LATERAL (SELECT * FROM deals_deal WHERE id = ranked.deal_id OFFSET 0) deal
JOIN deals_stage stage ON stage.id = deal.stage_id
LEFT JOIN kpis_stagenorm norm ON norm.stage_id = stage.id
LEFT JOIN LATERAL (SELECT * FROM clients_client WHERE id = deal.client_id OFFSET 0) client ON true
WHERE ranked.place <= %(kept)s
ORDER BY ranked.amount DESC, ranked.deal_id
"""


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
