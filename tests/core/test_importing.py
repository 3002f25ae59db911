"""The pure parts of the import engine: what a file is, what its cells say, what goes back out."""

import csv
import io
import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.importing import (
    amounts,
    cells,
    content,
    dates,
    delimited,
    errorfile,
    headings,
    workbooks,
)
from apps.core.importing.intake import clean_name
from apps.core.importing.problems import CellProblem, FileProblem, Problem, shown
from apps.core.importing.reading import Reading, data_records, open_file, unquoted
from apps.core.importing.records import Fault, as_text
from apps.core.importing.references import References
from apps.core.importing.specs import AMOUNT, Column, Spec
from apps.core.importing.text import detect_encoding
from apps.core.importing.workbooks import from_serial, letters, place

SPEC = Spec(
    kind="things",
    label="things",
    permission="core.test",
    columns=(
        Column("title", "Title", cells.text(), ("название сделки",), required=True, filled=True),
        Column("amount", "Amount", cells.amount, ("бюджет",), style=AMOUNT, required=True),
        Column("source", "Source", cells.text(), ("источник",)),
        Column("product", "Product", cells.text(), ("товар",)),
    ),
)


def refusal(read, *args, **kwargs):
    with pytest.raises(CellProblem) as refused:
        read(*args, **kwargs)
    return refused.value.code


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1 234 567,89", "1234567.89"),
        ("1\u00a0234\u00a0567,89", "1234567.89"),
        ("1\u202f234\u202f567,89", "1234567.89"),
        ("1'234'567.89", "1234567.89"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("1234567,8", "1234567.80"),
        ("1 234 567 руб.", "1234567.00"),
        ("$ 12.50", "12.50"),
        ("+100", "100.00"),
        ("-0", "0.00"),
        ("0,125,000", "125000.00"),
        ("999999999999.99", "999999999999.99"),
        (Decimal("1037.01"), "1037.01"),
    ],
)
def test_amount_is_read_exactly(written, value):
    assert str(amounts.read_amount(written)) == value


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1,234", "amount_ambiguous"),
        ("1.234", "amount_ambiguous"),
        ("12,34,567", "amount_format"),
        ("1 23 4", "amount_format"),
        ("1.234,567.89", "amount_format"),
        ("1234,567", "amount_precision"),
        ("-0.01", "amount_negative"),
        ("\u22125", "amount_negative"),
        ("1e5", "amount_format"),
        ("NaN", "amount_format"),
        ("１２３", "amount_format"),
        ("1_000", "amount_format"),
        ("1000000000000", "amount_too_big"),
        ("", "amount_blank"),
        (Decimal("10.005"), "amount_precision"),
        (Decimal("NaN"), "amount_format"),
        (Fault("cell_error", "#N/A"), "cell_error"),
    ],
)
def test_amount_is_refused_rather_than_guessed(written, code):
    assert refusal(amounts.read_amount, written) == code


def test_chosen_style_settles_an_ambiguous_amount():
    assert amounts.read_amount("1,234", style=amounts.POINT) == Decimal("1234.00")
    assert refusal(amounts.read_amount, "1,234", style=amounts.COMMA) == "amount_precision"
    assert amounts.read_amount("1.234", style=amounts.COMMA) == Decimal("1234.00")


def test_detected_style_never_settles_it():
    assert refusal(amounts.read_amount, "1,234", likely=amounts.POINT) == "amount_ambiguous"
    assert refusal(amounts.read_amount, "10.005", likely=amounts.POINT) == "amount_precision"


def test_style_is_detected_where_the_column_agrees():
    assert amounts.detect_style(["1 234,5", "7,10", "5"]) == amounts.COMMA
    assert amounts.detect_style(["1.5", "2,5"]) == ""


@settings(max_examples=200, deadline=None)
@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_amount_survives_both_ways_of_writing(value):
    assert amounts.read_amount(f"{value:,.2f}") == value
    russian = f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",")
    assert amounts.read_amount(russian) == value


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_amount_is_a_number_or_a_refusal(text):
    try:
        value = amounts.read_amount(text)
    except CellProblem:
        return
    assert value.is_finite()
    assert 0 <= value < 10**12
    assert value.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-1-5", date(2026, 1, 5)),
        ("05.01.2026", date(2026, 1, 5)),
        ("29.02.2024", date(2024, 2, 29)),
        ("05.01.2026 23:59:59", date(2026, 1, 5)),
        ("2026-01-05 10:00", date(2026, 1, 5)),
        ("13/02/2026", date(2026, 2, 13)),
        ("02/13/2026", date(2026, 2, 13)),
        (datetime(2026, 1, 5, 23, 0), date(2026, 1, 5)),
        ("  ", None),
    ],
)
def test_date_is_read(written, day):
    assert dates.read_date(written) == day


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31.02.2026", "date_format"),
        ("29.02.2025", "date_format"),
        ("01/02/2026", "date_ambiguous"),
        ("2/1/26", "date_ambiguous"),
        ("0001-01-01", "date_range"),
        ("10000-01-01", "date_range"),
        ("вчера", "date_format"),
        ("20260105", "date_format"),
        ("2026-03-29T02:30:00+01:00", "date_format"),
        ("46027", "date_format"),
        (Decimal(46027), "date_serial"),
    ],
)
def test_date_is_refused_rather_than_guessed(written, code):
    assert refusal(dates.read_date, written) == code


