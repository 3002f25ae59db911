"""Which rows a statement of facts counts, and on which day: fills the places in its text.

{days:column}               the column lies among the days to count
{counted:journal:table}     the row of the journal, by the day on which it counts, does
{day:journal:table}         that day: when it happened, or for what came late, when it was booked
{late:journal:table}        joins the booking as `late`
{late?}                     the row came late
{struck}                    records that were struck out in time
{count}, {minutes}          of activities; what is struck out too late is taken back
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from apps.core.periods import add_months
from apps.kpis.models import LateEvent

STRUCK = "SELECT reversal_of_id FROM deals_activity WHERE reversal_of_id IS NOT NULL"
SIGN = "(CASE WHEN activity.reversal_of_id IS NULL THEN 1 ELSE -1 END)"
PLAIN = {
    r"\{late:(\w+):(\w+)\}": "",
    r"\{late\?\}": "false",
    r"\{day:(\w+):(\w+)\}": r"\2.happened_on",
    r"\{counted:(\w+):(\w+)\}": r"{days:\2.happened_on}",
    r"\{struck\}": STRUCK,
    r"\{count\}": "count(*)",
    r"\{minutes\}": "sum(activity.duration_minutes)",
    r"\{or_taken_back\}": "",
}
# Bookings are few: none is looked for while there are none, and their rows are found by number.
WITH_LATE = {
    r"\{late:(\w+):(\w+)\}": r"""LEFT JOIN kpis_lateevent late
        ON late.journal = '\1' AND late.event_id = \2.id""",
    r"\{late\?\}": "late.id IS NOT NULL",
    r"\{day:(\w+):(\w+)\}": r"coalesce(late.counts_on, \2.happened_on)",
    r"\{counted:(\w+):(\w+)\}": r"""{found:\1:\2}
        {days:coalesce(late.counts_on, \2.happened_on)}""",
    r"\{struck\}": STRUCK
    + " AND id NOT IN (SELECT event_id FROM kpis_lateevent WHERE journal = 'activities')",
    r"\{count\}": f"sum({SIGN})",
    r"\{minutes\}": f"""sum({SIGN} * coalesce(activity.duration_minutes, (
            SELECT original.duration_minutes FROM deals_activity original
            WHERE original.id = activity.reversal_of_id)))""",
    # A talk that is known twice still counts once.
    r"\{or_taken_back\}": """OR late.id IS NOT NULL AND activity.reversal_of_id IN (
            SELECT id FROM deals_activity WHERE confirms_id IS NULL AND id NOT IN (
                SELECT confirms_id FROM deals_activity WHERE confirms_id IS NOT NULL))""",
}
FOUND = r"""(\2.happened_on = ANY(%(days)s) OR \2.id = ANY(ARRAY(
            SELECT event_id FROM kpis_lateevent
            WHERE journal = '\1' AND counts_on = ANY(%(days)s)))) AND"""


def filled(sql: str, days: Sequence[date] | None, frozen: Collection[date] = ()) -> str:
    """`sql` for the dirty `days`, or for all up to %(day)s outside the `frozen` months."""
    places = WITH_LATE if LateEvent.objects.exists() else PLAIN
    for place, text in places.items():
        sql = re.sub(place, text, sql)
    sql = re.sub(r"\{found:(\w+):(\w+)\}", "" if days is None else FOUND, sql)
    return re.sub(r"\{days:([^{}]+)\}", _condition(days, frozen), sql)


def _condition(days: Sequence[date] | None, frozen: Collection[date]) -> str:
    if days is not None:
        return r"\1 = ANY(%(days)s)"
    left_alone = (
        rf" AND NOT (\1 >= '{first}' AND \1 < '{end}')" for first, end in stretches(frozen)
    )
    return r"\1 <= %(day)s" + "".join(left_alone)


def stretches(months: Collection[date]) -> list[tuple[date, date]]:
    """Half-open ranges of days that the months make, those in a row together."""
    found: list[tuple[date, date]] = []
    for month in sorted(months):
        if found and found[-1][1] == month:
            found[-1] = (found[-1][0], add_months(month, 1))
        else:
            found.append((month, add_months(month, 1)))
    return found
