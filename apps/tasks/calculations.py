"""Days of tasks that come again, rungs of a missed term, discipline, load: no ORM, no clock."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from apps.core.periods import Period
from apps.tasks.choices import Repeats, Rung

WEEK = timedelta(days=7)
# So many tasks due on one day are never called too many.
FEW = 4


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


@dataclass(frozen=True)
class Discipline:
    """F19 over the tasks whose first promised term has passed; counts, and sums over those tasks.

    `weight` is the sum of their priorities (1 low, 2 normal, 3 high), `delay_days` the sum of the
    working days by which the late ones were late. Source: FORMULAS.md, "Task discipline (F19)".
    """

    due: int = 0
    on_time: int = 0
    still_open: int = 0
    weight: int = 0
    weight_on_time: int = 0
    delay_days: int = 0
    moved: int = 0
    returned: int = 0
    reopened: int = 0

    def __add__(self, other: Discipline) -> Discipline:
        return Discipline(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def late(self) -> int:
        return self.due - self.on_time

    @property
    def share(self) -> Decimal | None:
        """Closed by the promised term ÷ due; a fraction, None without a due task."""
        return Decimal(self.on_time) / self.due if self.due else None

    @property
    def index(self) -> Decimal | None:
        """The same, each task weighed by its priority."""
        return Decimal(self.weight_on_time) / self.weight if self.weight else None

    @property
    def mean_delay(self) -> Decimal | None:
        """Working days a late task was late by; None when none was late."""
        return Decimal(self.delay_days) / self.late if self.late else None


def unclear_share(unclear: int, due: int) -> Decimal | None:
    """Tasks returned, or late since nobody understood them, ÷ due tasks set to others."""
    return Decimal(unclear) / due if due else None


def working_day_numbers(days: int, first: date, is_working: Callable[[date], bool]) -> list[int]:
    """For each of `days` days from `first` on, how many working days have begun by then.

    Their difference is the delay in working days: from Friday to Monday it is 1, to Saturday 0.
    """
    numbers, count = [], 0
    for shift in range(days):
        count += is_working(first + timedelta(days=shift))
        numbers.append(count)
    return numbers


def usual_load(counts: Sequence[int]) -> int:
    """The median number of tasks due on the working days counted, rounded half up; 0 for no days."""
    if not counts:
        return 0
    return int(Decimal(str(median(counts))).quantize(Decimal(1), ROUND_HALF_UP))


def is_too_much(
    tasks: int, usual: int, *, hours: Decimal = Decimal(0), capacity: Decimal | None = None
) -> bool:
    """Is a day with `tasks` due overfull?

    At least two more than usual and half as many again, but never up to FEW tasks; or more
    estimated hours than the person works a day.
    """
    if capacity is not None and hours > capacity:
        return True
    return tasks > FEW and tasks >= usual + 2 and 2 * tasks >= 3 * usual


def nearest(days: Iterable[date], to: date) -> date | None:
    """The day nearest to `to`; of two equally near ones the earlier."""
    return min(days, key=lambda day: (abs(day - to), day), default=None)


def planned_days(
    latest: date,
    *,
    repeats: str,
    begins_on: date,
    until: date | None,
    within: Period,
    is_working: Callable[[date], bool],
) -> list[date]:
    """The terms, within the period, that a series will bring after the one planned on `latest`."""
    found, day = [], latest
    while day < within.end and (until is None or day <= until):
        if day > latest and shifted(day, is_working) in within:
            found.append(shifted(day, is_working))
        day = next_planned(day, repeats=repeats, begins_on=begins_on, is_working=is_working)
    return found
