"""The headings of real exports are recognised without a hand."""

import csv
from pathlib import Path

import pytest

from apps.core.importing import headings
from apps.deals.imports import DEALS
from apps.deals.models import Deal

HEADINGS = Path(__file__).parent.parent / "crm_headings"


def recognised(name):
    text = (HEADINGS / f"{name}.csv").read_text("utf-8")
    names = next(csv.reader([text], delimiter=";" if ";" in text else ","))
    matched = headings.match_columns(DEALS, names)
    return {field: names[index] for index, field in matched.mapping.items()}, matched


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "amocrm",
            {
                "external_id": "ID",
                "title": "Название сделки",
                "amount": "Бюджет",
                "manager": "Ответственный",
                "stage": "Этап сделки",
                "pipeline": "Воронка",
                "client": "Компания",
                "close_date": "Дата закрытия",
                "opened_on": "Дата создания сделки",
            },
        ),
        (
            "bitrix24",
            {
                "external_id": "ID",
                "title": "Название сделки",
                "amount": "Сумма",
                "manager": "Ответственный",
                "stage": "Стадия сделки",
                "client": "Компания",
                "expected_close_on": "Предполагаемая дата закрытия",
                "opened_on": "Дата создания",
            },
        ),
        (
            "pipedrive",
            {
                "external_id": "Deal - ID",
                "title": "Deal - Title",
                "amount": "Deal - Value",
                "currency": "Deal - Currency of value",
                "manager": "Deal - Owner",
                "stage": "Deal - Stage",
                "status": "Deal - Status",
                "client": "Deal - Organization",
                "close_date": "Deal - Closed on",
                "expected_close_on": "Deal - Expected close date",
                "refusal_reason": "Deal - Lost reason",
                "opened_on": "Deal - Deal created",
            },
        ),
    ],
)
def test_real_export_is_recognised(name, expected):
    found, matched = recognised(name)

    assert expected.items() <= found.items()
    assert matched.problems == ()
    assert DEALS.missing(matched.mapping) == []


def test_repeated_names_are_left_out_and_told():
    found, matched = recognised("amocrm")

    assert "product" not in found
    assert "source" not in found
    assert {notice.key for notice in matched.notices} == {
        "duplicate_column:product",
        "duplicate_column:source",
    }


def test_rows_of_such_an_export_come_in(import_file, importers):
    """amoCRM: cp1251, a moment for a date, words for an open deal, a blank at a heading's end."""
    text = (
        "ID;Название сделки;Бюджет ;Ответственный;Дата создания сделки;Дата закрытия;Этап сделки;Компания\r\n"
        "1;Поставка;1 000 руб.;anna@example.com;05.01.2026 10:00:00;не закрыта;new;ООО «Ёлка»\r\n"
        "2;Сервис;2 000,50;anna@example.com;05.01.2026 10:00:00;06.01.2026 12:00:00;Успешно реализовано;ООО «Ёлка»\r\n"
    )

    run = import_file("amo.csv", content=text.encode("cp1251"))

    assert (run.created, run.rejected) == (2, 0)
    won = Deal.objects.get(external_id="2")
    assert (won.outcome, str(won.closed_on), str(won.opened_on)) == (
        "won",
        "2026-01-06",
        "2026-01-05",
    )
