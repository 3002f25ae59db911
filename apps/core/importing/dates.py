"""Dates as people write them: a real day, or refused; never clipped, never guessed."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from apps.core.importing.problems import CellProblem
from apps.core.importing.records import Cell, Fault, as_text, is_blank
from apps.core.importing.workbooks import from_serial

DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
FIRST_YEAR, LAST_YEAR = 1970, 2100
# 1927 to 2119: outside it a bare number is hardly a date.
_LIKELY_SERIALS = range(10_000, 80_000)
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?"
_YEAR_FIRST = re.compile(rf"^(\d{{4,5}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}$", re.ASCII)
_RUSSIAN = re.compile(rf"^(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}}){_TIME}$", re.ASCII)
_SLASHED = re.compile(rf"^(\d{{1,2}})[/-](\d{{1,2}})[/-](\d{{2}}|\d{{4}}){_TIME}$", re.ASCII)
_SERIAL = re.compile(r"^\d{5}$", re.ASCII)


def read_date(cell: Cell, *, style: str = "", serials: str = "") -> date | None:
    """The day, None for a blank. `style` settles 01/02/2026; `serials` is "" | "likely" | "yes":

    with "yes" a bare number is an Excel date, with "likely" it is refused with its guess.
    Raises CellProblem.
    """
    if isinstance(cell, Fault):
        raise CellProblem(cell.code, cell.text)
    if isinstance(cell, datetime):
        return _within_range(cell.date(), cell)
    if isinstance(cell, date):
        return _within_range(cell, cell)
    if is_blank(cell):
        return None
    text = as_text(cell).strip()
    if isinstance(cell, Decimal) or _SERIAL.match(text):
        return _from_number(cell, serials)
    year, month, day = _parts(text, style, cell)
    return _day(year, month, day, cell)


def _from_number(cell: Cell, serials: str) -> date:
    """A number without a date format: an Excel date only after a yes."""
    number = Decimal(as_text(cell).strip())
    if int(number) not in _LIKELY_SERIALS or not (serials or isinstance(cell, Decimal)):
        raise CellProblem("date_format", as_text(cell))
    moment = from_serial(number)
    day = moment.date() if isinstance(moment, datetime) else moment
    if serials != "yes" or day is None:
        raise CellProblem("date_serial", as_text(cell), guess=f"{day:%d.%m.%Y}")
    return _within_range(day, cell)


def _parts(text: str, style: str, cell: Cell) -> tuple[int, int, int]:
    if match := _YEAR_FIRST.match(text):
        year, month, day = map(int, match.groups())
        return year, month, day
    if match := _RUSSIAN.match(text):
        day, month, year = map(int, match.groups())
        return year, month, day
    if match := _SLASHED.match(text):
        return _slashed(match, style, cell)
    raise CellProblem("date_format", cell)


def _slashed(match: re.Match[str], style: str, cell: Cell) -> tuple[int, int, int]:
    first, second = int(match[1]), int(match[2])
    year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
    order = style or _certain_order(first, second)
    if not order:
        raise CellProblem("date_ambiguous", cell)
    return (year, second, first) if order == DAY_FIRST else (year, first, second)


def _certain_order(first: int, second: int) -> str:
    if first == second or first > 12:
        return DAY_FIRST
    return MONTH_FIRST if second > 12 else ""


def _day(year: int, month: int, day: int, cell: Cell) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 31:
        raise CellProblem("date_range", cell, first=FIRST_YEAR, last=LAST_YEAR)
    try:
        return date(year, month, day)
    except ValueError as fault:
        raise CellProblem("date_format", cell) from fault


def _within_range(day: date, cell: Cell) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CellProblem("date_range", as_text(cell), first=FIRST_YEAR, last=LAST_YEAR)
    return day


def detect_style(cells: Iterable[Cell]) -> str:
    """The order of day and month in a column whose certain values agree; "" when they do not."""
    votes = {vote for cell in cells if isinstance(cell, str) and (vote := _vote(cell.strip()))}
    return votes.pop() if len(votes) == 1 else ""


def _vote(text: str) -> str:
    match = _SLASHED.match(text)
    if not match or match[1] == match[2]:
        return ""
    return _certain_order(int(match[1]), int(match[2]))


def looks_serial(cells: Iterable[Cell]) -> bool:
    """Is every date of the column a bare number within Excel's range?"""
    filled = [cell for cell in cells if not isinstance(cell, Fault) and not is_blank(cell)]
    return bool(filled) and all(_is_serial(cell) for cell in filled)


def _is_serial(cell: Cell) -> bool:
    if isinstance(cell, Decimal):
        return int(cell) in _LIKELY_SERIALS
    return isinstance(cell, str) and bool(_SERIAL.match(cell.strip()))
