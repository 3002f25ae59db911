"""The board and the list by mouse, keyboard and finger."""

import re
from contextlib import suppress

import pytest
from django.urls import reverse
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from apps.core.calendars import company_today
from apps.core.models import SavedView
from apps.deals.models import Deal, StageMove
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, RefusalReasonFactory, staged_pipeline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BOARD = "/deals/board/"


@pytest.fixture
def pipeline():
    return staged_pipeline(is_default=True)


@pytest.fixture
def stages(pipeline):
    return {stage.name: stage for stage in pipeline.stages.all()}


@pytest.fixture
def make(seller, pipeline, stages):
    def one(stage="Запрос", **fields):
        client = ClientFactory(owner=seller, name=fields.pop("client_name", "ТД «Уралкомплект»"))
        return DealFactory(
            owner=seller, pipeline=pipeline, stage=stages[stage], client=client, **fields
        )

    return one


def shown(page, address=BOARD):
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    return page


def board(page):
    """The board, once cards can be dragged."""
    shown(page)
    page.wait_for_selector("[data-column][data-sorted]")
    return page


def card(page, deal):
    return page.locator(f"#card-{deal.pk}")


def column(page, stage):
    return page.locator(f"[data-column='{stage.pk}']")


def drag(page, deal, stage):
    """With the steps that a hand makes: the library tells a drag from a click by them."""
    start = card(page, deal).locator(".am").bounding_box()
    end = column(page, stage).bounding_box()
    page.mouse.move(start["x"] + 10, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 30, start["y"] + 12, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + min(40, end["height"] / 2), steps=12)
    page.mouse.up()


def test_a_card_is_dragged_and_the_columns_count_anew(browser_page, make, stages):
    deal = make()
    page = board(browser_page)

    drag(page, deal, stages["КП"])

    expect(column(page, stages["КП"]).locator(f"#card-{deal.pk}")).to_be_visible()
    expect(page.locator(f"#colh-{stages['КП'].pk} .n")).to_have_text("1")
    expect(page.locator(f"#colh-{stages['Запрос'].pk} .n")).to_have_text("0")
    page.locator(".toast1 .undo").click()
    expect(column(page, stages["Запрос"]).locator(f"#card-{deal.pk}")).to_be_visible()
    assert StageMove.objects.filter(deal=deal).count() == 2


def test_what_the_stage_asks_for_is_asked_in_place(browser_page, make, stages):
    deal = make("КП", amount=None, amount_base=None)
    page = board(browser_page)

    drag(page, deal, stages["Договор"])
    modal = page.locator("#modal")
    expect(modal).to_be_visible()
    modal.locator("[name=amount]").fill("1 250 000,00")
    modal.locator("[name=amount]").press("Enter")

    expect(modal).to_be_hidden()
    expect(column(page, stages["Договор"]).locator(f"#card-{deal.pk}")).to_contain_text("1 250 000")
    deal.refresh_from_db()
    assert (deal.stage, deal.amount) == (stages["Договор"], 1250000)
    assert page.locator(f"#card-{deal.pk}").count() == 1


def test_a_card_goes_back_when_the_question_is_closed(browser_page, make, stages):
    deal = make("КП", amount=None, amount_base=None)
    page = board(browser_page)

    drag(page, deal, stages["Договор"])
    expect(page.locator("#modal")).to_be_visible()
    page.keyboard.press("Escape")

    expect(column(page, stages["КП"]).locator(f"#card-{deal.pk}")).to_be_visible()
    deal.refresh_from_db()
    assert (deal.stage, StageMove.objects.exists()) == (stages["КП"], False)


def test_a_refused_card_goes_back_to_its_place(browser_page, make, stages):
    first, deal, last = make(), make(), make()
    page = board(browser_page)
    Deal.objects.filter(pk=deal.pk).update(stage=stages["Договор"])

    drag(page, deal, stages["КП"])
    expect(page.locator("#modal .dlg-b")).to_contain_text("Договор")
    page.keyboard.press("Escape")

    cards = column(page, stages["Запрос"]).locator("[data-card]")
    expect(cards).to_have_count(3)
    ids = [cards.nth(place).get_attribute("id") for place in range(3)]
    assert ids == [f"card-{one.pk}" for one in (first, deal, last)]


def test_a_card_is_dropped_on_the_loss_with_its_reason(browser_page, make, stages):
    reason = RefusalReasonFactory(name="Дорого")
    deal = make()
    page = board(browser_page)

    drag(page, deal, stages["Отказ"])
    modal = page.locator("#modal")
    expect(modal).to_be_visible()
    modal.locator("select[name=reason]").select_option(label="Дорого")
    modal.locator("button.p").click()

    expect(card(page, deal)).to_have_count(0)
    deal.refresh_from_db()
    assert (deal.outcome, deal.refusal_reason) == ("lost", reason)


def test_a_card_is_won_with_its_day(browser_page, make, stages):
    deal = make("Договор", expected_close_on=company_today())
    page = board(browser_page)

    drag(page, deal, stages["Оплата"])
    page.locator("#modal button.p").click()

    expect(card(page, deal)).to_have_count(0)
    deal.refresh_from_db()
    assert (deal.outcome, deal.closed_on) == ("won", company_today())


