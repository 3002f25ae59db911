"""Facts by one statement a table: the rows of the dirty days are counted and written anew.

The statements read events, never other facts. A deal in the bin was neither created nor lost, but what
it won before it was put there counts, and so does what was taken back of it. People belong to the team of
that day; days on which they had no place in any team, imported ones above all, go to their latest team.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import connection

from apps.deals.choices import StageKind
from apps.deals.models import Stage
from apps.kpis.night.counting import filled
from apps.kpis.night.dirty import Dirty

# What an end does to a deal, in the arrays that statements look up stages in; 0 is no end.
WINS, LOSES = 1, 2
ENDINGS: dict[str, int] = {StageKind.WON: WINS, StageKind.LOST: LOSES}

# Tasks are records, not events: those of the last weeks are always counted anew.
TASK_DAYS = 45
# Memory of one sort or hash of the database, not of the worker: half of what a large server keeps of
# its tables, so that ten million deals are not hashed through files. Compiling these statements
# would take longer than it saves. Nobody is told that a part is done before the database says so:
# should the machine lose power right after a commit, the part and the note of its end are gone
# together.
# Sums are added up as `money`, eight bytes of whole cents: of numeric a million groups would take
# a gigabyte and twice the time. Under "C" it has the two digits of our columns, whatever the server.
# The planner expects nearly as many groups as rows and would sort millions of them, through files;
# so would joins by merging, for a table of some people.
TUNED = """SELECT set_config('work_mem',
    greatest(262144, pg_size_bytes(current_setting('shared_buffers')) / 2048) || 'kB', true);
SET LOCAL jit = off; SET LOCAL synchronous_commit = off; SET LOCAL lc_monetary = 'C';
SET LOCAL enable_mergejoin = off; SET LOCAL enable_sort = off"""
# For some days rows are looked up in what memory holds already, not read one by one from a disk.
LOOKED_UP = "SET LOCAL random_page_cost = 1.1"

# Written in the order of days: the index grows at its end, the rows of a month lie together. As an
# expression: for the day itself all rows would be sorted before they are grouped.
TEAM = """LEFT JOIN staff_user person ON person.id = sums.user_id
LEFT JOIN staff_membership place ON place.user_id = sums.user_id
    AND place.started_on <= sums.day AND (place.ended_on IS NULL OR place.ended_on > sums.day)
ORDER BY sums.day + 0"""

# Moves that facts count: the first one of a deal, and those into and out of its ends. The ends are
# handed over as numbers, which is cheaper than joining the stages to millions of moves, and what a
# move into or out of a stage does to a deal (`turns_of`) as an array to be looked up in by number.
WON = "%(won_stages)s"
ENDS = "%(end_stages)s"
INTO_END, LEFT_END = (f"(%(turns)s::int[])[move.{side}_stage_id]" for side in ("to", "from"))
IS_WON, WAS_WON = f"{INTO_END} = {WINS}", f"{LEFT_END} = {WINS}"
BINNED = "(deal.archived_at IS NOT NULL AND deal.outcome <> 'won')"
EVENTS = f"""
SELECT {{day:moves:move}} AS day, move.owner_id AS user_id, move.deal_id, move.id AS move_id,
    (move.from_stage_id IS NULL AND NOT {BINNED})::int AS created,
    ({IS_WON})::int - coalesce({WAS_WON}, false)::int AS won,
    CASE WHEN {BINNED} THEN 0
        ELSE ({INTO_END} = {LOSES})::int - coalesce({LEFT_END} = {LOSES}, false)::int END AS lost,
    move.amount_base AS amount,
    CASE WHEN {IS_WON} AND NOT {{late?}} THEN move.amount_base END AS won_amount,
    CASE WHEN {IS_WON} AND {{late?}} THEN move.amount_base END AS adjusted,
    CASE WHEN {IS_WON} THEN move.happened_on - deal.opened_on
        WHEN {WAS_WON} THEN deal.opened_on - (
            SELECT max(win.happened_on) FROM deals_stagemove win
            WHERE win.deal_id = move.deal_id AND win.to_stage_id = move.from_stage_id
                AND win.id < move.id)
        ELSE 0 END AS cycle_days,
    deal.pipeline_id, deal.source_id, deal.client_id
