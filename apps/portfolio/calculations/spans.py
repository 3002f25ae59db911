"""Spans of months that end on any day: the year and the quarters of a segmentation."""

from calendar import monthrange
from datetime import date

MONTHS_OF_QUARTER = 3


def months_back(day: date, count: int) -> date:
    """The same day of the month `count` months earlier; the last one where the month is shorter.

    31 May minus 3 months is 28 (29) February.
    """
    months = day.year * 12 + day.month - 1 - count
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def quarter_starts(end: date, count: int) -> list[date]:
    """First days of the last `count` quarters before `end`, the oldest first.

    They are spans of three months counted back from `end`, so the newest one is complete.
    """
    return [months_back(end, MONTHS_OF_QUARTER * back) for back in range(count, 0, -1)]


def calendar_quarter(day: date) -> int:
    """The number of the calendar quarter: consecutive quarters have consecutive numbers."""
    return day.year * 4 + (day.month - 1) // MONTHS_OF_QUARTER
