"""Which row holds the headings, and which field each heading means."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation
from rapidfuzz import fuzz, process

from apps.core.importing.limits import MAX_COLUMNS
from apps.core.importing.problems import FileProblem, Problem, shown
from apps.core.importing.records import Record, as_text, is_blank
from apps.core.importing.specs import Column, Spec

ERROR_FILE_HEADINGS = ("line", "error")
SAMPLE_RECORDS = 20
_SUGGESTED_FROM = 86
_PREFIX = re.compile(r"^(deal|сделка|person|organization|организация|компания|контакт)\s*[-–:]\s*")
_MARKS = re.compile(r"[\s\u00a0_\-*:.]+")


@dataclass(frozen=True)
class Matched:
    """`mapping`: column index → field. `suggested` are indexes matched by likeness only."""

    mapping: dict[int, str]
    suggested: frozenset[int] = frozenset()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class HeadingRow:
    """`line` is 0 when no row was recognised; then `headings` is the first row of the file."""

    line: int
    headings: list[str] = field(default_factory=list)


def plain(heading: str) -> str:
    """A heading without case, marks and blanks at the ends: "Close_Date " → "close date"."""
    text = unicodedata.normalize("NFKC", heading).lower().replace("ё", "е")
    return _MARKS.sub(" ", text).strip()


def find_headings(spec: Spec, records: Sequence[Record]) -> HeadingRow:
    """The row, among the first of the file, that names the most fields: two at least, if there are.

    Raises FileProblem "no_header" when all is blank and "too_many_columns".
    """
    filled = [record for record in records if not record.is_blank()][:SAMPLE_RECORDS]
    if not filled:
        raise FileProblem("no_header")
    check_width(filled[0])
    names = _names(spec)
    best = max(filled, key=lambda record: _recognised(names, record))
    score = _recognised(names, best)
    if score >= min(2, len(spec.columns), len(_texts(best))) and score:
        check_width(best)
        return HeadingRow(best.line, _texts(best))
    return HeadingRow(0, _texts(filled[0]))


def check_width(record: Record) -> None:
    if len(record.cells) > MAX_COLUMNS:
        raise FileProblem("too_many_columns", count=len(record.cells), limit=MAX_COLUMNS)


def _texts(record: Record) -> list[str]:
    texts = [shown(as_text(cell)).strip() for cell in record.cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _recognised(names: dict[str, str], record: Record) -> int:
    return len({names[text] for cell in record.cells if (text := _heading(cell)) in names})


def _heading(cell: object) -> str:
    return plain(cell) if isinstance(cell, str) and not is_blank(cell) else ""


def _names(spec: Spec) -> dict[str, str]:
    """Plain heading → field: its code, its label in every language, and the usual names."""
    names = {}
    for column in spec.columns:
        for name in (*_labels(column), *column.names, column.name):
            names[plain(name)] = column.name
    return names


def _labels(column: Column) -> list[str]:
    labels = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            labels.append(str(column.label))
    return labels


def match_columns(spec: Spec, headings: Sequence[str]) -> Matched:
    """Fields by exact names first, then without a vendor's prefix, then by likeness.

    A field named twice is left unmapped: a problem when it is required, else a notice.
    """
    found, suggested = _by_name(spec, headings)
    taken: dict[str, list[int]] = {}
    for index, name in found.items():
        taken.setdefault(name, []).append(index)
    mapping = {indexes[0]: name for name, indexes in taken.items() if len(indexes) == 1}
    problems: list[Problem] = []
    notices: list[Problem] = []
    for name, indexes in taken.items():
        if len(indexes) > 1:
            column = spec.column(name)
            twice = _doubled(column, [headings[index] for index in indexes])
            (problems if column.required else notices).append(twice)
    return Matched(mapping, frozenset(suggested & set(mapping)), tuple(problems), tuple(notices))


def _by_name(spec: Spec, headings: Sequence[str]) -> tuple[dict[int, str], set[int]]:
    names = _names(spec)
    bare = [plain(heading) for heading in headings]
    found = {index: names[text] for index, text in enumerate(bare) if text in names}
    for index in range(len(bare)):
        short = plain(_PREFIX.sub("", headings[index].strip().lower()))
        if index not in found and short in names and names[short] not in found.values():
            found[index] = names[short]
    suggested = _by_likeness(names, bare, found)
    return {**found, **suggested}, set(suggested)


def _by_likeness(names: dict[str, str], bare: list[str], found: dict[int, str]) -> dict[int, str]:
    """One heading at most for each field that is still free."""
    best: dict[str, tuple[float, int]] = {}
    free = {text: name for text, name in names.items() if name not in found.values()}
    for index, text in enumerate(bare):
        if index in found or len(text) < 4:
            continue
        match = process.extractOne(
            text, free.keys(), scorer=fuzz.ratio, score_cutoff=_SUGGESTED_FROM
        )
        if match and match[1] > best.get(free[match[0]], (0, 0))[0]:
            best[free[match[0]]] = (match[1], index)
    return {index: name for name, (_score, index) in best.items()}


def _doubled(column: Column, headings: list[str]) -> Problem:
    params = {"label": str(column.label), "headings": ", ".join(headings)}
    return Problem("duplicate_column", column.name, params=params)


def is_error_file(headings: Sequence[str]) -> bool:
    """Is this our own error file, to be read without its two last columns?"""
    return tuple(plain(heading) for heading in headings[-2:]) == ERROR_FILE_HEADINGS


def signature(headings: Sequence[str]) -> str:
    """The same for files with the same headings, whatever their case; their mapping is remembered."""
    if is_error_file(headings):
        headings = headings[:-2]
    return hashlib.sha256("\x1f".join(map(plain, headings)).encode()).hexdigest()