FROM deals_stagemove move
JOIN deals_deal deal ON deal.id = move.deal_id
{{late:moves:move}}
WHERE {{counted:moves:move}}
    AND (move.from_stage_id IS NULL OR move.to_stage_id = ANY({ENDS})
        OR move.from_stage_id = ANY({ENDS}))
    AND (NOT {BINNED} OR move.to_stage_id = ANY({WON}) OR move.from_stage_id = ANY({WON}))"""
ADJUSTMENTS = """
SELECT {day:corrections:adjustment} AS day, adjustment.owner_id AS user_id, adjustment.deal_id,
    -adjustment.id AS move_id, 0 AS created, 0 AS won, 0 AS lost, NULL::numeric AS amount,
    NULL::numeric AS won_amount, adjustment.amount_base AS adjusted, 0 AS cycle_days,
    deal.pipeline_id, deal.source_id, deal.client_id
FROM deals_wonadjustment adjustment
JOIN deals_deal deal ON deal.id = adjustment.deal_id
{late:corrections:adjustment}
WHERE {counted:corrections:adjustment}"""

# What a change of shares moves from one person to another, of deals that counted in a closed month.
LATE_SHARES = """
SELECT share.counts_on, share.user_id, deal.pipeline_id, deal.source_id, deal.client_id, 0, 0, 0,
    NULL::numeric, share.amount, NULL::numeric, NULL::numeric, 0
FROM kpis_lateshare share JOIN deals_deal deal ON deal.id = share.deal_id
WHERE {days:share.counts_on}"""

# Who is due what part of a won sum of a shared deal: cents by largest remainder, exactly the whole.
PARTS = f"""
WITH event AS (
    {EVENTS} AND move.deal_id IN (SELECT deal_id FROM deals_dealsplit)
    UNION ALL
    {ADJUSTMENTS} AND adjustment.deal_id IN (SELECT deal_id FROM deals_dealsplit)
), cents AS (
    SELECT event.day, split.user_id, event.pipeline_id, event.source_id, event.client_id,
        event.move_id, split.id AS split_id, sign(money.value)::int AS sign, money.is_adjustment,
        abs(money.value) * 100 AS whole, floor(abs(money.value) * 100 * split.share) AS part,
        abs(money.value) * 100 * split.share - floor(abs(money.value) * 100 * split.share) AS rest
    FROM event
    JOIN deals_dealsplit split ON split.deal_id = event.deal_id
    CROSS JOIN LATERAL (VALUES (event.won_amount, false), (event.adjusted, true))
        money(value, is_adjustment)
    WHERE money.value <> 0
), part AS (
    SELECT *, sign * (part + (row_number() OVER by_rest <= whole - sum(part) OVER event)::int)
        / 100 AS amount
    FROM cents
    WINDOW event AS (PARTITION BY move_id, is_adjustment),
        by_rest AS (PARTITION BY move_id, is_adjustment ORDER BY rest DESC, split_id)
)
SELECT day, user_id, pipeline_id, source_id, client_id, 0 AS created, 0 AS won, 0 AS lost,
    CASE WHEN is_adjustment THEN NULL ELSE amount END AS won_amount,
    CASE WHEN is_adjustment THEN amount END AS adjusted,
    NULL::numeric AS created_amount, NULL::numeric AS lost_amount, 0 AS cycle_days
FROM part"""

# A shared deal gives its counts to the primary owner and its money to the parts. Sums pass over
# what is NULL, which costs less than adding millions of zeros.
WHOLES = """
SELECT day, user_id, pipeline_id, source_id, client_id, created, won, lost,
    CASE WHEN won_amount <> 0 AND deal_id NOT IN (SELECT deal_id FROM deals_dealsplit)
        THEN won_amount END AS won_amount,
    CASE WHEN adjusted <> 0 AND deal_id NOT IN (SELECT deal_id FROM deals_dealsplit)
        THEN adjusted END AS adjusted,
    CASE WHEN created <> 0 THEN amount END AS created_amount,
    CASE lost WHEN 1 THEN amount WHEN -1 THEN -amount END AS lost_amount, cycle_days
