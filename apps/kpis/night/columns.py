"""The columns of the metric catalogue by month: what the months are made of is read once, at night.

A month is read by one statement a source for everybody at once, and written whole: its rows are
replaced in the transaction of its part. Calculated again from the same records it is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from apps.core.metrics import all_sources, source_in
from apps.core.periods import Period, add_months, month_of
from apps.kpis.closing import frozen_months
from apps.kpis.models import MonthColumns, NightRun
from apps.kpis.night.months import MONTHS, months_to_write
from apps.kpis.night.numbers import plain
from apps.kpis.night.unchanged import read_again
from apps.staff.models import Membership, User

CODE = "metrics"
BATCH = 500
# Many statements of a few rows each: compiling them would take longer than it saves. A month's rows
# are looked up in what memory holds already, not read one by one from a disk.
TUNED = "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL random_page_cost = 1.1"

Values = dict[str, str]


def months_of(run: NightRun) -> list[str]:
    """First days (ISO) of the months to write: those of the snapshots, older ones that late events
    touched, and the month before.

    What a month begins, the next one ends: a lead is answered, a late task is done. A closed month
    is written once more, with its snapshots, and then stays.
    """
    current = month_of(run.day + timedelta(days=1)).start
    touched = {date.fromisoformat(day).replace(day=1) for day in run.dirty_days or ()}
    open_ones = {*touched, add_months(current, -1)} - frozen_months(run)
    starts = {*months_to_write(run), *open_ones, *missing_months(current)}
    return [start.isoformat() for start in sorted(starts)]


def missing_months(current: date) -> set[date]:
    """Of the months that pages show, those that nobody has written yet."""
    wanted = {add_months(current, -shift) for shift in range(MONTHS)}
    kept = MonthColumns.objects.filter(month__in=wanted).order_by()
    return wanted - set(kept.values_list("month", flat=True).distinct())


def store_month(run: NightRun, part: str) -> int:
    """Write the month anew as of the run's day; how many people have a row."""
    start = date.fromisoformat(part)
    period = seen_part(month_of(start), run.day)
    if period is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TUNED)
    people = read_again(run, period)
    kept = kept_balances(start, people)
    stocks = balance_sources()
    values = {
        person: written(people.get(person, {}), stocks) for person in sorted({*people, *kept})
    }
    teams = teams_on(period.last_day)
    rows = [
        MonthColumns(
            month=start, user_id=person, team_id=teams.get(person), values=found | kept_of, run=run
        )
        for person, found in values.items()
        if (kept_of := kept.get(person, {})) or found
    ]
    MonthColumns.objects.filter(month=start).delete()
    MonthColumns.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def seen_part(month: Period, day: date) -> Period | None:
    """The days of the month up to the run's; None on the morning of its first."""
    end = min(month.end, day + timedelta(days=1))
    return Period(month.start, end) if end > month.start else None


def balance_sources() -> set[str]:
    return {source.code for source in all_sources() if source.is_stock}


def written(columns: Mapping[str, Decimal], stocks: Collection[str]) -> Values:
    """Columns as they are kept: in the order of their names, plainly written.

    Sums that are zero are left out. A balance of zero stays: it is known, others are not.
    """
    return {
        name: plain(columns[name])
        for name in sorted(columns)
        if columns[name] or source_in(name) in stocks
    }


def kept_balances(start: date, people: Mapping[int, Iterable[str]]) -> dict[int, Values]:
    """Balances of the month that its rows hold and that nothing remembers any more.

    Some records know only how things are now. A source that gives nothing for a month gone by
    leaves what the nights of that month wrote.
    """
    given = {source_in(name) for columns in people.values() for name in columns}
    silent = balance_sources() - given
    if not silent:
        return {}
    rows = MonthColumns.objects.filter(month=start).values_list("user_id", "values")
    found = {
        person: {name: text for name, text in values.items() if source_in(name) in silent}
        for person, values in rows
    }
    return {person: values for person, values in found.items() if values}


def teams_on(day: date) -> dict[int, int | None]:
    """Everybody's team on the day, the latest one of those who had no place then."""
    teams = dict(User.objects.values_list("pk", "team"))
    return teams | dict(Membership.objects.on(day).values_list("user", "node"))
