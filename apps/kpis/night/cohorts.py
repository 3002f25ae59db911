"""Cohorts of stages: who entered in a week, and what became of those deals since.

A change of one deal touches the weeks of all its entries, so the night does not count weeks anew:
it takes back what the changed deals gave before their new moves and adds what they give now. Which
moves are new is known exactly: those recorded since the last counting, with a margin for slow
transactions, less the ones of that margin which were counted then (CountedMove).
"""

from datetime import date, datetime

from django.db import connection

from apps.kpis.choices import Journal
from apps.kpis.models import CountedMove, LateEvent, NightRun
from apps.kpis.night.counting import filled
from apps.kpis.night.dirty import MARGIN, Dirty
from apps.kpis.night.facts import INTO_END, LEFT_END, LOSES, TUNED, WINS, turns_of
from apps.kpis.night.steps import last_read

CODE = "cohorts"

# Places in the order of selling; a refusal has none, unless the deal was born refused. Millions of
# moves look them up by the number of their stage in an array, which is cheaper than a join.
STAGES = """
stage AS (
    SELECT id, pipeline_id, kind, CASE kind WHEN 'won' THEN 32000 WHEN 'lost' THEN NULL
        ELSE "order" END AS place, min("order") OVER (PARTITION BY pipeline_id) AS first_place
    FROM deals_stage
)"""
PLACES = "WITH" + STAGES + " SELECT id, kind, place, first_place FROM stage"
INTO_PLACE = """CASE WHEN move.from_stage_id IS NULL
        THEN coalesce((%(places)s::int[])[move.to_stage_id], (%(firsts)s::int[])[move.to_stage_id])
        ELSE (%(places)s::int[])[move.to_stage_id] END"""
LEFT_PLACE = "(%(places)s::int[])[move.from_stage_id]"


# What the moves of `source` give. A move forwards enters each stage up to its own, beyond the
# furthest one the deal had reached; that is where it came from, unless the deal ever went back.
# Moves that are alike in all this are counted first: there are many times fewer kinds than moves.
# What came late for a closed month entered on the day on which it was booked. The last move of a
# deal carries its end in its lowest digit, so that one maximum finds both.
GIVEN = f"""
SELECT alike.week, alike.user_id, entered.id AS stage_id, sum(alike.count) AS entered,
    coalesce(sum(alike.count) FILTER (WHERE alike.top > entered.place), 0) AS passed,
    coalesce(sum(alike.count) FILTER (WHERE alike.top <= entered.place AND alike.ended = {LOSES}), 0)
        AS lost,
    coalesce(sum(alike.count) FILTER (WHERE alike.ended = {WINS}), 0) AS won
FROM (
    SELECT {{{{day:moves:move}}}} - ({{{{day:moves:move}}}} - date '2001-01-01') %% 7 AS week,
        move.owner_id AS user_id, move.from_stage_id, move.to_stage_id, deal.top, deal.ended,
        CASE WHEN deal.goes_back THEN coalesce((
                SELECT max({INTO_PLACE.replace("move.", "earlier.")})
                FROM {{source}} earlier WHERE earlier.deal_id = move.deal_id AND earlier.id < move.id
            ), 0) END AS reached,
        count(*) AS count
    FROM {{source}} move
    JOIN (
        SELECT move.deal_id, max({INTO_PLACE}) AS top, max(move.id * 4 + {INTO_END}) %% 4 AS ended,
            bool_or({LEFT_END} = {LOSES} OR {INTO_PLACE} < {LEFT_PLACE}) AS goes_back
        FROM {{source}} move
        GROUP BY 1
    ) deal ON deal.deal_id = move.deal_id
    {{{{late:moves:move}}}}
    GROUP BY 1, 2, 3, 4, 5, 6, 7
) alike
JOIN stage into_stage ON into_stage.id = alike.to_stage_id
JOIN stage entered ON entered.pipeline_id = into_stage.pipeline_id
    AND entered.place <= {INTO_PLACE.replace("move.", "alike.")}
    AND entered.place > coalesce(alike.reached, {LEFT_PLACE.replace("move.", "alike.")}, 0)
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
    counted = last_read(CODE, before=run)
    with connection.cursor() as cursor:
        cursor.execute(TUNED)
        stages = read_stages(cursor)
        if dirty.is_everything or counted is None or _turned_late(run):
            cursor.execute("TRUNCATE kpis_stagecohort")
            cursor.execute(filled(EVERYTHING, None), stages)
        else:
            cursor.execute(filled(CHANGED, None), {**stages, "since": counted - MARGIN})
        rows = cursor.rowcount
        _remember_counted(cursor, run.read_from)
        return rows


def read_stages(cursor) -> dict[str, list]:
    """Places of the stages, first places of their pipelines and how they end deals, by number."""
    cursor.execute(PLACES)
    rows = cursor.fetchall()
    length = max((pk for pk, *_rest in rows), default=0)
    places, firsts = [None] * length, [None] * length
    for pk, _kind, place, first in rows:
        places[pk - 1], firsts[pk - 1] = place, first
    turns = turns_of({pk: kind for pk, kind, *_rest in rows})
    return {"places": places, "firsts": firsts, "turns": turns}


def _turned_late(run: NightRun) -> bool:
    """Has the night before counted a move in time that this one found to be late?

    It was written while that night ran and the month was closed before this one began.
    """
    booked = LateEvent.objects.filter(booked_in=run, journal=Journal.MOVES)
    return CountedMove.objects.filter(move_id__in=booked.values("event_id")).exists()


def _remember_counted(cursor, read_from: datetime | None) -> None:
    cursor.execute("DELETE FROM kpis_countedmove")
    cursor.execute(
        "INSERT INTO kpis_countedmove SELECT id FROM deals_stagemove WHERE recorded_at >= %s",
        [read_from - MARGIN if read_from else None],
    )


def week_of_day(day: date) -> date:
    """The Monday under which `day` is counted."""
    return day.fromordinal(day.toordinal() - day.weekday())