FROM ({events}) event"""

DEALS = (
    """
INSERT INTO kpis_dealfact (day, user_id, team_id, pipeline_id, segment, source_id, created_count,
    created_amount, won_count, won_amount, adjusted_amount, lost_count, lost_amount, cycle_days)
SELECT sums.day, sums.user_id, coalesce(place.node_id, person.team_id), sums.pipeline_id,
    sums.segment, sums.source_id, sums.created, coalesce(sums.created_amount::numeric, 0), sums.won,
    coalesce(sums.won_amount::numeric, 0), coalesce(sums.adjusted::numeric, 0), sums.lost,
    coalesce(sums.lost_amount::numeric, 0), sums.cycle_days
FROM (
    SELECT day, user_id, pipeline_id, coalesce(client.level, '') AS segment, line.source_id,
        sum(created) AS created, sum(created_amount::money) AS created_amount, sum(won) AS won,
        sum(won_amount::money) AS won_amount, sum(adjusted::money) AS adjusted, sum(lost) AS lost,
        sum(lost_amount::money) AS lost_amount, sum(cycle_days) AS cycle_days
    FROM (
"""
    + WHOLES.replace("{events}", EVENTS)
    + "\nUNION ALL"
    + WHOLES.replace("{events}", ADJUSTMENTS)
    + "\nUNION ALL SELECT * FROM ("
    + PARTS
    + ") parts\nUNION ALL"
    + LATE_SHARES
    + """
    ) line LEFT JOIN clients_client client ON client.id = line.client_id
    GROUP BY 1, 2, 3, 4, 5
) sums """
    + TEAM
)

PAYMENTS = (
    """
INSERT INTO kpis_paymentfact (day, user_id, team_id, pipeline_id, segment, source_id,
    received_count, received_amount)
SELECT sums.day, sums.user_id, coalesce(place.node_id, person.team_id), sums.pipeline_id,
    sums.segment, sums.source_id, sums.received, sums.amount::numeric
FROM (
    SELECT {day:payments:allocation} AS day, allocation.owner_id AS user_id, deal.pipeline_id,
        coalesce(client.level, '') AS segment, deal.source_id,
        sum(CASE WHEN allocation.amount_base < 0 THEN -1 ELSE 1 END) AS received,
        sum(allocation.amount_base::money) AS amount
    FROM deals_allocation allocation
    JOIN deals_scheduleline line ON line.id = allocation.line_id
    JOIN deals_deal deal ON deal.id = line.deal_id
    LEFT JOIN clients_client client ON client.id = deal.client_id
    {late:payments:allocation}
    WHERE {counted:payments:allocation}
    GROUP BY 1, 2, 3, 4, 5
) sums """
    + TEAM
)

# A measured talk that confirms a typed record is counted with that record, unless it was struck out.
ACTIVITIES = (
    """
INSERT INTO kpis_activityfact (day, user_id, team_id, pipeline_id, segment, source_id,
    calls, meetings, emails, notes, minutes)
SELECT sums.day, sums.user_id, coalesce(place.node_id, person.team_id), sums.pipeline_id,
    sums.segment, sums.source_id, coalesce(sums.calls, 0), coalesce(sums.meetings, 0),
    coalesce(sums.emails, 0), coalesce(sums.notes, 0), coalesce(sums.minutes, 0)
FROM (
    SELECT {day:activities:activity} AS day, activity.user_id, deal.pipeline_id,
        coalesce(client.level, '') AS segment, deal.source_id,
        {count} FILTER (WHERE activity.kind = 'call') AS calls,
        {count} FILTER (WHERE activity.kind = 'meeting') AS meetings,
        {count} FILTER (WHERE activity.kind = 'email') AS emails,
        {count} FILTER (WHERE activity.kind = 'note') AS notes,
        {minutes} AS minutes
    FROM deals_activity activity
    LEFT JOIN deals_deal deal ON deal.id = activity.deal_id
    LEFT JOIN clients_client client ON client.id = coalesce(activity.client_id, deal.client_id)
    {late:activities:activity}
    WHERE {counted:activities:activity} AND (activity.reversal_of_id IS NULL
        AND activity.id NOT IN ({struck})
        AND (activity.confirms_id IS NULL OR activity.confirms_id IN ({struck}))
        {or_taken_back})
    GROUP BY 1, 2, 3, 4, 5
) sums """
    + TEAM
)

# A task counts as due on the company's day of its deadline and as done on that of its end.
TASKS = (
    """
