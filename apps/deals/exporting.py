"""The deal list as a file: exactly the rows of the filter, safe to open in a spreadsheet."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from apps.core.importing.errorfile import safe
from apps.deals.choices import Outcome

CHUNK = 2000
# A workbook beyond this takes minutes; CSV has no limit.
LARGEST_WORKBOOK = 50_000

COLUMNS = (
    "pk",
    "title",
    "client__name",
    "client__inn",
    "pipeline__name",
    "stage__name",
    "outcome",
    "amount",
    "currency",
    "amount_base",
    "owner__last_name",
    "owner__first_name",
    "source__name",
    "opened_on",
    "expected_close_on",
    "closed_on",
    "next_step",
    "refusal_reason__name",
    "external_id",
)


def headings() -> list[str]:
    return [
        _("Number"),
        _("Title"),
        _("Client"),
        _("INN"),
        _("Pipeline"),
        _("Stage"),
        _("Outcome"),
        _("Amount"),
        _("Currency"),
        _("Amount in the company's currency"),
        _("Owner"),
        _("Source"),
        _("Opened"),
        _("Expected close"),
        _("Closed"),
        _("Next step"),
        _("Refusal reason"),
        _("External code"),
    ]


def rows_of(deals: Any) -> Iterator[list[Any]]:
    """Values of the columns; read in chunks, so that memory does not grow with the rows."""
    outcomes = {code: str(label) for code, label in Outcome.choices}
    for row in deals.values_list(*COLUMNS).iterator(chunk_size=CHUNK):
        values = list(row)
        values[6] = outcomes[values[6]]
        last, first = values[10:12]
        values[10:12] = [f"{last} {first}"]
        yield values


def csv_lines(deals: Any) -> Iterator[str]:
    """A CSV of UTF-8 with a mark, a chunk at a time; the headings leave before the first row is read."""
    buffer = io.StringIO()
    table = csv.writer(buffer, delimiter=";")
    buffer.write("\ufeff")
    table.writerow(headings())
    yield taken(buffer)
    for count, row in enumerate(rows_of(deals), 1):
        table.writerow([cell_text(value) for value in row])
        if count % CHUNK == 0:
            yield taken(buffer)
    yield taken(buffer)


def taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def cell_text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    # Nearly every text begins with a letter and needs no closer look.
    return value if value[:1].isalpha() else safe(value)


def workbook(deals: Any) -> IO[bytes]:
    """An XLSX in a temporary file; text cells are text whatever they begin with."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_("Deals"))
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.freeze_panes(1, 2)
        sheet.write_row(0, 0, headings(), bold)
        write_rows(sheet, rows_of(deals), {"money": money, "day": day})
        sheet.autofilter(0, 0, 0, len(headings()) - 1)
    file.seek(0)
    return file


MONEY_AT, DAYS_AT = {7, 9}, {12, 13, 14}


def write_rows(sheet: Any, rows: Iterable[list[Any]], formats: dict[str, Any]) -> None:
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(number, place, value)
            elif place in MONEY_AT:
                sheet.write_number(number, place, value, formats["money"])
            elif place in DAYS_AT:
                sheet.write_datetime(number, place, value, formats["day"])
            else:
                sheet.write_number(number, place, value)
