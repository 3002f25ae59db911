"""How far the records of deals can be believed: measured talks, late records, trust of buyers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from apps.core.metrics import (
    Source,
    Sums,
    SumsByDay,
    add_source,
    over_days,
    summed,
    summed_by_day,
)
from apps.core.periods import Period
from apps.deals.metrics import changes

# As the facts of activities count: a measured talk that confirms a typed record is that record.
TALKS = """
WITH struck AS (SELECT reversal_of_id AS id FROM deals_activity WHERE reversal_of_id IS NOT NULL)
SELECT activity.happened_on, activity.user_id,
    count(*) FILTER (WHERE kind IN ('call', 'email')) AS talk_count,
    count(*) FILTER (WHERE kind IN ('call', 'email') AND (origin = 'measured' OR EXISTS (
        SELECT FROM deals_activity proof WHERE proof.confirms_id = activity.id
            AND proof.id NOT IN (SELECT id FROM struck)))) AS measured_count,
    count(*) FILTER (WHERE kind = 'call' AND outcome <> '') AS told_call_count,
    count(*) FILTER (WHERE kind = 'call' AND outcome NOT IN ('', 'no_answer')) AS reached_count
FROM deals_activity activity
WHERE happened_on = ANY(%(days)s) AND reversal_of_id IS NULL
    AND id NOT IN (SELECT id FROM struck)
    AND (confirms_id IS NULL OR confirms_id IN (SELECT id FROM struck))
GROUP BY 1, 2
"""

# A move recorded more than a day after it happened was not seen by anybody in time.
RECORDS = """
SELECT owner_id, count(*) AS move_count,
    count(*) FILTER (WHERE recorded_at - happened_at > interval '1 day') AS late_count
FROM deals_stagemove WHERE happened_on >= %(start)s AND happened_on < %(end)s GROUP BY 1
"""

# Closings that hold (TrustAtClose.standing), by the owner of the day of closing. Deals are looked up
# one by one (OFFSET 0): the planner would not believe how many hold, and read all of them.
TRUST = """
SELECT coalesce(closing.owner_id, deal.owner_id), count(*) AS deal_count,
    sum(trust.done) AS done_weight, sum(trust.due) AS due_weight
FROM deals_trustatclose trust
CROSS JOIN LATERAL (
    SELECT id, owner_id, stage_id FROM deals_deal
    WHERE id = trust.deal_id AND outcome <> 'open' AND stage_since = trust.closed_at
        AND archived_at IS NULL OFFSET 0
) deal
LEFT JOIN LATERAL (
    SELECT move.owner_id FROM deals_stagemove move
    WHERE move.deal_id = deal.id AND move.to_stage_id = deal.stage_id
    ORDER BY move.id DESC LIMIT 1
) closing ON true
WHERE trust.closed_on >= %(start)s AND trust.closed_on < %(end)s
GROUP BY 1
"""


def talks(period: Period) -> Sums:
    return over_days(talks_by_day(list(period.days())))


def talks_by_day(days: Collection[date]) -> SumsByDay:
    return summed_by_day(TALKS, {"days": list(days)})


def records(period: Period) -> Sums:
    return summed(RECORDS, {"start": period.start, "end": period.end})


def trust(period: Period) -> Sums:
    return summed(TRUST, {"start": period.start, "end": period.end})


def register() -> None:
    add_source(
        Source(
            "talks",
            _("Measured and typed talks"),
            talks,
            ("talk_count", "measured_count", "told_call_count", "reached_count"),
            changed=changes.talks,
            by_day=talks_by_day,
        )
    )
    columns = ("move_count", "late_count")
    add_source(
        Source("records", _("Records of stage moves"), records, columns, changed=changes.moves)
    )
    add_source(
        Source(
            "trust",
            _("Trust at closing"),
            trust,
            ("deal_count", "done_weight", "due_weight"),
            changed=changes.closings,
        )
    )
