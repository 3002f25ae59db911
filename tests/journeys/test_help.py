"""A seller calls the head into a deal; the head answers, takes part; the clock has stopped."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.deals.big_choices import HelpState
from apps.deals.models import HelpRequest
from tests.factories.big_deals import BigThresholdFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import DealFactory, staged_pipeline
from tests.journeys.watching import watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def deal(seller):
    BigThresholdFactory(big_from=Decimal("1000000.00"))
    client = ClientFactory(owner=seller, name="ТМК")
    ContactFactory(client=client, name="Орлова Ольга", position="Директор")
    return DealFactory(
        owner=seller,
        pipeline=staged_pipeline(is_default=True),
        client=client,
        title="Вентиляция цеха",
        amount=Decimal("5000000.00"),
    )


@pytest.fixture(params=SIZES)
def enter(request, browser, live_server, sign_in):
    """A page of a person on each size of screen; what it breaks fails the test."""
    width, height = SIZES[request.param]
    contexts, findings = [], []

    def page_of(person):
        context = browser.new_context(
            base_url=live_server.url, locale="ru-RU", viewport={"width": width, "height": height}
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = sign_in(context.new_page(), person)
        findings.append(watched(page, live_server.url))
        return page

    yield page_of
    assert not any(findings)
    for context in contexts:
        context.close()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_seller_asks_and_the_head_answers(enter, deal, seller, head):
    selling = enter(seller)
    selling.goto(reverse("deals:deal", args=[deal.pk]))
    selling.locator("#deal-head").get_by_role("link", name="Попросить помощи").click()
    form = selling.locator("#modal-body form")
    form.locator("[name=question]").fill("Нужен звонок их директору")
    form.get_by_role("button", name="Попросить помощи").click()
    expect(selling.locator("#panel-help")).to_contain_text("ждёт ответа")
    assert fits(selling)
    asked = HelpRequest.objects.get()
    assert (asked.asked_of, asked.responded_at) == (head, None)

    leading = enter(head)
    leading.goto(reverse("deals:help_list"))
    row = leading.locator("#help-table tr[data-row]")
    expect(row).to_contain_text("Нужен звонок их директору")
    assert fits(leading)
    row.get_by_role("link", name="Ответить").click()
    form = leading.locator("#modal-body form")
    form.locator("[name=text]").fill("Позвоню завтра в десять")
    form.get_by_role("button", name="Ответить").click()
    expect(leading.locator("#help-table")).to_contain_text("Помощи никто не ждёт")

    asked.refresh_from_db()
    assert asked.state == HelpState.ANSWERED
    assert asked.responded_at >= asked.asked_at
    selling.reload()
    panel = selling.locator("#panel-help")
    expect(panel).to_contain_text("Позвоню завтра в десять")
    expect(panel).to_contain_text("ответ за")


def test_the_room_is_furnished(enter, deal, seller):
    page = enter(seller)
    page.goto(reverse("deals:deal", args=[deal.pk]))
    page.get_by_role("link", name="Штаб сделки").click()

    page.locator("#map").get_by_role("link", name="Добавить").click()
    form = page.locator("#modal-body form")
    form.locator("[name=contact]").select_option(label="Орлова Ольга")
    form.locator("[name=attitude]").select_option("champion")
    form.get_by_role("button", name="Добавить на карту").click()
    expect(page.locator("#map .at-champion .who1")).to_contain_text("Орлова Ольга")

    page.locator("#plan").get_by_role("link", name="Добавить шаг").click()
    form = page.locator("#modal-body form")
    form.locator("[name=title]").fill("Замер на объекте")
    form.locator("[name=side]").select_option("theirs")
    form.locator("[name=due_on]").fill("2020-01-10")
    form.get_by_role("button", name="Добавить шаг").click()
    expect(page.locator("#plan")).to_contain_text("опоздание")
    page.locator("#plan").get_by_role("button", name="Готово").click()
    expect(page.locator("#plan")).not_to_contain_text("опоздание")

    assert fits(page)
    assert deal.plan_steps.get().done_on is not None
    assert deal.stakeholders.get().attitude == "champion"