def test_a_card_is_walked_to_and_moved_by_the_keyboard(browser_page, make, stages):
    first, deal = make(), make(client_name="Завод «Прогресс»")
    other = make("КП")
    page = board(browser_page)

    card(page, first).locator("a.nm").focus()
    page.keyboard.press("ArrowRight")
    expect(card(page, other).locator("a.nm")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(card(page, deal).locator("a.nm")).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("#modal .moves1 button").first).to_be_focused()
    # htmx takes hold of a new form a moment after it is drawn, sooner than any hand.
    page.wait_for_timeout(200)
    page.keyboard.press("Enter")

    expect(column(page, stages["КП"]).locator(f"#card-{deal.pk}")).to_be_visible()
    expect(card(page, deal).locator("a.nm")).to_be_focused()


def test_a_card_is_moved_by_a_finger(phone_page, make, stages):
    deal = make()
    page = shown(phone_page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    card(page, deal).locator("[data-moves]").tap()
    page.locator("#modal .moves1 button", has_text="КП").tap()

    expect(column(page, stages["КП"]).locator(f"#card-{deal.pk}")).to_be_attached()
    deal.refresh_from_db()
    assert deal.stage == stages["КП"]


def test_a_long_column_is_loaded_further(browser_page, make, stages):
    for _number in range(17):
        make()
    page = board(browser_page)
    cards = column(page, stages["Запрос"]).locator(".kc")
    expect(cards).to_have_count(15)

    column(page, stages["Запрос"]).locator(".more2").click()

    expect(cards).to_have_count(17)
    expect(column(page, stages["Запрос"]).locator(".more2")).to_have_count(0)


def test_chosen_deals_are_handed_over_and_put_back(browser_page, make, seller, teammate):
    deals = [make(title=f"Поставка {number}") for number in range(3)]
    page = shown(browser_page, reverse("deals:deal_list"))
    expect(page.locator("#bulk")).to_be_hidden()

    for deal in deals[:2]:
        page.locator(f"input[name=pk][value='{deal.pk}']").check()
    page.locator("#bulk button", has_text="Передать").click()
    modal = page.locator("#modal")
    modal.locator("select[name=owner]").select_option(value=str(teammate.pk))
    modal.locator("button.p").click()
    expect(modal).to_contain_text("Изменятся 2 строки")
    modal.locator("button.p").click()
    undo = page.locator(".toast1 .undo")
    expect(undo).to_be_visible()
    assert [Deal.objects.get(pk=deal.pk).owner for deal in deals] == [teammate, teammate, seller]
    undo.click()

    expect(page.locator(".toast1")).to_contain_text("возвращено")
    assert {deal.owner for deal in Deal.objects.all()} == {seller}


def test_a_view_is_saved_pinned_and_opened(browser_page, make):
    make()
    page = shown(browser_page, f"{reverse('deals:deal_list')}?outcome=open&no_step=on")

    page.locator(".views1 summary").click()
    page.locator(".views1 a.mi", has_text="Сохранить вид").click()
    page.locator("#modal [name=name]").fill("Без шага")
    page.locator("#modal button.p").click()
    tab = page.locator(".views1 .tabs1 a", has_text="Без шага")
    expect(tab).to_have_class("on")
    shown(page, f"{reverse('deals:deal_list')}?view=list")
    tab.click()

    expect(page).to_have_url(re.compile(r"no_step=on&outcome=open$"))
    assert SavedView.objects.named().get().query == "no_step=on&outcome=open"


def test_a_cell_is_edited_and_restored_by_the_keyboard(browser_page, make):
    deal = make()
    page = shown(browser_page, reverse("deals:deal_list"))
    cell = page.locator("tr[data-row] td.am")

    cell.locator("[data-edit]").click()
    field = page.locator(".cell1 [name=amount]")
    field.fill("5")
    field.press("Escape")
    expect(cell).to_contain_text("100 000")
    cell.locator("[data-edit]").click()
    field.fill("250 000")
    field.press("Enter")

    expect(cell).to_contain_text("250 000")
    deal.refresh_from_db()
    assert (deal.amount, deal.version) == (250000, 2)


def opened(page, save):
    """The name asked for by `save`. Each request of the filters draws the bar anew and closes its menu:
    as a person would, open it again."""
    name = page.locator("#modal [name=name]")
    for _attempt in range(6):
        with suppress(PlaywrightTimeout):
            if not save.is_visible():
                page.locator(".views1 summary").click(timeout=3000)
            save.click(timeout=3000)
            name.wait_for(timeout=3000)
            return name
    raise AssertionError("the menu of views never stayed open")


def test_the_filters_of_now_are_saved_not_those_of_the_first_page(browser_page, make):
    make(title="Турбина")
    page = shown(browser_page, f"{reverse('deals:deal_list')}?outcome=open")
    expect(page.locator(".views1 summary")).to_be_visible()

    page.locator("#filters [name=q]").fill("Турбина")
    page.locator("#filters [name=q]").press("Enter")
    save = page.locator(".views1 a.mi", has_text="Сохранить вид")
    # The bar of views is drawn anew once the list has been.
    expect(save).to_have_attribute("href", re.compile("q%3D"))
    opened(page, save).fill("Турбины")
    page.locator("#modal button.p").click()

    expect(page.locator(".views1 .tabs1 a.on")).to_have_text("Турбины")
    assert "q=" in SavedView.objects.named().get().query
