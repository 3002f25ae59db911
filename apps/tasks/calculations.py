"""Days of tasks that come again, rungs of a missed term: no ORM, no clock, no settings."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from apps.tasks.choices import Repeats, Rung

WEEK = timedelta(days=7)


def next_planned(
    day: date, *, repeats: str, begins_on: date, is_working: Callable[[date], bool]
) -> date:
    """The day that follows `day` in a series that began on `begins_on`.

    A weekly or monthly day may be a holiday: it is the plan, the term is `shifted` from it, so that
    the series keeps its weekday or its number. A month without the number takes its last day.
    """
    if repeats == Repeats.DAILY:
        return shifted(day + timedelta(days=1), is_working)
    if repeats == Repeats.WEEKLY:
        return day + WEEK
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(begins_on.day, monthrange(year, month)[1]))


def shifted(day: date, is_working: Callable[[date], bool]) -> date:
    """`day`, or the first working day after it."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def rungs_reached(
    *, is_late: bool, minutes: int, remind_hours: int, lead_hours: int, head_hours: int
) -> list[Rung]:
    """The rungs that a term has reached, lowest first.

    `minutes` are working minutes: until the term, or since it when `is_late`. Once the term is
    past nobody is reminded of it. A reminder of 0 hours is switched off.
    """
    if not is_late:
        return [Rung.REMINDER] if minutes < remind_hours * 60 else []
    later = [(Rung.LEAD, lead_hours), (Rung.HEAD, head_hours)]
    return [Rung.DUE, *(rung for rung, hours in later if minutes >= hours * 60)]
