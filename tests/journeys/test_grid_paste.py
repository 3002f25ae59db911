"""A block copied from a spreadsheet goes into the grid of the plan, and out again by one key."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.kpis.models import PlanVersion

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """([field, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
AMOUNTS = {
    "1 234,56": "1234.56",
    "1\u00a0234\u202f567,5 ₽": "1234567.5",
    "12 000 руб.": "12000",
    "$1,234.56": "1234.56",
    "1.234.567,89": "1234567.89",
    "1,234,567": "1234567",
    "1234.5": "1234.5",
    "–": "",
    "": "",
    "1,234": None,
    "1.234": None,
    "-5": None,
    "12 тыс.": None,
    "1,23,456": None,
    "много": None,
}
BLOCKS = {
    "1\t2\r\n3\t4\r\n": [["1", "2"], ["3", "4"]],
    '"1\n2"\t"a ""b"""\n5': [["1\n2", 'a "b"'], ["5"]],
    "7": [["7"]],
    "\t7\n\n8": [["", "7"], [""], ["8"]],
}


@pytest.fixture
def grid(browser_page, head, seller, teammate, other_seller):
    browser_page.goto(f"{reverse('kpis:plan')}?year=2026")
    assert browser_page.get_attribute("html", "data-ready") == "true"
    browser_page.wait_for_function("document.querySelector('.pastebar')?.textContent")
    return browser_page


def cell(page, person, month):
    return page.locator(f"[name='a-{person.pk}-{month}']")


def paste(page, field, text):
    field.focus()
    page.evaluate(PASTE, [field.element_handle(), text])


def values(page, *places):
    shown = [cell(page, person, month).input_value() for person, month in places]
    return [value.replace("\u00a0", " ") for value in shown]


def test_amounts_are_read_as_people_write_them(browser_page):
    browser_page.goto("/styleguide/")
    read = browser_page.evaluate(
        """async (texts) => {
          const { readAmount } = await import("/static/js/block.js");
          return texts.map(readAmount);
        }""",
        list(AMOUNTS),
    )

    assert dict(zip(AMOUNTS, read, strict=True)) == AMOUNTS


def test_blocks_are_taken_apart_as_spreadsheets_write_them(browser_page):
    browser_page.goto("/styleguide/")
    read = browser_page.evaluate(
        """async (texts) => {
          const { readBlock } = await import("/static/js/block.js");
          return texts.map((text) => readBlock(text).rows);
        }""",
        list(BLOCKS),
    )

    assert dict(zip(BLOCKS, read, strict=True)) == BLOCKS


def test_a_block_is_spread_marked_and_taken_back(grid, seller, teammate, other_seller):
    cell(grid, seller, 3).fill("5")
    places = [(seller, 3), (seller, 4), (teammate, 3), (teammate, 4), (other_seller, 3)]
    paste(grid, cell(grid, seller, 3), "1 234,56 ₽\t2 000\nмного\t3\n4\n")

    assert values(grid, *places) == ["1 234,56", "2 000", "", "3", "4"]
    expect(cell(grid, teammate, 3)).to_have_attribute("data-unread", "true")
    bar = grid.locator(".pastebar")
    expect(bar).to_contain_text("Вставлено ячеек: 4.")
    expect(bar).to_contain_text("Не прочитано и оставлено как было: 1. много")

    cell(grid, teammate, 4).focus()
    grid.keyboard.press("Control+z")
    assert values(grid, *places) == ["5", "", "", "", ""]
    expect(grid.locator("[data-unread], [data-pasted]")).to_have_count(0)
    expect(cell(grid, seller, 3)).to_be_focused()


def test_two_pastes_are_taken_back_one_by_one_and_typing_stays(grid, seller, teammate):
    paste(grid, cell(grid, seller, 1), "1\t2")
    paste(grid, cell(grid, seller, 2), "3\t4")
    cell(grid, teammate, 1).press_sequentially("77")
    grid.keyboard.press("Control+z")
    assert values(grid, (seller, 1), (seller, 2), (seller, 3)) == ["1", "3", "4"]

    grid.locator("[data-undo-paste]").click()
    assert values(grid, (seller, 1), (seller, 2), (seller, 3)) == ["1", "2", ""]


def test_what_stands_beyond_the_edge_is_told(grid, seller):
    paste(grid, cell(grid, seller, 12), "1\t2\t3")

    assert values(grid, (seller, 12)) == ["1"]
    expect(grid.locator(".pastebar")).to_contain_text("За краем таблицы: 2.")


def test_keys_walk_the_grid_and_enter_saves_nothing(grid, seller, teammate):
    cell(grid, seller, 3).focus()
    grid.keyboard.press("ArrowDown")
    expect(cell(grid, teammate, 3)).to_be_focused()
    grid.keyboard.press("ArrowRight")
    expect(cell(grid, teammate, 4)).to_be_focused()
    grid.keyboard.press("Shift+Enter")
    expect(cell(grid, seller, 4)).to_be_focused()
    grid.keyboard.type("125")
    grid.keyboard.press("ArrowLeft")
    expect(cell(grid, seller, 4)).to_be_focused()
    grid.keyboard.press("Enter")

    expect(cell(grid, teammate, 4)).to_be_focused()
    assert values(grid, (seller, 4)) == ["125"]
    assert not PlanVersion.objects.exists()


def test_a_pasted_plan_is_saved_as_it_stands(grid, seller, teammate):
    paste(grid, cell(grid, seller, 3), "1 234,56\n7,5")
    grid.get_by_role("button", name="Сохранить как новую версию").click()
    expect(grid.locator(".toast1")).to_contain_text("Версия 1")

    rows = PlanVersion.objects.get().lines.filter(user__isnull=False, level="plan")
    found = {
        (user, month.month): str(amount)
        for user, month, amount in rows.values_list("user", "month", "amount")
    }
    assert found == {(seller.pk, 3): "1234.56", (teammate.pk, 3): "7.50"}
