"""Reading a month of a source that is dear to read: only the days that nothing kept holds for.

The days of a month lie in one row a source; what they gave still holds on the days that nothing has
touched since the night that wrote them. A rebuild reads every day anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from apps.core.metrics import Source
from apps.core.periods import Period
from apps.kpis.models import DayColumns, NightRun
from apps.kpis.night.dirty import MARGIN
from apps.kpis.night.numbers import plain

# Person to "source.column" to its sum.
People = dict[int, dict[str, Decimal]]
Day = dict[str, dict[str, str]]


def read_by_day(run: NightRun, period: Period, source: Source) -> People:
    """The sums of the period, the days of it kept for the next night; `source` has `by_day`."""
    assert source.by_day is not None
    days = days_that_hold(run, period, source)
    missing = [day for day in period.days() if day.isoformat() not in days]
    fresh = source.by_day(missing)
    days |= {day.isoformat(): written(fresh.get(day, {})) for day in missing}
    DayColumns.objects.update_or_create(
        month=period.start, source=source.code, defaults={"values": days, "run": run}
    )
    return over(source.code, days.values())


def days_that_hold(run: NightRun, period: Period, source: Source) -> dict[str, Day]:
    """Of the kept days those that were not touched since they were read.

    What the run itself has written, or one that was never published, is not relied on: such a run
    may have begun again since, as of a later moment.
    """
    rows = DayColumns.objects.filter(month=period.start, source=source.code)
    kept = rows.select_related("run").first()
    if kept is None or source.changed is None or not is_relied_on(kept.run, run):
        return {}
    assert kept.run.read_from is not None  # it was published
    changed = source.changed(kept.run.read_from - MARGIN)
    if changed is None:
        return {}
    touched = {day.isoformat() for day in changed}
    asked = {day.isoformat() for day in period.days()}
    return {day: sums for day, sums in kept.values.items() if day in asked - touched}


def is_relied_on(writer: NightRun, run: NightRun) -> bool:
    """May `run` take over what `writer` has kept?"""
    if run.dirty_days is None or writer.pk == run.pk:
        return False
    return writer.published_at is not None and writer.day <= run.day


def written(sums: Mapping[int, Mapping[str, Decimal | int]]) -> Day:
    return {
        str(person): {name: plain(Decimal(value)) for name, value in columns.items() if value}
        for person, columns in sums.items()
    }


def over(code: str, days: Iterable[Day]) -> People:
    people: People = {}
    for day in days:
        for person, columns in day.items():
            mine = people.setdefault(int(person), {})
            for name, text in columns.items():
                column = f"{code}.{name}"
                mine[column] = mine.get(column, Decimal(0)) + Decimal(text)
    return people
