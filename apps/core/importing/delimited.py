"""CSV: the delimiter, and records with the line each begins on."""

import csv
import itertools
from collections import Counter
from collections.abc import Iterator

from apps.core.importing.limits import MAX_FILE_BYTES, MAX_LINES_IN_A_ROW
from apps.core.importing.problems import FileProblem
from apps.core.importing.records import Record
from apps.core.importing.text import lines

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 50
# The module's own default of 131,072 stops in the middle of a file.
csv.field_size_limit(MAX_FILE_BYTES)


def detect_delimiter(path: str, encoding: str) -> str:
    """The mark that parts most records into the same number of cells, the more cells the better."""
    stated = _stated_delimiter(path, encoding)
    return stated or max(DELIMITERS, key=lambda mark: _evenness(path, encoding, mark))


def _stated_delimiter(path: str, encoding: str) -> str:
    """Excel's own first line, "sep=;"."""
    first = next(lines(path, encoding), "").strip()
    return first[4:5] if first.lower().startswith("sep=") and len(first) == 5 else ""


def _evenness(path: str, encoding: str, mark: str) -> tuple[float, int]:
    sample = itertools.islice(records(path, encoding, mark), _SAMPLE_RECORDS)
    try:
        widths = Counter(len(record.cells) for record in sample if not record.is_blank())
    except FileProblem:
        return 0.0, 0
    parted = {width: count for width, count in widths.items() if width > 1}
    if not parted:
        return 0.0, 0
    width, count = max(parted.items(), key=lambda item: (item[1], item[0]))
    return count / widths.total(), width


def records(path: str, encoding: str, delimiter: str) -> Iterator[Record]:
    """All records, blank ones too; raises FileProblem "unclosed_quote" for a quote never closed."""
    reader = csv.reader(lines(path, encoding), delimiter=delimiter)
    stated = bool(_stated_delimiter(path, encoding))
    begins = 1
    for cells in reader:
        if reader.line_num - begins >= MAX_LINES_IN_A_ROW:
            raise FileProblem("unclosed_quote", value=f"{begins}")
        if not (stated and begins == 1):
            yield Record(begins, list(cells))
        begins = reader.line_num + 1
