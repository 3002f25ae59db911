"""Tables as files: parts of many rows, and no formula in any of them."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from apps.core import exporting
from apps.core.exporting import as_text, csv_lines, csv_parts, safe_texts
from apps.core.importing.errorfile import safe

TRICKY = ["=1", "+7 900", "-x", "@a", " =1", "\t=1", "＝1", "\u200b=1", "'x", "+7", "-2,5", "«=»"]


def read(parts):
    return list(csv.reader(io.StringIO("".join(parts).removeprefix("\ufeff")), delimiter=";"))


@pytest.mark.parametrize("text", TRICKY)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_formula_among_plain_texts_is_found_wherever_it_stands(text, place):
    column = ["Вега", "7 ветров", None]
    column.insert(place, text)

    assert list(safe_texts(column)) == [safe(cell) if cell else cell for cell in column]
    assert safe_texts(column)[place] == safe(text)


def test_a_column_of_plain_texts_or_of_none_stays_as_it_is():
    assert safe_texts(("Вега", None, "", "12")) == ("Вега", None, "", "12")
    assert safe_texts((None, "")) == (None, "")


def test_text_of_a_cell_is_what_the_closer_look_gives():
    for text in [*TRICKY, "Вега", "1C", "", "ªb"]:
        assert as_text(text) == safe(text)
    assert [as_text(Decimal("1234.50")), as_text(date(2026, 9, 1)), as_text(-3)] == [
        "1234,50",
        "2026-09-01",
        "-3",
    ]


def test_rows_leave_in_parts_and_in_order(monkeypatch):
    monkeypatch.setattr(exporting, "TOGETHER", 2)
    rows = [(number, f"={number}") for number in range(5)]

    parts = list(csv_lines(["N", "=T"], rows))

    assert len(parts) == 4
    assert read(parts) == [["N", "'=T"], *([str(number), f"'={number}"] for number in range(5))]


def test_headings_leave_before_any_row_is_read():
    def rows():
        raise AssertionError("read too early")
        yield

    parts = csv_parts(["N"], rows(), list)

    assert next(parts) == "\ufeffN\r\n"


def test_a_table_without_rows_is_its_headings():
    assert read(csv_lines(["N", "T"], [])) == [["N", "T"]]
