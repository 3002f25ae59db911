"""Reading one cell as text, a whole number, a date or an amount, in the style of its file."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from apps.core.importing import amounts, dates
from apps.core.importing.problems import CellProblem
from apps.core.importing.records import Cell, Fault, as_text
from apps.core.importing.text import is_undecoded


@dataclass(frozen=True)
class Style:
    """How the file writes numbers and dates: chosen by the user, or only likely ("detected")."""

    number: str = ""
    likely_number: str = ""
    date: str = ""
    serials: str = ""


Reader = Callable[[Cell, Style], Any]

# Marks that reorder or hide text; a zero-width joiner stays inside an emoji (see `clean_text`).
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_LONE_JOINER = re.compile(
    "(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?![\u2600-\u27bf\U0001f000-\U0001faff])"
)
# All of the category Cc but tab, line feed and carriage return.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_OF_TEXT = re.compile(r"[\s\u00a0\u202f]+")
# Beyond it a text is too long whatever marks and blanks are taken away.
_MAX_MARKS = 1000
_WHOLE = re.compile(r"^\d{1,9}$", re.ASCII)


def clean_text(text: str) -> str:
    """The text in NFC without hidden marks. Raises CellProblem for control characters."""
    if text.isascii() and text.isprintable():
        return text
    if is_undecoded(text):
        raise CellProblem("encoding", text)
    if _CONTROL.search(text):
        raise CellProblem("control_characters", text)
    text = _LONE_JOINER.sub("", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text)


def text(*, limit: int = 255, one_line: bool = True) -> Reader:
    """Text up to `limit` characters, trimmed; `one_line` folds inner blanks and line ends too."""

    def read(cell: Cell, style: Style) -> str:
        if isinstance(cell, Fault):
            raise CellProblem(cell.code, cell.text)
        written = as_text(cell)
        if len(written) > limit + _MAX_MARKS:
            raise CellProblem("too_long", cell, limit=limit)
        value = clean_text(written)
        value = _LINE_OF_TEXT.sub(" ", value).strip() if one_line else value.strip(" ")
        if len(value) > limit:
            raise CellProblem("too_long", cell, limit=limit)
        return "" if not value.strip() else value

    return read


class Amount(NamedTuple):
    """`value` is None for a blank; `currency` is the one written beside it, "" for none."""

    value: Decimal | None
    currency: str = ""


def amount(cell: Cell, style: Style) -> Decimal:
    return amounts.read_amount(cell, style=style.number, likely=style.likely_number)


def amount_or_blank(cell: Cell, style: Style) -> Amount:
    """The amount with the currency written beside it."""
    try:
        return Amount(amount(cell, style), amounts.currency_in(cell))
    except CellProblem as fault:
        if fault.code == "amount_blank":
            return Amount(None)
        raise


def day(*blank_words: str) -> Reader:
    """A date; `blank_words` ("не закрыта") are other ways of writing a blank."""

    def read(cell: Cell, style: Style) -> date | None:
        if isinstance(cell, str) and cell.strip().lower() in blank_words:
            return None
        return dates.read_date(cell, style=style.date, serials=style.serials)

    return read


def whole_number(cell: Cell, style: Style) -> int | None:
    """A whole number up to nine digits, or None for a blank."""
    if isinstance(cell, Fault):
        raise CellProblem(cell.code, cell.text)
    value = as_text(cell).strip()
    if not value:
        return None
    if not _WHOLE.match(value):
        raise CellProblem("number_format", cell)
    return int(value)
