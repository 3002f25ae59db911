"""The time the sample department has lived through: its working days, seasons and hours."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.core.calendars import WorkCalendar
from apps.core.periods import Period, month_of

MONTHS = 24
ZONE = ZoneInfo("Europe/Moscow")
# Sales of a month against the average month, January first.
SEASON = (0.72, 0.88, 1.02, 1.04, 0.90, 1.00, 0.92, 0.95, 1.08, 1.12, 1.15, 1.22)
YEARLY_GROWTH = 1.16
DAYS_BEFORE_SALE = 26
WARM_UP = timedelta(days=50)
# Sales of a month are back-loaded: at the share x of its working days x ** BEND is sold.
BEND = 1.36
# The month that went wrong, counted back from the current one, and what was left of its sales.
FAILED_MONTH = 7
FAILED_SHARE = 0.4


class Span:
    """From the first day of the month 24 months ago until `today`, which has not begun yet."""

    def __init__(self, today: date):
        self.today = today
        month = month_of(today)
        self.months = [month]
        for _ in range(MONTHS):
            self.months.insert(0, self.months[0].previous())
        self.start = self.months[0].start
        ahead = Period(self.start - timedelta(days=120), today + timedelta(days=800))
        self.calendar = WorkCalendar.load(ahead.start, ahead.end)
        self.working = self.calendar.working_days(ahead)
        self.position = {day: index for index, day in enumerate(self.working)}
        # Deals are opened on these days; the sales of the first month began before it.
        self.lived = [day for day in self.working if self.start - WARM_UP <= day < today]
        self._by_month: dict[tuple[int, int], list[date]] = {}
        self.failed = self.months[-1 - FAILED_MONTH]

    def working_from(self, day: date) -> date:
        """`day` when it is a working one, else the next working day."""
        while day not in self.position:
            day += timedelta(days=1)
        return day

    def working_in(self, day: date) -> list[date]:
        """Working days of the month that `day` is in."""
        key = (day.year, day.month)
        if key not in self._by_month:
            self._by_month[key] = [d for d in self.working if (d.year, d.month) == key]
        return self._by_month[key]

    def expected_share(self) -> float:
        """Share of the running month's sales that the working days before today bring."""
        days = self.working_in(self.months[-1].start)
        return (sum(day < self.today for day in days) / len(days)) ** BEND

    def add_working(self, day: date, count: int) -> date:
        at = self.position[self.working_from(day)] + count
        return self.working[min(max(at, 0), len(self.working) - 1)]

    def demand(self, day: date) -> float:
        """How much is sold around `day` against an average day of the first month."""
        years = (day - self.start).days / 365.25
        return SEASON[day.month - 1] * YEARLY_GROWTH**years

    def month_index(self, day: date) -> int:
        return (day.year - self.start.year) * 12 + day.month - self.start.month


def moment(day: date, rng: random.Random, first: int = 9, last: int = 18) -> datetime:
    """A moment of `day` within the office hours, to the minute."""
    minute = first * 60 + int(rng.random() * (last - first) * 60)
    return datetime.combine(day, time(minute // 60, minute % 60), ZONE)


def moment_of(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE)
