"""From a stored file to rows of values: opening, detecting, and reading records by a mapping."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from apps.core.importing import amounts, cells, content, dates, delimited, headings, text, workbooks
from apps.core.importing.limits import MAX_ROWS
from apps.core.importing.problems import CellProblem, FileProblem, Problem
from apps.core.importing.records import Cell, Record, as_text, is_blank
from apps.core.importing.specs import AMOUNT, DATE, CleanRow, Column, Spec

_STYLE_SAMPLE_ROWS = 1000


@dataclass(frozen=True)
class Reading:
    """How a file is read; stored with the run as JSON. "" and None: detected or not chosen.

    `heading_line` is 0 when no row of headings was recognised (`headings` is then the first row)
    and -1 when the user said that there is none.
    """

    kind: str
    encoding: str = ""
    delimiter: str = ""
    heading_line: int = 0
    headings: list[str] = field(default_factory=list)
    number_style: str = ""
    likely_number_style: str = ""
    date_style: str = ""
    likely_date_style: str = ""
    serials: str = ""
    fill_merged: bool = False
    notices: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def style(self) -> cells.Style:
        return cells.Style(
            self.number_style, self.likely_number_style, self.date_style, self.serials
        )

    @property
    def is_error_file(self) -> bool:
        return headings.is_error_file(self.headings)

    @property
    def width(self) -> int:
        return len(self.headings)


def open_file(path: str, name: str, *, encoding: str = "", delimiter: str = "") -> Reading:
    """What the file is and how it is written. Raises FileProblem when it cannot be read at all."""
    kind = content.kind_of(path, name)
    if kind == "xlsx":
        workbooks.check(path)
        return Reading(kind)
    if not encoding:
        found = text.detect_encoding(path)
        if not found.sure:
            raise FileProblem("encoding", encoding=found.name)
        encoding = found.name
    return Reading(kind, encoding, delimiter or delimited.detect_delimiter(path, encoding))


def records(path: str, reading: Reading) -> Iterator[Record]:
    """All records of the file, blank ones and titles too."""
    if reading.kind == "xlsx":
        return workbooks.records(path)
    return delimited.records(path, reading.encoding, reading.delimiter)


def with_headings(spec: Spec, path: str, reading: Reading) -> Reading:
    """The same reading with the row of headings found. Raises FileProblem "no_header"."""
    first = [
        record
        for record in itertools.islice(records(path, reading), 10 * headings.SAMPLE_RECORDS)
        if not record.is_blank()
    ]
    found = headings.find_headings(spec, first)
    notices = list(reading.notices)
    skipped = [record for record in first if record.line < found.line]
    if skipped:
        notices.append(
            Problem(
                "header_position", params={"line": found.line, "skipped": len(skipped)}
            ).as_json()
        )
    return replace(reading, heading_line=found.line, headings=found.headings, notices=notices)


def data_records(path: str, reading: Reading) -> Iterator[Record]:
    """The records under the headings without blank ones. Raises FileProblem "too_many_rows"."""
    count = 0
    for record in records(path, reading):
        if record.line <= reading.heading_line or record.is_blank():
            continue
        count += 1
        if count > MAX_ROWS:
            raise FileProblem("too_many_rows", limit=MAX_ROWS)
        yield record


def with_styles(spec: Spec, path: str, reading: Reading, mapping: dict[int, str]) -> Reading:
    """The same reading with the styles of numbers and dates that its first rows show."""
    sample = list(itertools.islice(data_records(path, reading), _STYLE_SAMPLE_ROWS))
    numbers = _column_cells(spec, mapping, sample, AMOUNT)
    days = _column_cells(spec, mapping, sample, DATE)
    serials = reading.serials
    if serials != "yes":
        serials = "likely" if any(dates.looks_serial(column) for column in days) else ""
    return replace(
        reading,
        likely_number_style=amounts.detect_style(itertools.chain(*numbers)),
        likely_date_style=dates.detect_style(itertools.chain(*days)),
        serials=serials,
        notices=_without_rows_notices(reading.notices) + _row_notices(path, reading),
    )


def _column_cells(
    spec: Spec, mapping: dict[int, str], sample: Sequence[Record], style: str
) -> list[list[Cell]]:
    indexes = [index for index, name in mapping.items() if spec.column(name).style == style]
    return [
        [record.cells[index] for record in sample if index < len(record.cells)] for index in indexes
    ]


def _without_rows_notices(notices: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [notice for notice in notices if notice["code"] not in ("hidden_rows", "merged_cells")]


def _row_notices(path: str, reading: Reading) -> list[dict[str, Any]]:
    """Hidden rows and merged cells of a workbook are counted and mentioned."""
    if reading.kind != "xlsx":
        return []
    hidden = merged = 0
    for record in data_records(path, reading):
        hidden += record.hidden
        merged += len(record.merged)
    counts = {"hidden_rows": hidden, "merged_cells": merged}
    return [Problem(code, params={"count": n}).as_json() for code, n in counts.items() if n]


@dataclass(frozen=True)
class ReadRow:
    """A record read by the mapping: either `clean` or refused with `problems`."""

    line: int
    values: dict[str, Any]
    problems: tuple[Problem, ...] = ()


class RowReader:
    """Reads records one after another; remembers the row above for merged cells."""

    def __init__(self, spec: Spec, reading: Reading, mapping: dict[int, str]):
        self._reading = reading
        self._columns = {index: spec.column(name) for index, name in mapping.items()}
        self._style, self._is_error_file = reading.style, reading.is_error_file
        self._above: list[Cell] = []

    def read(self, record: Record) -> ReadRow:
        if problem := self._width_problem(record):
            return ReadRow(record.line, {}, (problem,))
        cells_ = self._filled(record)
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for index, column in self._columns.items():
            cell = cells_[index] if index < len(cells_) else ""
            try:
                values[column.name] = self._value(column, cell, record.merged, index)
            except CellProblem as fault:
                problems.append(fault.at(column.name))
        return ReadRow(record.line, values, tuple(problems))

    def _value(self, column: Column, cell: Cell, merged: frozenset[int], index: int) -> Any:
        if self._is_error_file:
            cell = unquoted(cell)
        if index in merged and is_blank(cell) and (column.filled or column.required):
            raise CellProblem("merged")
        value = column.read(cell, self._style)
        if column.filled and value in ("", None):
            raise CellProblem("blank", as_text(cell))
        return value

    def _filled(self, record: Record) -> list[Cell]:
        """The cells; merged ones hold the value above when the user asked for it."""
        if not self._reading.fill_merged or not record.merged:
            self._above = record.cells
            return record.cells
        width = max(len(record.cells), max(record.merged) + 1)
        cells_ = record.cells + [""] * (width - len(record.cells))
        for index in record.merged:
            if is_blank(cells_[index]) and index < len(self._above):
                cells_[index] = self._above[index]
        self._above = cells_
        return cells_

    def _width_problem(self, record: Record) -> Problem | None:
        """A row of a CSV has as many cells as the headings: no value slips into its neighbour."""
        if self._reading.kind == "xlsx":
            return None
        found, expected = len(record.cells), self._reading.width
        beyond = record.cells[expected:]
        if found >= expected and all(is_blank(cell) for cell in beyond):
            return None
        return Problem("column_count", params={"found": found, "expected": expected})


def unquoted(cell: Cell) -> Cell:
    """A cell of our error file without the quote that made it safe for spreadsheets."""
    return cell[1:] if isinstance(cell, str) and cell[:1] == "'" else cell


def clean_rows(
    spec: Spec, path: str, reading: Reading, mapping: dict[int, str], *, file_key: str
) -> Iterator[CleanRow | ReadRow]:
    """Every data row: a CleanRow, or a ReadRow with its problems."""
    reader = RowReader(spec, reading, mapping)
    for record in data_records(path, reading):
        row = reader.read(record)
        if row.problems:
            yield row
        else:
            key = spec.key_of(row.values) or f"{file_key}:{row.line}"
            yield CleanRow(row.line, key, row.values)
