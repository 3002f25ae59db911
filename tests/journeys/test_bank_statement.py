"""The head uploads a statement twice: what is clear is booked once, the doubtful he settles."""

from datetime import date
from decimal import Decimal

import pytest

from apps.deals.models import Receipt, ScheduleLine
from tests.deals.statements import document, statement
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, ScheduleLineFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INN = "6671084530"


@pytest.fixture
def line(seller):
    client = ClientFactory(owner=seller, name="ООО «Ромашка»", inn=INN)
    deal = DealFactory(owner=seller, client=client, title="Насосы")
    return ScheduleLineFactory(deal=deal, due_on=date(2026, 11, 10), amount=Decimal("30000"))


def upload(page, content):
    page.goto("/deals/bank/")
    page.set_input_files(
        "#id_file", {"name": "kl_to_1c.txt", "mimeType": "text/plain", "buffer": content}
    )
    page.click("button:text-is('Прочитать выписку')")
    page.wait_for_url("**/deals/bank/*/")


def test_a_statement_twice_and_a_doubtful_payment(browser_page, line):
    page = browser_page
    content = statement(document("30000", INN), document("12000", "", number="18"))

    upload(page, content)
    assert "Можно провести 1 платёж на 30" in page.inner_text(".verdict").replace("\xa0", " ")
    page.click("button:text-is('Провести сопоставленные')")
    page.wait_for_selector(".toast1.good")
    assert ScheduleLine.objects.get(pk=line.pk).paid == Decimal("30000")

    upload(page, content)
    assert "1 платёж ждёт" in page.inner_text(".verdict")
    assert page.locator("button:text-is('Провести сопоставленные')").count() == 0
    page.click("a:text-is('Разобрать')")
    box = page.locator("#modal-body .ts-control input")
    box.click()
    box.press_sequentially("Ромаш")
    page.click(".ts-dropdown .option:has-text('Ромашка')")
    page.click("#modal-body button:text-is('Дальше: за что платёж')")
    page.click("#modal-body button:text-is('Провести платёж')")
    page.wait_for_selector(".verdict:has-text('всё разобрано')")

    assert sorted(receipt.amount for receipt in Receipt.objects.all()) == [12000, 30000]
