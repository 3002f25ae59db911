"""XLSX, read as a stream of cells by expat.

Spreadsheet libraries turn a formula without a value and an error cell into a blank and hide merged
and hidden rows; an import has to tell them apart, so the sheet's own XML is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.core.importing.archives import Archive
from apps.core.importing.limits import MAX_COLUMNS
from apps.core.importing.problems import FileProblem
from apps.core.importing.records import Cell, Fault, Record
from apps.core.importing.sheetparts import SheetParts

_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_MAX_SERIAL = 2_958_465
# Room for the heading check: wider sheets are refused there by the number of their headings.
_KEPT_COLUMNS = MAX_COLUMNS + 1


def records(path: str) -> Iterator[Record]:
    """The records of the first visible sheet; memory holds its shared strings and one piece."""
    archive = Archive(path)
    try:
        parts = SheetParts(archive)
        sheet = _Sheet(parts, _merged_cells(archive, parts.sheet))
        for _piece in archive.parse(parts.sheet, **sheet.handlers()):
            yield from sheet.take()
    finally:
        archive.close()


def from_serial(serial: Decimal, *, since_1904: bool = False) -> date | datetime | None:
    """The day (or moment, when there is a fraction) of an Excel serial number; None when beyond."""
    if not 0 <= serial <= _MAX_SERIAL:
        return None
    days = int(serial)
    day = (_EPOCH_1904 if since_1904 else _EPOCH_1900) + timedelta(days=days)
    if serial == days:
        return day
    seconds = round(float(serial - days) * 86_400)
    return datetime.combine(day, time.min) + timedelta(seconds=seconds)


def _merged_cells(archive: Archive, sheet: str) -> dict[int, frozenset[int]]:
    """Row → columns that are merged with the cell above them. The ranges stand after the rows."""
    ranges: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "mergeCell" and len(ranges) < 100_000:
            ranges.append(attributes.get("ref", ""))

    for _piece in archive.parse(sheet, StartElementHandler=start):
        pass
    below: dict[int, set[int]] = {}
    for reference in ranges:
        first, _colon, last = reference.partition(":")
        (top, left), (bottom, right) = place(first), place(last or first)
        for row in range(top + 1, min(bottom, top + 100_000) + 1):
            below.setdefault(row, set()).update(range(left, min(right, left + MAX_COLUMNS) + 1))
    return {row: frozenset(columns) for row, columns in below.items()}


def place(reference: str) -> tuple[int, int]:
    """ "C14" → (14, 2): the row from 1 and the column from 0. A bad reference gives (0, -1)."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits or 0), column - 1


def letters(column: int) -> str:
    """2 → "C"."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass
class _Open:
    """The cell being read."""

    column: int
    kind: str
    style: int
    text: str = ""
    has_formula: bool = False


class _Sheet:
    """Collects rows between two pieces of XML."""

    def __init__(self, parts: SheetParts, merged: dict[int, frozenset[int]]):
        self._parts, self._merged = parts, merged
        self._ready: list[Record] = []
        self._line, self._hidden = 0, False
        self._cells: dict[int, Cell] = {}
        self._cell: _Open | None = None
        self._reads_text = False

    def handlers(self) -> dict[str, Any]:
        return {
            "StartElementHandler": self._start,
            "EndElementHandler": self._end,
            "CharacterDataHandler": self._text,
        }

    def take(self) -> list[Record]:
        ready, self._ready = self._ready, []
        return ready

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._line = int(attributes.get("r", self._line + 1))
            self._hidden = attributes.get("hidden") in ("1", "true")
            self._cells = {}
        elif name == "c":
            column = place(attributes["r"])[1] if "r" in attributes else len(self._cells)
            kind, style = attributes.get("t", "n"), int(attributes.get("s", 0))
            self._cell = _Open(column, kind, style)
        elif self._cell is not None and name in ("v", "t"):
            self._reads_text = True
        elif self._cell is not None and name == "f":
            self._cell.has_formula = True

    def _text(self, text: str) -> None:
        if self._reads_text and self._cell is not None:
            self._cell.text += text

    def _end(self, name: str) -> None:
        if name in ("v", "t"):
            self._reads_text = False
        elif name == "c" and self._cell is not None:
            if self._cell.column < _KEPT_COLUMNS:
                self._cells[self._cell.column] = self._value(self._cell)
            self._cell = None
        elif name == "row":
            self._close_row()

    def _close_row(self) -> None:
        width = max(self._cells, default=-1) + 1
        cells = [self._cells.get(column, "") for column in range(width)]
        merged = self._merged.get(self._line, frozenset())
        self._ready.append(Record(self._line, cells, self._hidden, merged))

    def _value(self, cell: _Open) -> Cell:
        if cell.has_formula and not cell.text:
            return Fault("formula", "=")
        if cell.kind == "e":
            return Fault("cell_error", cell.text)
        if cell.kind == "s":
            return self._parts.shared(cell.text)
        if cell.kind == "b":
            return cell.text == "1"
        if cell.kind == "d":
            return cell.text
        return self._number(cell) if cell.kind == "n" and cell.text else cell.text

    def _number(self, cell: _Open) -> Cell:
        """The shortest decimal of the stored binary number, or the date that its style shows."""
        try:
            number = Decimal(repr(float(cell.text)))
        except (ValueError, InvalidOperation):
            return cell.text
        if self._parts.is_date(cell.style) and number.is_finite():
            return from_serial(number, since_1904=self._parts.since_1904) or number
        return number if number.is_finite() else cell.text


def check(path: str) -> None:
    """Raise FileProblem unless this is a workbook that may be read."""
    archive = Archive(path)
    try:
        SheetParts(archive)
    except (KeyError, ValueError) as fault:
        raise FileProblem("damaged") from fault
    finally:
        archive.close()
