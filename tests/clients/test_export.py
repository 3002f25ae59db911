import csv
import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.django_db

FORMULAS = [
    "=1+1",
    " =1+1",
    "\t=1+1",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "＝1+1",
    "\u200b=1+1",
]


def export(client, kind, **filters):
    answer = client.get(reverse("clients:client_export", args=[kind]), filters)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment;")
    return b"".join(answer.streaming_content)


def csv_rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def xlsx_rows(data):
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize(("kind", "read"), [("csv", csv_rows), ("xlsx", xlsx_rows)])
def test_exactly_what_is_filtered_in_its_order(client, head, seller, other_seller, kind, read):
    ClientFactory(
        name="Альфа", owner=seller, city="Пермь", inn="7707083893", employees=12,
        potential="1234567.89", phone="+79161234567",
    )  # fmt: skip
    ClientFactory(name="Бета", owner=other_seller, city="Пермь")
    ClientFactory(name="Вега", owner=seller, city="Тверь")
    client.force_login(head)

    heading, *rows = read(export(client, kind, city="Пермь", sort="-name"))

    assert heading[0] == "название"
    assert [row[0] for row in rows] == ["Бета", "Альфа"]
    row = dict(zip(heading, rows[1], strict=True))
    assert row["ИНН"] == "7707083893"
    assert row["телефон"] == "+79161234567"
    assert row["потенциал в год"] == ("1234567,89" if kind == "csv" else 1234567.89)
    assert row["ответственный"] == str(seller)


@pytest.mark.parametrize(("kind", "read"), [("csv", csv_rows), ("xlsx", xlsx_rows)])
def test_own_rows_only(client, seller, other_seller, kind, read):
    ClientFactory(name="Альфа", owner=seller)
    ClientFactory(name="Секрет", owner=other_seller)
    client.force_login(seller)
    assert [row[0] for row in read(export(client, kind))[1:]] == ["Альфа"]
    assert read(export(client, kind, q="секрет"))[1:] == []


@pytest.mark.parametrize("hostile", FORMULAS)
@pytest.mark.parametrize(("kind", "read"), [("csv", csv_rows), ("xlsx", xlsx_rows)])
def test_no_cell_is_a_formula(client, seller, kind, read, hostile):
    """T36"""
    ClientFactory(name=hostile, owner=seller, city=hostile)
    client.force_login(seller)
    (_heading, row) = read(export(client, kind))
    for cell in (row[0], row[8]):
        assert cell == f"'{hostile}"


def test_a_workbook_holds_no_formula_at_all(client, seller):
    import zipfile

    ClientFactory(name="=1+1", owner=seller, site="https://example.com")
    client.force_login(seller)
    with zipfile.ZipFile(io.BytesIO(export(client, "xlsx"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


@pytest.mark.parametrize(("role", "status"), [("admin", 403), ("hr", 403), ("director", 200)])
def test_who_may_export(client, people, role, status):
    client.force_login(people[role])
    assert client.get(reverse("clients:client_export", args=["csv"])).status_code == status


def test_other_kinds_do_not_exist(client, seller):
    client.force_login(seller)
    assert client.get(reverse("clients:client_export", args=["pdf"])).status_code == 404


def test_queries_do_not_grow_with_the_rows(client, seller, django_assert_max_num_queries):
    ClientFactory.create_batch(30, owner=seller)
    client.force_login(seller)
    with django_assert_max_num_queries(11):  # four of them count the exports of the hour
        export(client, "csv")
