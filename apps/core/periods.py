"""Half-open periods of business days: months, quarters, years and anything between."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """Business days from `start` until before `end`.

    `fiscal_start`, the first month of the fiscal year, only names quarters and years.
    """

    start: date
    end: date
    fiscal_start: int = field(default=1, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a period lasts at least a day")

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def last_day(self) -> date:
        return self.end - DAY

    @property
    def length(self) -> int:
        """Calendar days."""
        return (self.end - self.start).days

    @property
    def months(self) -> int:
        """Whole calendar months; 0 when it does not consist of them."""
        if self.start.day != 1 or self.end.day != 1:
            return 0
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month

    def days(self) -> Iterator[date]:
        return (self.start + timedelta(days=shift) for shift in range(self.length))

    def previous(self) -> "Period":
        """The period of the same kind that ends where this one begins."""
        return self._moved(-1)

    def next(self) -> "Period":
        return self._moved(1)

    def _moved(self, steps: int) -> "Period":
        if self.months:
            start = add_months(self.start, steps * self.months)
            return Period(start, add_months(start, self.months), self.fiscal_start)
        shift = steps * timedelta(days=self.length)
        return Period(self.start + shift, self.end + shift, self.fiscal_start)

    @property
    def label(self) -> str:
        """November 2026; Q4 2026; 2026; 23 Nov 2026; 23 Nov 2026 – 3 Dec 2026."""
        if self.months == 1:
            return _month_label(self.start, get_language())
        if self.months == 3 and (self.start.month - self.fiscal_start) % 3 == 0:
            return self._quarter_label()
        if self.months == 12 and self.start.month == self.fiscal_start:
            return fiscal_year_label(self.start)
        if self.length == 1:
            return date_format(self.start)
        return f"{date_format(self.start)} – {date_format(self.last_day)}"

    def _quarter_label(self) -> str:
        number = (self.start.month - self.fiscal_start) % 12 // 3 + 1
        year = fiscal_year_label(year_of(self.start, self.fiscal_start).start)
        return _("Q%(number)d %(year)s") % {"number": number, "year": year}


@lru_cache(maxsize=512)
def _month_label(first: date, language: str | None) -> str:
    """Pages offer a year of months to choose from: their names are made once a language."""
    return date_format(first, "F Y")


def fiscal_year_label(start: date) -> str:
    """2026, or 2026/27 for a fiscal year that does not begin in January."""
    return str(start.year) if start.month == 1 else f"{start.year}/{(start.year + 1) % 100:02}"


def add_months(first: date, count: int) -> date:
    """The first day of the month `count` months after the month of `first`."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def day_of(day: date) -> Period:
    return Period(day, day + DAY)


def week_of(day: date) -> Period:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=7))


def month_of(day: date) -> Period:
    return Period(day.replace(day=1), add_months(day, 1))


def quarter_of(day: date, fiscal_start: int = 1) -> Period:
    """The quarter of the fiscal year that begins in the month `fiscal_start`."""
    start = add_months(day, -((day.month - fiscal_start) % 3))
    return Period(start, add_months(start, 3), fiscal_start)


def year_of(day: date, fiscal_start: int = 1) -> Period:
    start = add_months(day, -((day.month - fiscal_start) % 12))
    return Period(start, add_months(start, 12), fiscal_start)
