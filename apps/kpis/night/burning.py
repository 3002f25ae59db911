"""What burns today: open deals and debts that need a hand, the dearest first."""

from __future__ import annotations

from typing import Any

from django.db import connection

from apps.kpis.night.months import Month
from apps.kpis.night.present import PEOPLE, STAGES

# Of each person so many are kept: the dearest of a team are among those of its people.
KEPT = 20

# Why an open deal needs a hand on the morning that %(end)s begins; NULL when it needs none.
REASON = """CASE
            WHEN deal.expected_close_on < %(today)s THEN 'close_passed'
            WHEN stage.kind = 'lead' AND deal.last_activity_at IS NULL
                AND deal.stage_since < %(end)s THEN 'lead_waiting'
            WHEN deal.next_step_at < %(end)s THEN 'step_overdue'
            WHEN deal.stage_since <= stage.stuck_before THEN 'stuck'
            WHEN greatest(deal.last_activity_at, deal.stage_since) <= stage.silent_before
                THEN 'silent'
            WHEN deal.next_step_at IS NULL THEN 'no_step'
        END"""

# How many there are, and what they are worth: the open deals were counted with the balances.
TOTALS = f"""
SELECT owner_id, sum(count)::int, sum(amount) FROM (
    SELECT owner_id, burning_count AS count, burning_amount AS amount FROM kpis_openstage
    UNION ALL
    SELECT owner_id, count(DISTINCT deal_id), sum(amount) FROM kpis_opendebt
    WHERE due_on < %(today)s GROUP BY owner_id
) burns JOIN {PEOPLE} ON person.id = owner_id
GROUP BY owner_id HAVING sum(count) > 0
"""

# The dearest of each person, by an index of what deals are worth; texts are read for these alone.
DEAREST = f"""
WITH found AS (
    SELECT deal.* FROM {PEOPLE} CROSS JOIN LATERAL (
        SELECT deal.owner_id, deal.deal_id, deal.amount, {REASON} AS reason, NULL::date AS due_on
        FROM kpis_opendeal deal JOIN {STAGES} ON stage.id = deal.stage_id
        WHERE deal.owner_id = person.id AND {REASON} IS NOT NULL
        ORDER BY deal.amount DESC, deal.deal_id LIMIT %(kept)s
    ) deal
    UNION ALL
    SELECT debt.owner_id, debt.deal_id, sum(debt.amount), 'payment_overdue', min(debt.due_on)
    FROM {PEOPLE} JOIN kpis_opendebt debt ON debt.owner_id = person.id
    WHERE debt.due_on < %(today)s
    GROUP BY debt.owner_id, debt.deal_id
), ranked AS (
    SELECT found.*,
        row_number() OVER (PARTITION BY owner_id ORDER BY amount DESC, deal_id) AS place
    FROM found
)
SELECT ranked.owner_id, ranked.reason,
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
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, values)
        found: dict[int, dict[str, Any]] = {
            owner: {"count": count, "amount": amount, "rows": []}
            for owner, count, amount in cursor.fetchall()
        }
        cursor.execute(DEAREST, values)
        names = [column.name for column in cursor.description]
        for row in cursor.fetchall():
            case = dict(zip(names, row, strict=True))
            # Should a stage have been changed since the balances, nothing is shown beside a total of none.
            if mine := found.get(case["owner_id"]):
                mine["rows"].append(_row(case))
    return found


def _row(case: dict[str, Any]) -> dict[str, Any]:
    day = case.pop("day")
    return {**case, "on": day.isoformat() if day else None}