def test_dates_by_choice():
    assert dates.read_date("01/02/2026", style=dates.MONTH_FIRST) == date(2026, 1, 2)
    assert dates.read_date("46024", serials="yes") == date(2026, 1, 2)
    assert refusal(dates.read_date, "46024", serials="likely") == "date_serial"


def test_serials_of_both_epochs():
    assert from_serial(Decimal(46024)) == date(2026, 1, 2)
    assert from_serial(Decimal(44562), since_1904=True) == date(2026, 1, 2)
    assert from_serial(Decimal("46024.5")) == datetime(2026, 1, 2, 12)


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("Алексеи\u0306", "Алексей"),
        ("\u202eнаоборот\u202c", "наоборот"),
        ("zero\u200bwidth", "zerowidth"),
        ("👩\u200d👧 семья", "👩\u200d👧 семья"),
        ("a\u200db", "ab"),
        ("  ООО \u00a0 «Ёлка»\n", "ООО «Ёлка»"),
    ],
)
def test_text_is_cleaned(written, clean):
    assert cells.text()(written, cells.Style()) == clean


def test_text_keeps_its_lines_where_they_matter():
    assert (
        cells.text(one_line=False)(" строка 1\nстрока 2  ", cells.Style()) == "строка 1\nстрока 2"
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("a\x00b", "control_characters"),
        ("a\x1b[31m", "control_characters"),
        ("я" * 256, "too_long"),
        ("\udcd0x", "encoding"),
    ],
)
def test_text_is_refused(written, code):
    assert refusal(cells.text(), written, cells.Style()) == code


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+7 900",
        "-1+1",
        "@SUM",
        "\t=1",
        "\r=1",
        " =1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠S",
        "\u200b=1",
        "'=1",
    ],
)
def test_formula_is_quoted_and_comes_back(text):
    safe = errorfile.safe(text)

    assert safe == f"'{text}"
    assert unquoted(safe) == text


@pytest.mark.parametrize("text", ["-5", "+5,50", "Ёлка", "", "1=1"])
def test_plain_text_and_numbers_stay(text):
    assert errorfile.safe(text) == text


def test_quoted_value_is_short_and_shows_its_controls():
    assert shown("я" * 500) == "я" * 99 + "…"
    assert shown("a\x00\x1b\u202e\udcd0") == "a\u2400\u241b\ufffd\ufffd"


