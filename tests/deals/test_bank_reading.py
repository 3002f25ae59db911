"""The exchange file of a bank, read from bytes."""

from datetime import date
from decimal import Decimal

import pytest

from apps.deals.bank.reading import Fault, NotAStatement, read_statement
from tests.deals.statements import FOREIGN, OURS, document, statement


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8"])
def test_a_payment_is_read_whatever_the_encoding(encoding):
    content = statement(
        document("120000.50", "6671084530", purpose="Оплата по счету № 42"), encoding=encoding
    )

    read = read_statement(content)

    [payment] = read.documents
    assert read.accounts == [OURS]
    assert not read.is_cut
    assert (payment.amount, payment.day) == (Decimal("120000.50"), date(2026, 11, 2))
    assert (payment.payer, payment.payer_inn) == ('ООО "Плательщик"', "6671084530")
    assert (payment.payer_account, payment.account) == (FOREIGN, OURS)
    assert payment.purpose == "Оплата по счету № 42"
    assert payment.currency == "RUB"


def test_the_inn_may_stand_in_the_name_alone():
    content = statement(document("10", "6671084530", ПлательщикИНН=None))

    assert read_statement(content).documents[0].payer_inn == "6671084530"


def test_the_account_names_the_currency():
    dollars = "40702840900000012345"
    content = statement(document("10", ПолучательСчет=dollars), account=dollars)

    assert read_statement(content).documents[0].currency == "USD"


def test_money_that_left_is_counted_and_not_read():
    content = statement(document("10", ПолучательСчет=FOREIGN, ПлательщикСчет=OURS), document("20"))

    read = read_statement(content)

    assert (read.outgoing, [one.amount for one in read.documents]) == (1, [Decimal("20.00")])


def test_the_day_of_arrival_wins_over_the_day_of_the_document():
    content = statement(document("10", Дата="30.10.2026"))

    assert read_statement(content).documents[0].day == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"amount": "сто"}, ("Сумма", "сто")),
        ({"amount": "-5"}, ("Сумма", "-5")),
        ({"amount": "0"}, ("Сумма", "0")),
        ({"amount": "NaN"}, ("Сумма", "NaN")),
        ({"amount": "1e30"}, ("Сумма", "1e30")),
        ({"amount": "10.005"}, ("Сумма", "10.005")),
        ({"amount": "10", "day": "31.02.2026"}, ("Дата", "31.02.2026")),
    ],
)
def test_an_unreadable_document_is_named_and_the_others_are_read(fields, fault):
    read = read_statement(statement(document(**fields), document("20")))

    assert read.faults == [Fault(14, *fault)]
    assert [one.amount for one in read.documents] == [Decimal("20.00")]


def test_a_cut_file_says_so_and_its_open_document_is_not_trusted():
    whole = statement(document("10"), document("20"))
    cut = whole[: whole.rindex("КонецДокумента".encode("cp1251"))]

    read = read_statement(cut)

    assert read.is_cut
    assert [one.amount for one in read.documents] == [Decimal("10.00")]
    assert [fault.name for fault in read.faults] == ["КонецДокумента"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "empty"),
        ("Дата;Сумма\r\n".encode("cp1251"), "not_exchange"),
        (b"PK\x03\x04 a workbook", "not_exchange"),
        (b"\x00\xff" * 500, "not_exchange"),
    ],
)
def test_another_file_is_refused(content, code):
    with pytest.raises(NotAStatement) as refusal:
        read_statement(content)

    assert refusal.value.code == code
