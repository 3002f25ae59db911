"""Tables as files for spreadsheets; no cell can be taken for a formula."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from operator import itemgetter
from tempfile import TemporaryFile
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.core.importing.errorfile import safe

CSV, XLSX = "csv", "xlsx"
CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDTH = 18
# So many rows leave together: of fewer the web server's work for each part would show.
TOGETHER = 2000
FIRST = itemgetter(0)
Row = Sequence[Any]
Cells = Sequence[Any]


def table_response(
    kind: str, name: str, headings: Sequence[str], rows: Iterable[Row]
) -> HttpResponseBase:
    """The table as an attachment called `name`; `kind` is "csv" or "xlsx"."""
    if kind == CSV:
        response: HttpResponseBase = StreamingHttpResponse(csv_lines(headings, rows))
        response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
    else:
        file = workbook(headings, rows)
        response = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
    response["Content-Type"] = CONTENT_TYPES[kind]
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def csv_lines(headings: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """UTF-8 with a mark, semicolons, decimal commas: a Russian spreadsheet opens it by itself."""
    return csv_parts(headings, rows, lambda columns: map(as_texts, columns))


def streamed(rows: QuerySet) -> Iterator[Any]:
    """The rows as the database finds them: within a transaction it need not find all of them first."""
    with transaction.atomic():
        yield from rows.iterator(chunk_size=TOGETHER)


def csv_parts(
    headings: Sequence[str],
    rows: Iterable[Row],
    texts_of: Callable[[Iterable[Cells]], Iterable[Cells]],
) -> Iterator[str]:
    """The table, many rows a part; the headings leave before the first row is read.

    `texts_of` makes safe texts of the columns of a part: by columns a table is written several
    times as fast as by cells.
    """
    buffer = io.StringIO()
    table = csv.writer(buffer, delimiter=";")
    buffer.write("\ufeff")
    table.writerow([safe(str(heading)) for heading in headings])
    yield _taken(buffer)
    coming = iter(rows)
    while part := list(islice(coming, TOGETHER)):
        columns = zip(*part, strict=True)
        table.writerows(zip(*texts_of(columns), strict=True))
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def as_texts(cells: Cells) -> list[str]:
    """The column as safe text."""
    return [as_text(cell) for cell in cells]


def safe_texts(cells: Sequence[str | None]) -> Sequence[str | None]:
    """The column of texts, none of which can be taken for a formula; None is an empty cell."""
    # Nearly every text begins with a letter or a figure, and so needs no closer look.
    firsts = "".join(set(map(FIRST, filter(None, cells))))
    if not firsts or firsts.isalnum():
        return cells
    return [safe(cell) if cell else cell for cell in cells]


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value if value[:1].isalnum() else safe(value)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else safe(str(value))


def workbook(headings: Sequence[str], rows: Iterable[Row]) -> Any:
    """An open temporary file with one sheet; the rows go to disk as they come."""
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "dd.mm.yyyy",
    }
    # Few requests write a workbook: the others do not carry the library.
    import xlsxwriter

    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet()
    sheet.set_column(0, len(headings) - 1, WIDTH)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, [safe(str(heading)) for heading in headings], bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            write_cell(sheet, number, column, value)
    book.close()
    file.seek(0)
    return file


def write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    """Numbers and dates as such, everything else as text."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, as_text(str(value)))
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, float(value))
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, timezone.localtime(value).replace(tzinfo=None))
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value)
    else:
        sheet.write_string(row, column, safe(str(value)))