INSERT INTO kpis_taskfact (day, user_id, team_id, due_count, on_time_count, done_count)
SELECT sums.day, sums.user_id, coalesce(place.node_id, person.team_id), sums.due, sums.on_time,
    sums.done
FROM (
    SELECT day, user_id, sum(due) AS due, sum(on_time) AS on_time, sum(done) AS done FROM (
        SELECT (due_at AT TIME ZONE %(zone)s)::date AS day, assignee_id AS user_id, 1 AS due,
            coalesce(done_at <= due_at, false)::int AS on_time, 0 AS done
        FROM tasks_task WHERE archived_at IS NULL
        UNION ALL
        SELECT (done_at AT TIME ZONE %(zone)s)::date, assignee_id, 0, 0, 1
        FROM tasks_task WHERE archived_at IS NULL AND done_at IS NOT NULL
    ) task
    WHERE {days:task.day}
    GROUP BY 1, 2
) sums """
    + TEAM
)

# What is counted side by side, the longest first: the tables of each part with their statements.
PARTS_OF_FACTS = {
    "deals": {"kpis_dealfact": DEALS},
    "activities": {"kpis_activityfact": ACTIVITIES},
    "payments": {"kpis_paymentfact": PAYMENTS, "kpis_taskfact": TASKS},
}


def store_facts(
    part: str, dirty: Dirty, *, day: date, zone: str, frozen: Collection[date] = ()
) -> int:
    """Write the facts of a part for the dirty days up to `day`; returns how many rows they have.

    Those of the `frozen` months (their first days) stay as they are, whatever is dirty.
    """
    values = {"day": day, "zone": zone, **ends_of_pipelines()}
    rows = 0
    for table, sql in PARTS_OF_FACTS[part].items():
        days = dirty.days
        if table == "kpis_taskfact" and days is not None:
            days = _recent(day)
        rows += replace_days(table, sql, days, values, frozen)
    return rows


def ends_of_pipelines() -> dict[str, list[int]]:
    """The stages of winning and losing, those in the bin too: deals have passed them."""
    kinds = dict(Stage.objects.values_list("pk", "kind"))
    turns = turns_of(kinds)
    return {
        "won_stages": [pk for pk, kind in kinds.items() if kind == StageKind.WON],
        "end_stages": [pk for pk in kinds if turns[pk - 1]],
        "turns": turns,
    }


def turns_of(kinds: dict[int, str]) -> list[int]:
    """What each stage does to a deal that enters it, by number, from the kinds of all stages."""
    turns = [0] * max(kinds, default=1)
    for pk, kind in kinds.items():
        turns[pk - 1] = ENDINGS.get(kind, 0)
    return turns


def _recent(day: date) -> list[date]:
    return [day - timedelta(days=shift) for shift in range(TASK_DAYS)]


def replace_days(
    table: str,
    sql: str,
    days: list[date] | None,
    values: dict[str, Any],
    frozen: Collection[date],
) -> int:
    """Write the table's rows of the `days` anew (all up to values["day"] when None) by `sql`.

    The `frozen` months stay. Returns how many rows were written.
    """
    if days is not None:
        days = [day for day in days if day.replace(day=1) not in frozen]
    values_of_query = {**values, "days": days}
    with connection.cursor() as cursor:
        cursor.execute(TUNED)
        if days is not None:
            cursor.execute(LOOKED_UP)
        if days is None and not frozen:
            cursor.execute(f"TRUNCATE {table}")
        else:
            outdated = filled(f"DELETE FROM {table} WHERE {{days:day}}", days, frozen)
            cursor.execute(outdated, values_of_query)
        cursor.execute(filled(sql, days, frozen), values_of_query)
        return cursor.rowcount
