"""The deal list as a file: exactly the rows of the filter, safe to open in a spreadsheet."""

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from apps.core.exporting import Cells, csv_parts, safe_texts, streamed
from apps.deals.choices import Outcome

# A workbook beyond this takes minutes; CSV has no limit.
LARGEST_WORKBOOK = 50_000

COLUMNS = (
    "pk",
    "title",
    "client__name",
    "client__inn",
    "pipeline__name",
    "stage__name",
    "outcome_label",
    "amount",
    "currency",
    "amount_base",
    "owner_name",
    "source__name",
    "opened_on",
    "expected_close_on",
    "closed_on",
    "next_step",
    "refusal_reason__name",
    "external_id",
)

NOT_TEXTS = {"pk", "amount", "amount_base", "opened_on", "expected_close_on", "closed_on"}
NOT_WRITTEN = {*NOT_TEXTS, "currency", "outcome_label"}


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


def rows_of(deals: Any) -> Iterator[tuple[Any, ...]]:
    """Values of the columns; read in chunks, so that memory does not grow with the rows."""
    return streamed(_labelled(deals).values_list(*COLUMNS))


def _labelled(deals: Any) -> Any:
    labels = [When(outcome=code, then=Value(str(label))) for code, label in Outcome.choices]
    return deals.annotate(
        outcome_label=Case(*labels),
        owner_name=Concat(F("owner__last_name"), Value(" "), F("owner__first_name")),
    )


def csv_lines(deals: Any) -> Iterator[str]:
    """A CSV of UTF-8 with a mark; the database makes the texts of numbers and days."""
    as_text = {f"{name}_text": Cast(name, TextField()) for name in NOT_TEXTS}
    names = [f"{name}_text" if name in NOT_TEXTS else name for name in COLUMNS]
    rows = _labelled(deals).annotate(**as_text).values_list(*names)
    return csv_parts(headings(), streamed(rows), _safe)


def _safe(columns: Iterable[Cells]) -> list[Cells]:
    """Numbers, days and codes of ours cannot be formulas; what people wrote can."""
    named = zip(COLUMNS, columns, strict=True)
    return [cells if name in NOT_WRITTEN else safe_texts(cells) for name, cells in named]


def workbook(deals: Any) -> IO[bytes]:
    """An XLSX in a temporary file; text cells are text whatever they begin with."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    # Few requests write a workbook: the others do not carry the library.
    import xlsxwriter

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


def write_rows(sheet: Any, rows: Iterable[tuple[Any, ...]], formats: dict[str, Any]) -> None:
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
