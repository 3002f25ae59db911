"""A head builds the plan of the year from a total, keeps a cell, saves; the sums agree everywhere."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum
from playwright.sync_api import expect

from apps.core.calendars import company_today
from apps.kpis.models import DealFact, PlanVersion
from tests.factories.deals import staged_pipeline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def year():
    return company_today().year + 1


@pytest.fixture
def history(seller, teammate, other_seller, year):
    """Two whole years that sell most in December."""
    pipeline = staged_pipeline(is_default=True)
    for person in (seller, teammate, other_seller):
        for before in (2, 3):
            for month in range(1, 13):
                DealFact.objects.create(
                    user=person,
                    team=person.team,
                    day=date(year - before, month, 10),
                    pipeline=pipeline,
                    won_amount=Decimal(13 if month == 12 else 1),
                    won_count=1,
                )


def shown(page, address):
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    return page


def number(text):
    return int(re.sub(r"\D", "", text))


def fill(page, total):
    page.get_by_label("Сумма на год").fill(total)
    page.get_by_role("button", name="Разложить сумму").click()
    expect(page.get_by_text("Сетка заполнена, но ещё не сохранена")).to_be_visible()


def test_a_year_is_built_from_a_total_edited_and_saved(
    browser_page, history, seller, teammate, other_seller, year
):
    page = shown(browser_page, f"/plan/?year={year}")
    fill(page, "12 000 000")
    root = page.locator("tr.node.root")
    assert number(root.locator("[data-year]").inner_text()) == 12_000_000
    december = number(root.locator("[data-month='12']").inner_text())
    assert december > 2 * number(root.locator("[data-month='11']").inner_text())

    cell = page.locator(f"input[name='a-{seller.pk}-3']")
    before = number(cell.input_value())
    cell.fill("1 000 000")
    total = 12_000_000 - before + 1_000_000
    # The sums follow what is typed, and the cell is kept from now on.
    assert number(root.locator("[data-year]").inner_text()) == total
    expect(page.locator("[data-sum]")).to_contain_text(re.compile(r"12\s\d{3}\s\d{3}"))
    expect(page.locator("td.kept")).to_have_count(1)

    fill(page, "12 000 000")
    assert number(page.locator(f"input[name='a-{seller.pk}-3']").input_value()) == 1_000_000
    assert number(page.locator("tr.node.root [data-year]").inner_text()) == 12_000_000
    page.get_by_role("button", name="Сохранить как новую версию").click()
    expect(page.get_by_text("Версия 1 сохранена")).to_be_visible()

    version = PlanVersion.objects.get()
    for level, amount in (("plan", 12_000_000), ("minimum", 10_500_000), ("stretch", 13_500_000)):
        lines = version.lines.filter(level=level)
        people = lines.filter(user__isnull=False).aggregate(sum=Sum("amount"))["sum"]
        whole = lines.filter(user=None, node=seller.team.parent).aggregate(sum=Sum("amount"))["sum"]
        assert people == whole == amount
    assert version.lines.get(user=seller, month=date(year, 3, 1), level="plan").amount == 1_000_000


def test_keys_walk_the_column_and_quarters_fold_the_months(browser_page, history, seller, year):
    page = shown(browser_page, f"/plan/?year={year}")
    cells = page.locator("input[name^='a-'][name$='-3']")
    cells.first.focus()
    page.keyboard.press("Enter")
    expect(cells.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(cells.first).to_be_focused()

    page.get_by_text("Кварталы").click()
    expect(cells.first).to_be_hidden()
    page.locator("label.qx").first.click()
    expect(cells.first).to_be_visible()
    expect(page.locator("input[name^='a-'][name$='-4']").first).to_be_hidden()


def test_the_lock_keeps_a_cell_that_was_not_typed_into(browser_page, history, seller, year):
    page = shown(browser_page, f"/plan/?year={year}")
    lock = page.get_by_role("button", name="Закрепить ячейку")
    expect(lock).to_be_disabled()
    page.locator(f"input[name='a-{seller.pk}-5']").focus()
    lock.click()
    expect(page.locator("td.kept")).to_have_count(1)
    fill(page, "1 100 000")
    assert page.locator(f"input[name='a-{seller.pk}-5']").input_value() == ""
    lock = page.get_by_role("button", name="Закрепить ячейку")
    page.locator(f"input[name='a-{seller.pk}-5']").focus()
    lock.click()
    expect(page.locator("td.kept")).to_have_count(0)


def test_on_a_phone_the_grid_scrolls_in_its_own_box(phone_page, history, seller, year):
    page = shown(phone_page, f"/plan/?year={year}")
    fill(page, "12 000 000")

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(".pgbox > .scrollx")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert page.locator(f"input[name='a-{seller.pk}-1']").bounding_box()["height"] >= 40
    assert page.get_by_role("button", name="Разложить сумму").bounding_box()["height"] >= 40
    shown(page, f"/plan/month/?year={year}&month=3")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
