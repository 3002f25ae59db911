"""Norms of service night by night: only what has changed is counted anew.

From one night to the next the periods move on by a day: every client gets the touches of the new
days and loses those of the days that leave his period. Clients about whom something was recorded
since the former night, or who have no state yet, are counted from all their activities.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from apps.portfolio.actions.service import (
    SERVED_NOW,
    STANDING_OF_SOME,
    TUNED,
    count_service,
    norm_values,
)
from apps.portfolio.choices import NormPeriod
from apps.portfolio.models import SegmentRun, ServiceState

DAY = timedelta(days=1)

# `day` is the new one, `before` that of the states, `moving` all days that enter or leave a period.
ENTER = "touch.happened_on > %(before)s"
MOVES = ",\n        ".join(
    f"""count(*) FILTER (WHERE {ENTER}) - count(*) FILTER (
            WHERE touch.happened_on > %(before)s::date - {days}
                AND touch.happened_on <= %(day)s::date - {days}) AS by_{days}"""
    for days in NormPeriod.values
)
BY = " ".join(f"WHEN {days} THEN moved.by_{days}" for days in NormPeriod.values)
MOVE_ON = f"""
UPDATE portfolio_servicestate state SET
    touches = state.touches + coalesce(CASE state.days {BY} END, 0),
    touches_30 = state.touches_30 + coalesce(moved.by_{NormPeriod.MONTH}, 0),
    last_on = greatest(state.last_on, moved.entered_on), day = %(day)s
FROM portfolio_servicestate same LEFT JOIN (
    SELECT touch.client_id, {MOVES},
        max(touch.happened_on) FILTER (WHERE {ENTER}) AS entered_on
    FROM (
        SELECT coalesce(activity.client_id, deal.client_id) AS client_id, activity.happened_on
        FROM deals_activity activity LEFT JOIN deals_deal deal ON deal.id = activity.deal_id
        WHERE activity.happened_on = ANY(%(moving)s) AND activity.kind <> 'note'
            AND activity.reversal_of_id IS NULL AND {STANDING_OF_SOME}
    ) touch GROUP BY 1
) moved ON moved.client_id = same.client_id
WHERE same.id = state.id AND state.client_id <> ALL(%(outdated)s)
"""  # noqa: S608 - of numbers of our own

CHANGED = """
SELECT DISTINCT coalesce(activity.client_id, deal.client_id)
FROM deals_activity activity LEFT JOIN deals_deal deal ON deal.id = activity.deal_id
WHERE activity.recorded_at >= %(since)s
"""
# Those who came into a class, back from the bin, or to whom an activity was written.
OUTDATED = f"""
SELECT client_id FROM ({CHANGED}) changed(client_id) WHERE client_id IS NOT NULL
UNION SELECT client_id FROM served
    WHERE NOT EXISTS (SELECT FROM portfolio_servicestate state WHERE state.client_id = served.client_id)
UNION SELECT state.client_id FROM portfolio_servicestate state
    WHERE NOT EXISTS (SELECT FROM served WHERE served.client_id = state.client_id)
"""  # noqa: S608 - of texts of our own
FIND = f"{SERVED_NOW} SELECT array_agg(client_id) FROM ({OUTDATED}) outdated"  # noqa: S608
# Beyond this a scan of everything is cheaper than looking each client up.
FEW = 2000


@transaction.atomic
def follow_service(day: date, since: datetime | None) -> int:
    """As count_service, where only what was recorded since has changed; `since` None: all anew."""
    run = SegmentRun.objects.latest_run()
    if run is None or since is None or run.created_at >= since:
        return count_service(day)
    with connection.cursor() as cursor:
        cursor.execute(TUNED)
        cursor.execute("LOCK TABLE portfolio_servicestate IN SHARE ROW EXCLUSIVE MODE")
        before = ServiceState.objects.order_by("-day").values_list("day", flat=True).first()
        if before is None or before > day:
            return count_service(day)
        values = {**norm_values(run), "day": day, "since": since}
        cursor.execute(FIND, values)
        clients = cursor.fetchone()[0] or []
        if len(clients) > FEW:
            return count_service(day)
        if before < day:
            move_on(cursor, before, day, outdated=clients)
    if clients:
        count_service(day, clients=clients)
    return len(clients)


def move_on(cursor: Any, before: date, day: date, *, outdated: list[int]) -> None:
    """Bring the states of `before` to the end of `day`, but for those of the outdated clients."""
    entering = [before + DAY * shift for shift in range(1, (day - before).days + 1)]
    leaving = [one - DAY * period for one in entering for period in NormPeriod.values]
    values = {"before": before, "day": day, "moving": entering + leaving, "outdated": outdated}
    cursor.execute(MOVE_ON, values)
