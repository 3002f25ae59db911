"""What the closed deals teach: how long a stage takes, how often it is won, when cohorts mature.

A sample of the latest won deals is enough for a percentile, so the cost does not grow with the
base; norms are learned anew once a week and with every rebuild.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.deals.models import Stage
from apps.kpis.calculations import ENOUGH_STAYS, percentile, shrunk_share, stuck_after
from apps.kpis.models import StageNorm

SAMPLE = 2000
LEARN_EVERY = timedelta(days=7)
LEARN_FROM = timedelta(days=365)
# Until enough deals were won, cohorts are taken for mature after so many days.
DEFAULT_MATURITY = 60

# Days from each move of the sampled won deals to the next one.
STAYS = """
WITH sample AS (
    SELECT id FROM deals_deal WHERE outcome = 'won' AND closed_on <= %(day)s
        AND closed_on > %(from)s AND pipeline_id = %(pipeline)s
    ORDER BY closed_on DESC LIMIT %(sample)s
)
SELECT to_stage_id, next_day - happened_on FROM (
    SELECT to_stage_id, happened_on,
        lead(happened_on) OVER (PARTITION BY deal_id ORDER BY id) AS next_day
    FROM deals_stagemove WHERE deal_id IN (SELECT id FROM sample)
) stay WHERE next_day IS NOT NULL
"""

CLOSED = """
SELECT stage_id, sum(won_count), sum(entered - still_open) FROM kpis_stagecohort
WHERE week > %(from)s AND week <= %(day)s GROUP BY 1
"""

CYCLES = """
SELECT closed_on - opened_on FROM deals_deal WHERE outcome = 'won' AND closed_on <= %s
ORDER BY closed_on DESC LIMIT %s
"""


def learn_norms(day: date, *, anew: bool) -> int:
    """Learn the norms of all stages that have none or whose norm is a week old; how many."""
    fresh = StageNorm.objects.filter(learned_on__gt=day - LEARN_EVERY, learned_on__lte=day)
    due = Stage.objects.kept() if anew else Stage.objects.kept().exclude(norm__in=fresh)
    stages = list(due)
    if not stages:
        return 0
    closed = _closed(day)
    stays: dict[int, list[int]] = {}
    for pipeline in {stage.pipeline_id for stage in stages}:
        stays |= _stays(pipeline, day)
    norms = [
        _norm(stage, stays.get(stage.pk, []), *closed.get(stage.pk, (0, 0)), day)
        for stage in stages
    ]
    StageNorm.objects.bulk_create(
        norms,
        update_conflicts=True,
        unique_fields=["stage"],
        update_fields=["stuck_after_days", "stay_count", "win_share", "closed_count", "learned_on"],
    )
    return len(norms)


def _norm(stage: Stage, stays: list[int], won: int, closed: int, day: date) -> StageNorm:
    return StageNorm(
        stage=stage,
        stuck_after_days=stuck_after(stays, stage.max_idle_days),
        stay_count=len(stays),
        win_share=_win_share(stage, won, closed),
        closed_count=max(closed, 0),
        learned_on=day,
    )


def _win_share(stage: Stage, won: int, closed: int) -> Decimal:
    if stage.kind in ("won", "lost"):
        return Decimal(stage.kind == "won")
    return min(max(shrunk_share(won, closed, stage.probability), Decimal(0)), Decimal(1))


def _stays(pipeline: int, day: date) -> dict[int, list[int]]:
    values: dict[str, Any] = {
        "day": day,
        "from": day - LEARN_FROM,
        "pipeline": pipeline,
        "sample": SAMPLE,
    }
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(STAYS, values)
        for stage, days in cursor.fetchall():
            found[stage].append(max(days, 0))
    return found


def _closed(day: date) -> dict[int, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(CLOSED, {"day": day, "from": day - LEARN_FROM})
        return {stage: (won, closed) for stage, won, closed in cursor.fetchall()}


def maturity_days(day: date) -> int:
    """The 90th percentile of the cycle of the latest won deals: older cohorts have settled."""
    with connection.cursor() as cursor:
        cursor.execute(CYCLES, [day, SAMPLE])
        cycles = [days for (days,) in cursor.fetchall()]
    if len(cycles) < ENOUGH_STAYS:
        return DEFAULT_MATURITY
    return percentile(cycles, Decimal("0.9")) or 1
