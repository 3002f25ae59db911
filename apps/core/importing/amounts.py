"""Amounts of money as people write them: read exactly, or refused; never guessed, never rounded."""

import re
from collections.abc import Iterable
from decimal import Decimal

from apps.core.importing.problems import CellProblem
from apps.core.importing.records import Cell, Fault, as_text, is_blank

POINT, COMMA = "point", "comma"
MAX_DIGITS_BEFORE_POINT = 12
_BLANKS = " \t\u00a0\u202f\u2009"
_SPACES = " \u00a0\u202f\u2009'\u2019"
_CURRENCY_SIGNS = {"₽": "RUB", "руб.": "RUB", "руб": "RUB", "р.": "RUB", "$": "USD", "€": "EUR"}
_SIGN_AT_END = re.compile(r"\s*(₽|руб\.?|р\.|\$|€|[A-Z]{3})$")
_SIGN_AT_START = re.compile(r"^(₽|\$|€|[A-Z]{3})\s*")
_NUMBER = re.compile(
    rf"^(?P<sign>[+\-\u2212]?)(?P<whole>[0-9]+(?:[{_SPACES}.,][0-9]+)*)$", re.ASCII
)
_SINGLE_MARK = re.compile(r"^([0-9]+)([.,])([0-9]+)$", re.ASCII)
_MARK_NAMES = {".": POINT, ",": COMMA}


def read_amount(cell: Cell, *, style: str = "", likely: str = "") -> Decimal:
    """The amount with two decimals. `style` is the chosen mark of the fraction, "" when none is.

    Without a chosen style "1,234" and "1.234" are refused; `likely`, the detected one, only tells
    whether as unclear or as a fraction too long. Raises CellProblem.
    """
    if isinstance(cell, Fault):
        raise CellProblem(cell.code, cell.text)
    if isinstance(cell, Decimal):
        return _checked(cell, cell)
    if is_blank(cell):
        raise CellProblem("amount_blank")
    text = as_text(cell).strip(_BLANKS)
    bare, _currency = _without_sign(text)
    match = _NUMBER.match(bare)
    if not match:
        raise CellProblem("amount_format", cell)
    number = Decimal(_plain(match["whole"], style, likely, cell))
    return _checked(-number if match["sign"] in ("-", "\u2212") else number, cell)


def currency_in(cell: Cell) -> str:
    """The currency written beside the amount, as in "100 €"; "" when there is none."""
    return _without_sign(as_text(cell).strip(_BLANKS))[1]


def _without_sign(text: str) -> tuple[str, str]:
    for pattern in (_SIGN_AT_END, _SIGN_AT_START):
        if match := pattern.search(text):
            rest = text[: match.start()] + text[match.end() :]
            return rest.strip(_BLANKS), _CURRENCY_SIGNS.get(match[1], match[1])
    return text, ""


def _plain(written: str, style: str, likely: str, cell: Cell) -> str:
    """ "1 234,50" → "1234.50". Raises CellProblem for bad groups and for what has two readings."""
    mark = _decimal_mark(written, style, likely, cell)
    whole, _mark, fraction = written.partition(mark) if mark else (written, "", "")
    if not fraction.isdigit() and mark:
        raise CellProblem("amount_format", cell)
    groups = re.split(rf"[{_SPACES}.,]", whole)
    separators = set(re.findall(rf"[{_SPACES}.,]", whole))
    if len(separators) > 1 or not _grouped_by_thousands(groups):
        raise CellProblem("amount_format", cell)
    return "".join(groups) + (f".{fraction}" if fraction else "")


def _decimal_mark(written: str, style: str, likely: str, cell: Cell) -> str:
    """ "." or ",", or "" when every mark parts thousands."""
    present = [mark for mark in ".," if mark in written]
    if len(present) == 2:
        return max(present, key=written.rindex)
    if not present:
        return ""
    (mark,) = present
    if written.count(mark) > 1:
        return ""
    single = _SINGLE_MARK.match(written)
    if not single or len(single[3]) != 3 or len(single[1]) > 3 or single[1] == "0":
        return mark
    if not style and _MARK_NAMES[mark] != likely:
        raise CellProblem("amount_ambiguous", cell)
    return mark if _MARK_NAMES[mark] == (style or likely) else ""


def _grouped_by_thousands(groups: list[str]) -> bool:
    if len(groups) == 1:
        return True
    first, *others = groups
    return 1 <= len(first) <= 3 and all(len(group) == 3 for group in others)


def _checked(number: Decimal, cell: Cell) -> Decimal:
    if not number.is_finite():
        raise CellProblem("amount_format", cell)
    if number < 0:
        raise CellProblem("amount_negative", as_text(cell))
    if number >= Decimal(10) ** MAX_DIGITS_BEFORE_POINT:
        raise CellProblem("amount_too_big", as_text(cell))
    exact = number.quantize(Decimal("0.01"))
    if exact != number:
        raise CellProblem("amount_precision", as_text(cell))
    return abs(exact)


def detect_style(cells: Iterable[Cell]) -> str:
    """The mark of the fraction in a column whose certain values agree; "" when they do not.

    Used to explain, not to guess: only a style that the user chose settles an ambiguous value.
    """
    votes = {vote for cell in cells if isinstance(cell, str) and (vote := _vote(cell))}
    return votes.pop() if len(votes) == 1 else ""


def _vote(text: str) -> str:
    bare, _currency = _without_sign(text.strip(_BLANKS))
    match = _NUMBER.match(bare)
    if not match:
        return ""
    try:
        mark = _decimal_mark(match["whole"], "", "", text)
    except CellProblem:
        return ""
    return _MARK_NAMES.get(mark, "")
