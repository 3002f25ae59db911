"""Reason and remedy for each code, in two sentences. Rooms add their own with `explain`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

REASONS: dict[str, tuple[Words, Words]] = {}


def explain(**codes: tuple[Words, Words]) -> None:
    """Add `code=(reason, remedy)`; both may hold %(name)s of the problem's params."""
    REASONS.update(codes)


_SAVE_AS = _("Save it as XLSX or as CSV UTF-8 and upload it again.")
_SPLIT = _("Split it and upload the parts.")

explain(
    empty_file=(_("The file is empty."), _("Choose another file.")),
    too_big=(_("The file is larger than %(limit)s MB."), _SPLIT),
    type_not_allowed=(_("Only CSV and XLSX files are imported."), _SAVE_AS),
    not_csv=(_("This is not a CSV file: its content is of another kind."), _SAVE_AS),
    not_xlsx=(_("The content of the file is not XLSX."), _SAVE_AS),
    encrypted_or_xls=(
        _("The file is protected by a password or has the old XLS format."),
        _("Save it without a password as XLSX and upload it again."),
    ),
    macros=(_("The workbook holds macros."), _("Save it as XLSX without macros.")),
    damaged=(
        _("The file is damaged or was not uploaded whole."),
        _("Open it, save it once more and upload it again."),
    ),
    unpacked_too_big=(
        _("The file unpacks to far more data than an import may hold."),
        _("Save the table alone as CSV UTF-8."),
    ),
    too_many_entries=(
        _("The workbook holds more than %(limit)s parts."),
        _("Save the table alone as CSV UTF-8."),
    ),
    xml_forbidden=(
        _("The workbook holds forbidden XML definitions."),
        _("Open it in a spreadsheet program and save it as XLSX."),
    ),
    no_header=(_("No header row found."), _("Give each column a name in the first row.")),
    no_rows=(_("No rows to import: there is nothing under the headings."), _("Check the file.")),
    unknown_columns=(
        _("Columns not recognised. The first row is: %(first)s"),
        _("Choose the columns by hand or correct the headings."),
    ),
    missing_column=(
        _("There is no column “%(label)s”."),
        _("Add it to the file or choose another column for it."),
    ),
    duplicate_column=(
        _("The column “%(label)s” stands in the file more than once: %(headings)s."),
        _("Keep one of them or choose the right one by hand."),
    ),
    too_many_columns=(
        _("The file has %(count)s columns, more than %(limit)s."),
        _("Remove the columns that are not needed."),
    ),
    too_many_rows=(_("The file has more than %(limit)s rows."), _SPLIT),
    line_too_long=(
        _("A line of the file is longer than any table has."),
        _("Check that the file is a table and save it anew."),
    ),
    unclosed_quote=(
        _("A quotation mark is opened and never closed."),
        _("Close it or remove it and upload the file again."),
    ),
    same_file=(
        _("The same file is being imported right now."),
        _("Wait for that import; this one is not needed."),
    ),
    rejected_all=(
        _("Nothing was imported, since %(count)s rows have errors and the rule is all or nothing."),
        _("Correct them or choose to skip bad rows."),
    ),
    # Notices: the file is read, but the user should know.
    header_position=(
        _("The headings were found on row %(line)s."),
        _("Rows above them (%(skipped)s) are not imported."),
    ),
    hidden_rows=(
        _("The sheet has hidden rows: %(count)s."),
        _("They are imported like the others."),
    ),
    merged_cells=(
        _("Cells merged with the one above: %(count)s."),
        _("Their rows are rejected unless you choose to fill merged cells."),
    ),
    # Rows and cells.
    encoding=(
        _("The text cannot be read with certainty: its encoding is unusual or mixed."),
        _("Choose the encoding by the sample, or save the file as CSV UTF-8."),
    ),
    column_count=(
        _("The row has %(found)s cells, the heading has %(expected)s."),
        _("Check the delimiters and quotation marks of this line."),
    ),
    blank=(_("The value is required."), _("Fill in the cell.")),
    merged=(
        _("The cell is blank because it is merged with the one above."),
        _("Fill it in, or choose to fill merged cells."),
    ),
    too_long=(_("The text is longer than %(limit)s characters."), _("Shorten it.")),
    control_characters=(
        _("The text holds invisible control characters."),
        _("Type the text anew."),
    ),
    cell_error=(_("The cell holds an error of the spreadsheet."), _("Correct the formula.")),
    formula=(_("The cell holds a formula without a value."), _("Save formulas as values.")),
    amount_blank=(_("The amount is blank."), _("Write the amount, or 0.")),
    amount_negative=(_("The amount is below zero."), _("Write an amount from 0.")),
    amount_format=(_("This is not an amount."), _("Write it as 1234.56 or 1 234,56.")),
    amount_precision=(
        _("The amount has more than two digits after the point."),
        _("Round it to two digits."),
    ),
    amount_too_big=(
        _("The amount has more than 12 digits before the point."),
        _("Check the amount."),
    ),
    amount_ambiguous=(
        _("It is unclear whether the mark parts thousands or the fraction."),
        _("Write 1234 or 1,23, or choose the style of numbers for the file."),
    ),
    number_format=(_("This is not a whole number."), _("Write it in digits.")),
    date_format=(
        _("This is not a date."),
        _("Write it as 31.12.2026 or 2026-12-31."),
    ),
    date_range=(
        _("The year is not between %(first)s and %(last)s."),
        _("Check the date."),
    ),
    date_ambiguous=(
        _("It is unclear which number is the day and which the month."),
        _("Write it as 31.12.2026, or choose the style of dates for the file."),
    ),
    date_serial=(
        _("This looks like an Excel date, %(guess)s."),
        _("Confirm Excel dates for the file or write it as 31.12.2026."),
    ),
    duplicate_in_file=(
        _(
            "The key %(key)s stands in the file more than once with different values (lines %(lines)s)."
        ),
        _("Keep one row."),
    ),
    not_allowed=(
        _("You have no right to this, or there is no such record."),
        _("Remove the row or ask your head."),
    ),
    conflict=(
        _("The record was being changed by someone else at the same moment."),
        _("Upload the row once more."),
    ),
)