def write(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize(
    ("encoding", "name", "sure"),
    [
        ("cp1251", "cp1251", True),
        ("cp866", "cp866", False),
        ("koi8-r", "koi8-r", False),
        ("utf-8", "utf-8", True),
        ("utf-16", "utf-16-le", True),
    ],
)
def test_encoding_is_detected(tmp_path, encoding, name, sure):
    text = "Клиент;Название;Сумма\r\nООО «Ёлка»;Поставка оборудования;100\r\n".replace(
        "«", '"'
    ).replace("»", '"')
    found = detect_encoding(write(tmp_path, "a.csv", text.encode(encoding)))

    assert (found.name, found.sure) == (name, sure)


def test_western_text_is_not_read_as_cyrillic(tmp_path):
    path = write(
        tmp_path, "a.csv", "client,title\r\nMüller Söhne,Größe prüfen\r\n".encode("cp1252")
    )

    assert detect_encoding(path).name == "cp1252"
    assert not detect_encoding(path).sure


def test_excel_states_its_delimiter(tmp_path):
    path = write(tmp_path, "a.csv", b"sep=|\r\ntitle|amount\r\nx, y; z|5\r\n")
    reading = open_file(path, "a.csv")

    assert reading.delimiter == "|"
    assert [record.cells for record in delimited.records(path, "utf-8", "|")][1] == ["x, y; z", "5"]


def test_lines_are_counted_as_an_editor_does(tmp_path):
    path = write(tmp_path, "a.csv", b'title,amount\r\n"two\nlines",1\r\n\r\nx,2\r')
    records = data_records(path, Reading("csv", "utf-8", ",", 1, ["title", "amount"]))

    assert [(record.line, record.cells) for record in records] == [
        (2, ["two\nlines", "1"]),
        (5, ["x", "2"]),
    ]


def test_open_quote_does_not_swallow_the_file(tmp_path):
    path = write(tmp_path, "a.csv", b'title,amount\r\n"open,1\r\n' + b"x,2\r\n" * 2000)

    with pytest.raises(FileProblem) as refused:
        list(delimited.records(path, "utf-8", ","))
    assert refused.value.problem.code == "unclosed_quote"


def test_headings_of_a_real_export_with_repeated_names():
    heads = [
        "ID",
        "Название сделки",
        "Бюджет ",
        "Источник",
        "cid",
        "Товар",
        "cid",
        "Товар",
        "Источник",
    ]
    matched = headings.match_columns(SPEC, heads)

    assert matched.mapping == {1: "title", 2: "amount"}
    assert matched.problems == ()
    assert [notice.key for notice in matched.notices] == [
        "duplicate_column:source",
        "duplicate_column:product",
    ]


def test_required_field_named_twice_is_a_problem():
    matched = headings.match_columns(SPEC, ["title", "amount", "Бюджет"])

    assert [problem.key for problem in matched.problems] == ["duplicate_column:amount"]


def test_vendor_prefix_and_likeness():
    matched = headings.match_columns(SPEC, ["Deal - Title", "amountt"])

    assert matched.mapping == {0: "title", 1: "amount"}
    assert matched.suggested == {1}


def test_signature_ignores_case_and_the_columns_of_an_error_file():
    assert headings.signature([" Title", "AMOUNT"]) == headings.signature(["title", "amount "])
    assert headings.signature(["title", "line", "error"]) == headings.signature(["title"])


@pytest.mark.parametrize(("reference", "at"), [("A1", (1, 0)), ("C14", (14, 2)), ("AA3", (3, 26))])
def test_cell_places(reference, at):
    assert place(reference) == at
    assert f"{letters(at[1])}{at[0]}" == reference


def test_workbook_whose_directory_lies_about_a_size(tmp_path):
    """T37"""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(
            "xl/worksheets/sheet1.xml", "<worksheet>" + "0" * 5_000_000 + "</worksheet>"
        )
    data = path.read_bytes().replace(
        (5_000_023).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    )
    path.write_bytes(data)

    with pytest.raises(FileProblem) as refused:
        list(workbooks.records(str(path)))
    assert refused.value.problem.code in ("unpacked_too_big", "damaged")


@pytest.mark.parametrize(
    "name", ["zip_bomb_40mb.xlsx", "many_entries.xlsx", "xxe.xlsx", "entity_expansion.xlsx"]
)
def test_hostile_workbook_takes_no_memory(bad_input, name):
    """T37"""
    tracemalloc.start()
    path = str(bad_input(name))
    with pytest.raises(FileProblem):
        list(workbooks.records(path))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * 1024 * 1024


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.csv", b"", "empty_file"),
        ("a.csv", b"\x89PNG\r\n", "not_csv"),
        ("a.csv", b"<html><table>", "not_csv"),
        ("a.xlsx", b"a,b\r\n", "not_xlsx"),
        ("a.xls", b"<html>", "not_xlsx"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted_or_xls"),
        ("a.exe", b"a,b\r\n", "type_not_allowed"),
        ("a", b"a,b\r\n", "type_not_allowed"),
    ],
)
def test_kind_is_told_by_content(tmp_path, name, data, code):
    with pytest.raises(FileProblem) as refused:
        content.kind_of(write(tmp_path, "upload", data), name)
    assert refused.value.problem.code == code


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\temp\\a.csv", "a.csv"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie_ x.csv"),
        ("\u202evsc.exe.csv", "vsc.exe.csv"),
        ("\x00.csv", "csv"),
        ("я" * 300 + ".csv", "я" * 146 + ".csv"),
        ("", "file"),
    ],
)
def test_name_is_cleaned(given_name, kept):
    assert clean_name(given_name) == kept


def test_unknown_name_has_its_nearest_and_a_substitute():
    names = References(
        "product", [("GTX Pro", 1), ("MG Special", 2)], substitutes={"gtxpro": "GTX Pro"}
    )

    assert names.find("gtx  pro") == 1
    assert names.find("GTXPro") == 1
    assert names.find("MGSpecial") is None
    assert names.unknown("MGSpecial").params["nearest"] == "MG Special"


def test_error_file_goes_back_in(tmp_path):
    path = write(tmp_path, "a.csv", "title;amount\r\n=1+1;много\r\nb;5\r\n".encode())
    reading = Reading("csv", "utf-8", ";", 1, ["title", "amount"])
    out = io.StringIO(newline="")

    written = errorfile.write_error_file(out, path, reading, {}, {2: "строка 2: не сумма"})

    rows = list(csv.reader(io.StringIO(out.getvalue().removeprefix("\ufeff")), delimiter=";"))
    assert written == 1
    assert rows == [
        ["title", "amount", "line", "error"],
        ["'=1+1", "много", "2", "строка 2: не сумма"],
    ]


def test_message_names_place_column_value_reason_and_remedy():
    text = Problem("amount_negative", "amount", "-5").text("Сумма", "E14")

    assert text.startswith("E14, Сумма: ")
    assert "-5" in text
    assert text.endswith(".")


def test_numbers_of_a_workbook_are_written_plainly():
    assert as_text(Decimal("7700000000.0")) == "7700000000"
    assert as_text(Decimal("1E+3")) == "1000"
