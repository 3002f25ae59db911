"""The company's day and its working days.

Moments are stored in UTC; a business day is the date in the company's time zone. Working days come
from the production calendar of Russia (the `holidays` library) and the company's own exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from django.utils import timezone

from apps.core.models import CalendarDay, Company
from apps.core.periods import DAY, Period

COUNTRY = "RU"


def company_zone() -> ZoneInfo:
    return ZoneInfo(Company.current().time_zone)


def company_today() -> date:
    """The business day it is now."""
    return business_day(timezone.now())


def business_day(moment: datetime, zone: ZoneInfo | None = None) -> date:
    """The company's date at `moment`; give `zone` when asking for many moments."""
    return moment.astimezone(zone or company_zone()).date()


def day_start(day: date, zone: ZoneInfo | None = None) -> datetime:
    """The moment at which the business day `day` begins.

    Where clocks skip midnight (a change to summer time at 0:00) the day begins after the gap.
    """
    midnight = datetime.combine(day, time.min, tzinfo=zone or company_zone())
    return midnight.astimezone(ZoneInfo("UTC"))


def moments_of(period: Period, zone: ZoneInfo | None = None) -> tuple[datetime, datetime]:
    """The half-open range of moments that the days of `period` cover."""
    zone = zone or company_zone()
    return day_start(period.start, zone), day_start(period.end, zone)


def is_now(period: Period) -> bool:
    """Does the period hold today, or yesterday as its last day over?"""
    today = company_today()
    return period.start <= today and period.end >= today


def days_over(period: Period) -> Period | None:
    """The days of `period` that are over, None when it is still to come."""
    end = min(period.end, company_today())
    return Period(period.start, end) if end > period.start else None


@lru_cache(maxsize=64)
def _national(year: int) -> holidays.HolidayBase:
    """The state's calendar; it depends on nothing but the library, so a process keeps it."""
    return holidays.country_holidays(COUNTRY, years=year)


def usual_working_day_after(day: date) -> date:
    """The working day after `day` by the state's calendar: to offer in a form, where the company's
    own exceptions are not worth a query."""
    day += DAY
    while not _national(day.year).is_working_day(day):
        day += DAY
    return day


class WorkCalendar:
    """Which days are working days; one query a load, and one for each year beyond it."""

    def __init__(self) -> None:
        self._exceptions: dict[int, dict[date, bool]] = {}

    @classmethod
    def load(cls, first: date, last: date) -> WorkCalendar:
        """The calendar with the exceptions of the years of `first` to `last` at hand."""
        calendar = cls()
        calendar._fetch(first.year, last.year)
        return calendar

    def _fetch(self, first_year: int, last_year: int) -> None:
        self._exceptions |= {year: {} for year in range(first_year, last_year + 1)}
        days = CalendarDay.objects.filter(
            day__gte=date(first_year, 1, 1), day__lte=date(last_year, 12, 31)
        )
        for day, is_working in days.values_list("day", "is_working"):
            self._exceptions[day.year][day] = is_working

    def is_working(self, day: date) -> bool:
        if day.year not in self._exceptions:
            self._fetch(day.year, day.year)
        exception = self._exceptions[day.year].get(day)
        return _national(day.year).is_working_day(day) if exception is None else exception

    def working_days(self, period: Period) -> list[date]:
        return [day for day in period.days() if self.is_working(day)]

    def numbers(self, period: Period) -> list[int]:
        """For each day of `period`, and for the one after it, how many working days lie before it."""
        numbers = [0]
        for day in period.days():
            numbers.append(numbers[-1] + self.is_working(day))
        return numbers

    def count(self, days: Iterable[date]) -> int:
        """How many of `days` are working days."""
        return sum(map(self.is_working, days))

    def working_days_left(self, period: Period, today: date) -> int:
        """Working days of `period` from `today` on, today included."""
        return self.count(day for day in period.days() if day >= today)

    def working_days_gone(self, period: Period, today: date) -> int:
        """Working days of `period` before `today`."""
        return self.count(day for day in period.days() if day < today)

    def add_working_days(self, day: date, n: int) -> date:
        """The `n`-th working day after `day`, before it for a negative `n`; `day` itself for 0."""
        step = DAY if n > 0 else -DAY
        for _ in range(abs(n)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def next_working(self, day: date) -> date:
        """`day`, if it is a working day, else the first one after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day
