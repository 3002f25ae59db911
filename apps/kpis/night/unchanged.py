"""Reading a month again: of sources that can tell what changed, only what they did not know.

What an earlier night kept of such a source still holds when none of the days that it had seen has
changed since; the days that have passed since are added to it. A rebuild reads everything anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from apps.core.metrics import ZERO, Source, all_sources, read_columns, source_in
from apps.core.periods import Period
from apps.kpis.models import MonthColumns, NightRun
from apps.kpis.night.day_columns import People, is_relied_on, read_by_day
from apps.kpis.night.dirty import MARGIN


@dataclass(frozen=True)
class Kept:
    """What the last night that wrote the month kept of it, and the days it had seen."""

    seen: Period
    writer: NightRun
    values: Mapping[int, Mapping[str, str]]

    def holds(self, source: Source) -> bool:
        """Has nothing changed since on the days that were seen?"""
        if source.changed is None or source.is_stock or self.writer.read_from is None:
            return False
        days = source.changed(self.writer.read_from - MARGIN)
        return days is not None and not any(day in self.seen for day in days)

    def of(self, sources: Iterable[str]) -> People:
        wanted = set(sources)
        return {
            person: {
                name: Decimal(text) for name, text in values.items() if source_in(name) in wanted
            }
            for person, values in self.values.items()
        }


def read_again(run: NightRun, period: Period) -> People:
    """The columns of all sources by person, as `read_columns` gives them but for sums of zero."""
    by_day = [source for source in all_sources() if source.by_day]
    parts = [read_by_day(run, period, source) for source in by_day]
    return together([*parts, *read_whole(run, period)])


def read_whole(run: NightRun, period: Period) -> list[People]:
    """The columns of the sources that are read by the month."""
    sources = [source for source in all_sources() if not source.by_day]
    kept = kept_of(run, period)
    same = [source.code for source in sources if kept is not None and kept.holds(source)]
    parts = [read_columns(period, [one.code for one in sources if one.code not in same])]
    if kept is not None and same:
        parts.append(kept.of(same))
        if kept.seen.end < period.end:
            parts.append(read_columns(Period(kept.seen.end, period.end), same))
    return parts


def kept_of(run: NightRun, period: Period) -> Kept | None:
    """What an earlier night kept of the month; None for a rebuild, and where none has or knew more.

    What the run itself has written, or one that was never published, is not relied on: such a run
    may have begun again since, as of a later moment.
    """
    rows = MonthColumns.objects.filter(month=period.start)
    newest = rows.select_related("run").order_by("-run").first()
    if newest is None or not is_relied_on(newest.run, run):
        return None
    writer = newest.run
    seen = Period(period.start, min(period.end, writer.day + timedelta(days=1)))
    if seen.end <= seen.start:
        return None
    return Kept(seen, writer, dict(rows.values_list("user_id", "values")))


def together(parts: Iterable[Mapping[int, Mapping[str, Decimal]]]) -> People:
    people: People = {}
    for part in parts:
        for person, columns in part.items():
            mine = people.setdefault(person, {})
            for name, value in columns.items():
                mine[name] = mine.get(name, ZERO) + value
    return people
