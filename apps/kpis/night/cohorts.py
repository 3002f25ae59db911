"""Cohorts of stages: who entered in a week, and what became of those deals since.

A change of one deal touches the weeks of all its entries, so the night does not count weeks anew:
it takes back what the changed deals gave before their new moves and adds what they give now. Which
moves are new is known exactly: those recorded since the last counting, with a margin for slow
transactions, less the ones of that margin which were counted then (CountedMove).
"""

from datetime import date, datetime

from django.db import connection

from apps.kpis.models import NightRun, NightStep
from apps.kpis.night.dirty import MARGIN, Dirty
from apps.kpis.night.facts import WORK_MEM

CODE = "cohorts"

# Places in the order of selling; a refusal has none, unless the deal was born refused.
STAGES = """
stage AS (
    SELECT id, pipeline_id, kind, CASE kind WHEN 'won' THEN 32000 WHEN 'lost' THEN NULL
        ELSE "order" END AS place, min("order") OVER (PARTITION BY pipeline_id) AS first_place
    FROM deals_stage
)"""

# What the moves of `source` give. A move forwards enters each stage up to its own, beyond the
# furthest one the deal had reached; that is where it came from, unless the deal ever went back.
GIVEN = """
SELECT date_trunc('week', move.happened_on::timestamp)::date AS week, move.owner_id AS user_id,
    entered.id AS stage_id, count(*) AS entered,
    count(*) FILTER (WHERE deal.top > entered.place) AS passed,
    count(*) FILTER (WHERE deal.top <= entered.place AND deal.last = deal.lost) AS lost,
    count(*) FILTER (WHERE deal.last = deal.won) AS won
FROM {source} move
JOIN stage into_stage ON into_stage.id = move.to_stage_id
LEFT JOIN stage left_stage ON left_stage.id = move.from_stage_id
JOIN (
    SELECT move.deal_id, max(move.id) AS last,
        max(CASE WHEN move.from_stage_id IS NULL
            THEN coalesce(into_stage.place, into_stage.first_place)
            ELSE into_stage.place END) AS top,
        max(move.id) FILTER (WHERE into_stage.kind = 'won') AS won,
        max(move.id) FILTER (WHERE into_stage.kind = 'lost') AS lost,
        bool_or(left_stage.kind = 'lost' OR into_stage.place < left_stage.place) AS goes_back
    FROM {source} move
    JOIN stage into_stage ON into_stage.id = move.to_stage_id
    LEFT JOIN stage left_stage ON left_stage.id = move.from_stage_id
    GROUP BY 1
) deal ON deal.deal_id = move.deal_id
JOIN stage entered ON entered.pipeline_id = into_stage.pipeline_id
    AND entered.place <= CASE WHEN move.from_stage_id IS NULL
        THEN coalesce(into_stage.place, into_stage.first_place) ELSE into_stage.place END
    AND entered.place > CASE WHEN deal.goes_back THEN coalesce((
            SELECT max(CASE WHEN earlier.from_stage_id IS NULL
                THEN coalesce(stage.place, stage.first_place) ELSE stage.place END)
            FROM {source} earlier JOIN stage ON stage.id = earlier.to_stage_id
            WHERE earlier.deal_id = move.deal_id AND earlier.id < move.id), 0)
        ELSE coalesce(left_stage.place, 0) END
GROUP BY 1, 2, 3
"""

INTO = """
INSERT INTO kpis_stagecohort (week, user_id, stage_id, entered, passed, lost, still_open, won_count)
"""

EVERYTHING = (
    "WITH"
    + STAGES
    + INTO
    + """
SELECT week, user_id, stage_id, entered, passed, lost, entered - passed - lost, won FROM ("""
    + GIVEN.format(source="deals_stagemove")
    + ") given"
)

FRESH = """
SELECT id FROM deals_stagemove
WHERE recorded_at >= %(since)s AND id NOT IN (SELECT move_id FROM kpis_countedmove)
"""

CHANGED = (
    """
WITH fresh AS MATERIALIZED ("""
    + FRESH
    + """), now AS MATERIALIZED (
    SELECT * FROM deals_stagemove WHERE deal_id IN (
        SELECT deal_id FROM deals_stagemove WHERE id IN (SELECT id FROM fresh))
), before AS MATERIALIZED (
    SELECT * FROM now WHERE id NOT IN (SELECT id FROM fresh)
),"""
    + STAGES
    + INTO
    + """
SELECT week, user_id, stage_id, sum(sign * entered), sum(sign * passed), sum(sign * lost),
    sum(sign * (entered - passed - lost)), sum(sign * won)
FROM (
    SELECT 1 AS sign, given.* FROM ("""
    + GIVEN.format(source="now")
    + """) given
    UNION ALL
    SELECT -1, taken.* FROM ("""
    + GIVEN.format(source="before")
    + """) taken
) change
GROUP BY 1, 2, 3
ON CONFLICT (week, user_id, stage_id) DO UPDATE SET
    entered = kpis_stagecohort.entered + excluded.entered,
    passed = kpis_stagecohort.passed + excluded.passed,
    lost = kpis_stagecohort.lost + excluded.lost,
    still_open = kpis_stagecohort.still_open + excluded.still_open,
    won_count = kpis_stagecohort.won_count + excluded.won_count
"""
)


def store_cohorts(run: NightRun, dirty: Dirty) -> int:
    """Bring the cohorts up to date; must share a transaction with closing the step."""
    counted = _last_counted(run)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEM}'")
        if dirty.is_everything or counted is None:
            cursor.execute("TRUNCATE kpis_stagecohort")
            cursor.execute(EVERYTHING)
        else:
            cursor.execute(CHANGED, {"since": counted - MARGIN})
        rows = cursor.rowcount
        _remember_counted(cursor, run.read_from)
        return rows


def _last_counted(run: NightRun) -> datetime | None:
    """When the cohorts were counted last, by whichever run."""
    steps = NightStep.objects.filter(code=CODE, finished_at__isnull=False).exclude(run=run)
    newest = steps.order_by("-finished_at").select_related("run").first()
    return newest.run.read_from if newest else None


def _remember_counted(cursor, read_from: datetime | None) -> None:
    cursor.execute("DELETE FROM kpis_countedmove")
    cursor.execute(
        "INSERT INTO kpis_countedmove SELECT id FROM deals_stagemove WHERE recorded_at >= %s",
        [read_from - MARGIN if read_from else None],
    )


def week_of_day(day: date) -> date:
    """The Monday under which `day` is counted."""
    return day.fromordinal(day.toordinal() - day.weekday())
