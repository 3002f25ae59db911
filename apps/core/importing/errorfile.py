"""The rejected rows, given back in the shape in which they came, with their line and reason."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TextIO

from apps.core.choices import RowStatus
from apps.core.importing import runs
from apps.core.importing.headings import ERROR_FILE_HEADINGS
from apps.core.importing.reading import Reading, data_records, records, unquoted
from apps.core.importing.records import Record, as_text
from apps.core.importing.specs import spec_for
from apps.core.importing.wording import Wording
from apps.core.models import ImportRow, ImportRun

_FORMULA_STARTS = frozenset("=+-@＝＋－＠")
_PLAIN_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$", re.ASCII)


def safe(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; plain numbers stay numbers."""
    if _PLAIN_NUMBER.match(text):
        return text
    bare = text.lstrip().lstrip("".join(chr(code) for code in range(33)) + "\x7f\ufeff")
    while bare and (bare[0].isspace() or unicodedata.category(bare[0]) in ("Cc", "Cf")):
        bare = bare[1:]
    return f"'{text}" if bare[:1] in _FORMULA_STARTS or text[:1] == "'" else text


def write_error_file(
    out: TextIO, path: str, reading: Reading, labels: Mapping[int, str], reasons: Mapping[int, str]
) -> int:
    """Write the rows whose line is in `reasons`; `labels` head the columns of a file without headings.

    UTF-8 with a mark and the delimiter of the file, or ";" for a workbook. Returns the rows written.
    """
    out.write("\ufeff")
    table = csv.writer(out, delimiter=reading.delimiter or ";")
    table.writerow(_headings(path, reading, labels))
    written = 0
    for record in data_records(path, reading):
        if record.line in reasons:
            line = [*_cells(record, reading), str(record.line), safe(reasons[record.line])]
            table.writerow(line)
            written += 1
    return written


def _headings(path: str, reading: Reading, labels: Mapping[int, str]) -> list[str]:
    width = _own_width(reading)
    names = [labels.get(index, str(index + 1)) for index in range(width)]
    if reading.heading_line > 0:
        names = next(_heading_cells(path, reading))[:width]
        names += [""] * (width - len(names))
    return [*map(safe, names), *ERROR_FILE_HEADINGS]


def _heading_cells(path: str, reading: Reading) -> Iterator[list[str]]:
    for record in records(path, reading):
        if record.line == reading.heading_line:
            yield [_encodable(as_text(cell)) for cell in record.cells]


def _own_width(reading: Reading) -> int:
    return reading.width - (len(ERROR_FILE_HEADINGS) if reading.is_error_file else 0)


def _cells(record: Record, reading: Reading) -> list[str]:
    """The cells as they were; a short row is filled up so that `line` and `error` stay in place."""
    width = _own_width(reading)
    cells = record.cells[:width] if reading.is_error_file else record.cells
    texts = [_encodable(as_text(cell)) for cell in cells]
    if reading.is_error_file:
        texts = [str(unquoted(text)) for text in texts]
    kept, beyond = texts[:width], texts[width:]
    kept += [""] * (width - len(kept))
    if any(beyond):
        kept[-1] = (reading.delimiter or ";").join([kept[-1], *beyond])
    return [safe(text) for text in kept]


def _encodable(text: str) -> str:
    """Bytes that did not fit the encoding cannot be written as UTF-8; they show as a mark."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def write_errors_of(run: ImportRun, out: TextIO) -> int:
    """The error file of a finished run, in the language of the reader."""
    wording, spec = Wording(run), spec_for(run.kind)
    rejected = ImportRow.objects.filter(run=run, status=RowStatus.REJECTED)
    reasons = {
        row.line: " | ".join(wording.of_row(row.line, error) for error in row.errors)
        for row in rejected.only("line", "errors").iterator()
    }
    heads = {index: str(spec.column(name).label) for index, name in runs.mapping_of(run).items()}
    return write_error_file(out, runs.path_of(run), runs.reading_of(run), heads, reasons)
