"""Which days a night has to count anew."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from apps.core.periods import month_of
from apps.kpis.closing import frozen_months
from apps.kpis.models import NightRun

# An event carries the moment of its own transaction's start: nothing takes longer to commit.
MARGIN = timedelta(hours=1)


@dataclass(frozen=True)
class Dirty:
    """`days` is None when everything is to be counted anew."""

    days: list[date] | None

    @classmethod
    def of(cls, run: NightRun) -> "Dirty":
        """As the run has settled it."""
        days = run.dirty_days
        return cls(None if days is None else [date.fromisoformat(day) for day in days])

    @property
    def is_everything(self) -> bool:
        return self.days is None

    def holds(self, first: date, end: date) -> bool:
        """Is a day of the half-open range among them?"""
        return self.days is None or any(first <= day < end for day in self.days)


def previous_run(run: NightRun) -> NightRun | None:
    """The last night that was published before `run` began."""
    earlier = NightRun.objects.published().filter(read_from__isnull=False)
    return earlier.exclude(pk=run.pk).order_by("-published_at").first()


def find_dirty(run: NightRun) -> Dirty:
    """Days of late events, of corrections and since the previous night, up to the run's day.

    Days of a closed month never are; those of a reopened one are all of them. Else the whole
    history is dirty for the first night, for a rebuild, once a week and after a change
    of stages: that heals what edits of a deal's dimensions (its source, its client's level) left.
    """
    before = previous_run(run)
    if (
        before is None
        or before.read_from is None
        or run.is_rebuild
        or _week(before.day) != _week(run.day)
    ):
        return Dirty(None)
    changed = days_changed_since(before, run.day)
    if changed is None:
        return Dirty(None)
    gap = (run.day - before.day).days
    days = {before.day + timedelta(days=shift) for shift in range(1, gap + 1)}
    closed = frozen_months(run)
    reopened = [month_of(month) for month in frozen_months(before) - closed]
    days |= {day for month in reopened for day in month.days() if day <= run.day}
    return Dirty(sorted(day for day in days | changed if day.replace(day=1) not in closed))


def days_changed_since(before: NightRun, last: date) -> set[date] | None:
    """Days up to `last` whose facts are no longer what that night found; None: all of them."""
    marks = history_marks()
    changed = {name for name in HISTORIES if before.history_marks.get(name) != marks[name]}
    if before.read_from is None or "stages" in changed:
        return None
    values = {"since": before.read_from - MARGIN, "run": before.pk}
    return _late_days(values, last, changed)


def _week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]


# Records whose change alters facts of days gone by. Most nights find them as they were.
HISTORIES = {
    "stages": "deals_stagehistory",
    "places": "staff_membershiphistory",
    "splits": "deals_dealsplithistory",
}


def history_marks() -> dict[str, list[int]]:
    """How many changes each of HISTORIES holds, and the last one."""
    marks = {}
    with connection.cursor() as cursor:
        for name, table in HISTORIES.items():
            cursor.execute(f"SELECT count(*), coalesce(max(pgh_id), 0) FROM {table}")
            marks[name] = list(cursor.fetchone())
    return marks


# The days on which each event recorded since counts, that of a reversed one included.
LATE = """
SELECT happened_on FROM deals_stagemove WHERE recorded_at >= %(since)s
UNION SELECT happened_on FROM deals_wonadjustment WHERE recorded_at >= %(since)s
UNION SELECT happened_on FROM deals_allocation WHERE recorded_at >= %(since)s
UNION SELECT counts_on FROM kpis_lateevent WHERE booked_in_id >= %(run)s
UNION SELECT counts_on FROM kpis_lateshare WHERE booked_in_id >= %(run)s
UNION SELECT happened_on FROM deals_activity WHERE recorded_at >= %(since)s
UNION SELECT old.happened_on FROM deals_activity new JOIN deals_activity old
    ON old.id = new.reversal_of_id WHERE new.recorded_at >= %(since)s
UNION SELECT late.counts_on FROM deals_activity new JOIN kpis_lateevent late
    ON late.journal = 'activities' AND late.event_id = new.reversal_of_id
    WHERE new.recorded_at >= %(since)s
UNION SELECT coalesce(late.counts_on, move.happened_on) FROM deals_stagemove move
    LEFT JOIN kpis_lateevent late ON late.journal = 'moves' AND late.event_id = move.id
    WHERE move.deal_id IN (
    SELECT id FROM deals_deal WHERE archived_at >= %(since)s
    UNION SELECT now.pgh_obj_id FROM deals_dealhistory now JOIN deals_dealhistory was
        ON was.pgh_obj_id = now.pgh_obj_id AND was.archived_at IS NOT NULL
        WHERE now.pgh_created_at >= %(since)s AND now.archived_at IS NULL)
"""

# The days of deals whose shares have changed, of people whose place in a team has.
LATE_BY_CHANGE = {
    "splits": """
        SELECT event.happened_on FROM deals_dealsplithistory split
        JOIN (SELECT deal_id, happened_on FROM deals_stagemove
            UNION ALL SELECT deal_id, happened_on FROM deals_wonadjustment
            UNION ALL SELECT deal_id, counts_on FROM kpis_lateevent) event
            ON event.deal_id = split.deal_id
        WHERE split.pgh_created_at >= %(since)s""",
    "places": """
        SELECT day::date FROM staff_membershiphistory place, generate_series(
            place.started_on, least(coalesce(place.ended_on, %(day)s), %(day)s), '1 day') day
        WHERE place.pgh_created_at >= %(since)s""",
}


def _late_days(values: dict[str, Any], last: date, changed: set[str]) -> set[date]:
    late = [LATE, *(sql for name, sql in LATE_BY_CHANGE.items() if name in changed)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(late), {**values, "day": last})
        return {day for (day,) in cursor.fetchall() if day <= last}
