"""The network fails in the middle: what was begun is said in words, and nothing looks done that is not.

`browser_page` fails the test when a script throws: a promise that nobody caught is such a failure.
"""

import pytest
from playwright.sync_api import expect

from apps.deals.models import StageMove
from tests.journeys.test_board import board, card, column, drag, make, pipeline, shown, stages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIXTURES = (make, pipeline, stages)
OFFLINE = "Нет связи с сервером"


def toasts(page):
    return page.locator("#toasts .toast1")


def test_a_dragged_card_goes_back_and_moves_once_the_network_is_back(browser_page, make, stages):
    first, deal = make(), make()
    page = board(browser_page)
    page.context.set_offline(True)

    drag(page, deal, stages["КП"])

    expect(toasts(page)).to_have_count(1)
    expect(toasts(page)).to_contain_text(OFFLINE)
    cards = column(page, stages["Запрос"]).locator("[data-card]")
    expect(cards).to_have_count(2)
    assert [cards.nth(place).get_attribute("id") for place in (0, 1)] == [
        f"card-{first.pk}", f"card-{deal.pk}",
    ]  # fmt: skip
    assert "busy" not in card(page, deal).get_attribute("class").split()
    assert not StageMove.objects.exists()

    page.context.set_offline(False)
    drag(page, deal, stages["КП"])
    expect(page.locator(f"#colh-{stages['КП'].pk} .n")).to_have_text("1")  # the server has said so
    assert StageMove.objects.filter(deal=deal).count() == 1


def test_the_menu_of_moves_says_that_there_is_no_network(browser_page, make):
    deal = make()
    page = board(browser_page)
    page.context.set_offline(True)

    card(page, deal).locator("a.nm").focus()
    page.keyboard.press("m")

    expect(toasts(page)).to_have_count(1)
    expect(toasts(page)).to_contain_text(OFFLINE)
    expect(page.locator("#modal")).to_be_hidden()
    page.context.set_offline(False)


def test_a_cell_stays_as_it_was_when_its_form_cannot_be_fetched(browser_page, make):
    make(amount="100000.00", amount_base="100000.00")
    page = shown(browser_page, "/deals/?view=list")
    cell = page.locator("tr[data-row] td.am")
    page.context.set_offline(True)

    cell.locator("[data-edit]").click()

    expect(toasts(page)).to_have_count(1)
    expect(toasts(page)).to_contain_text(OFFLINE)
    expect(cell).to_contain_text("100 000")
    page.context.set_offline(False)
    cell.locator("[data-edit]").click()
    expect(page.locator(".cell1 [name=amount]")).to_be_focused()


def test_a_cell_that_cannot_be_saved_keeps_what_was_typed_and_can_be_put_back(browser_page, make):
    deal = make(amount="100000.00", amount_base="100000.00")
    page = shown(browser_page, "/deals/?view=list")
    page.locator("tr[data-row] td.am [data-edit]").click()
    field = page.locator(".cell1 [name=amount]")
    field.fill("250000")
    page.context.set_offline(True)

    field.press("Enter")

    expect(toasts(page)).to_have_count(1)
    expect(toasts(page)).to_contain_text(OFFLINE)
    expect(field).to_have_value("250000")
    field.press("Escape")
    expect(page.locator("tr[data-row] td.am")).to_contain_text("100 000")
    page.context.set_offline(False)
    deal.refresh_from_db()
    assert deal.amount == 100000
