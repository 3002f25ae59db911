"""A record of a file as both readers give it: where it stood and what its cells held."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Fault:
    """A cell without a value: an error of the spreadsheet or a formula never computed."""

    code: str
    text: str

    def __str__(self) -> str:
        return self.text


_NOTHING = " \t\r\n\u00a0;,|"
# A CSV gives text only; a workbook also numbers, dates, truth values and faults.
Cell = str | Decimal | date | datetime | bool | Fault


@dataclass(frozen=True)
class Record:
    """`line` as a text editor or the spreadsheet counts it, from 1."""

    line: int
    cells: list[Cell]
    hidden: bool = False
    merged: frozenset[int] = field(default_factory=frozenset)

    def is_blank(self) -> bool:
        """Nothing but blanks and delimiters: a line of ";;;;" is blank whatever the delimiter is."""
        return all(isinstance(cell, str) and not cell.strip(_NOTHING) for cell in self.cells)


def is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def as_text(cell: Cell) -> str:
    """The cell as a person would type it: no exponent, no ".0", ISO dates."""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return cell if isinstance(cell, str) else str(cell)
