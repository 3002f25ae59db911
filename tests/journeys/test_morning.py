"""A morning of work with the keyboard alone, and with a finger alone."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from apps.clients.models import Client, LikelyDuplicate
from apps.core.calendars import company_today
from apps.deals.models import Activity, Deal, Receipt, ScheduleLine
from tests.deals.statements import document, statement
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import (
    DealFactory,
    RefusalReasonFactory,
    ScheduleLineFactory,
    staged_pipeline,
)
from tests.journeys.hands import HANDS
from tests.journeys.watching import watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCRIPT = "Спросите, кто принимает решение."
INN = "6671084530"


@pytest.fixture(params=HANDS)
def at_work(request, browser, live_server, sign_in):
    """at_work(user): a page of that person and the hands he has; what the page breaks fails the test."""
    contexts, findings = [], []

    def begin(user):
        kind = HANDS[request.param]
        context = browser.new_context(base_url=live_server.url, locale="ru-RU", **kind.screen)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = sign_in(context.new_page(), user)
        findings.append(watched(page, live_server.url))
        return page, kind(page)

    yield begin
    assert findings == [[]]
    for context in contexts:
        context.close()


@pytest.fixture
def deal(seller):
    """In the first stage, without an amount, without a step: the first thing of the day."""
    pipeline = staged_pipeline(is_default=True)
    pipeline.stages.filter(name="Запрос").update(guidance=SCRIPT)
    client = ClientFactory(owner=seller, name="ТД «Уралкомплект»")
    return DealFactory(
        owner=seller,
        pipeline=pipeline,
        client=client,
        contact=ContactFactory(client=client, name="Пётр Иванов", phone="+79161234567"),
        title="Поставка на 2027 год",
        amount=None,
        amount_base=None,
    )


def test_a_sellers_morning_from_the_queue_to_the_money(at_work, seller, deal):
    page, hands = at_work(seller)
    page.goto(reverse("dashboard:my_day"))
    page.wait_for_selector("html[data-ready]")

    # The call: whom, at what number, what to say, and what follows from it.
    row = page.locator("#queue [data-row]").first
    hands.open_row(row)
    hands.press(row.locator(".act .btn"))
    modal = page.locator("#modal")
    expect(modal).to_contain_text(SCRIPT)
    expect(modal.locator("a[href='tel:+79161234567']")).to_be_visible()
    hands.choose(modal.locator("[name=outcome]"), "перезвонить")
    hands.write(modal.locator("[name=next_step]"), "Отправить КП")
    hands.save(modal.locator("button.p"))
    expect(page.locator("#queue")).not_to_contain_text("Уралкомплект")
    activity = Activity.objects.get()
    assert (activity.deal, activity.outcome) == (deal, "call_back")
    deal.refresh_from_db()
    assert (deal.next_step, deal.next_step_at > timezone.now()) == ("Отправить КП", True)

    # To the deal, and on: a stage that asks for nothing, one that asks for the amount in place.
    page.goto(reverse("deals:deal", args=[deal.pk]))
    hands.press(page.locator(".stg button", has_text="КП"))
    expect(page.locator(".stg .now")).to_contain_text("КП")
    hands.press(page.locator(".stg a", has_text="Договор"))
    hands.write(modal.locator("[name=amount]"), "4 850 000")
    hands.press(modal.locator("button.p"))
    expect(page.locator(".stg .now")).to_contain_text("Договор")

    # Won: the day is offered; the same form asks when the money comes.
    hands.press(page.locator(".stg a", has_text="Оплата"))
    hands.date(modal.locator("[name=pay_on]"), "2026-12-10")
    hands.press(modal.locator("button.p"))
    expect(page.locator("#deal-head")).to_contain_text("выиграна")

    expect(page.locator("#schedule")).to_contain_text("равно сумме сделки")
    expect(page.locator("#won-next")).to_have_count(0)
    line = ScheduleLine.objects.get()
    assert (line.deal, line.due_on, line.amount) == (deal, date(2026, 12, 10), Decimal(4850000))
    deal.refresh_from_db()
    assert (deal.outcome, deal.amount, deal.closed_on) == ("won", 4850000, company_today())


def test_a_loss_with_its_reason(at_work, seller, deal):
    reason = RefusalReasonFactory(name="Дорого")
    page, hands = at_work(seller)
    page.goto(reverse("deals:deal", args=[deal.pk]))
    page.wait_for_selector("html[data-ready]")

    hands.press(page.locator(".acts1 a[href*='/move/']"))
    modal = page.locator("#modal")
    hands.press(modal.locator("button.p"))
    expect(modal.locator(".invalid-feedback").first).to_be_visible()
    hands.choose(modal.locator("select[name=reason]"), "Дорого")
    hands.press(modal.locator("button.p"))

    expect(page.locator("#deal-head")).to_contain_text("проиграна")
    deal.refresh_from_db()
    assert (deal.outcome, deal.refusal_reason) == ("lost", reason)


def test_duplicates_become_one(at_work, head, seller):
    kept = ClientFactory(owner=seller, name="ООО «Ромашка»", city="Москва")
    gone = ClientFactory(owner=seller, name="Ромашка", city="Тверь")
    for client in (kept, gone):
        LikelyDuplicate.objects.create(client=client, group=kept.pk, reasons=["name"])
    page, hands = at_work(head)
    page.goto(reverse("clients:duplicate_list"))
    page.wait_for_selector("html[data-ready]")

    hands.press(page.get_by_role("link", name="Сравнить"))
    page.wait_for_url("**/merge/**")
    hands.press(page.get_by_role("button", name="Объединить"))

    expect(page.get_by_role("heading", name="ООО «Ромашка»")).to_be_visible()
    assert list(Client.objects.kept()) == [kept]


def test_many_deals_are_handed_over_and_put_back(at_work, lead, seller, teammate):
    pipeline = staged_pipeline(is_default=True)
    deals = [DealFactory(owner=seller, pipeline=pipeline, title=f"Сделка {n}") for n in (1, 2)]
    page, hands = at_work(lead)
    page.goto(reverse("deals:deal_list") + "?face=list")
    page.wait_for_selector("html[data-ready]")

    for deal in deals:
        hands.pick(page.locator("tr[data-row]", has_text=deal.title))
    hands.press_above(page.locator("#bulk button", has_text="Передать"))
    modal = page.locator("#modal")
    hands.choose(modal.locator("select[name=owner]"), "Тихонов Тихон")
    hands.press(modal.locator("button.p"))
    hands.press(modal.locator("button.p", has_text="Изменить 2"))
    expect(page.locator(".toast1 .undo")).to_be_visible()
    assert {deal.owner for deal in Deal.objects.all()} == {teammate}
    hands.undo(page.locator(".toast1 .undo"))

    expect(page.locator(".toast1")).to_contain_text("возвращено")
    assert {deal.owner for deal in Deal.objects.all()} == {seller}


def test_a_bank_statement_twice(at_work, head, seller):
    client = ClientFactory(owner=seller, name="ООО «Ромашка»", inn=INN)
    deal = DealFactory(owner=seller, client=client, title="Насосы")
    line = ScheduleLineFactory(deal=deal, due_on=date(2026, 11, 10), amount=Decimal(30000))
    content = statement(document("30000", INN))
    page, hands = at_work(head)

    for _ in range(2):
        page.goto(reverse("deals:bank_statement_list"))
        page.set_input_files(
            "#id_file", {"name": "kl_to_1c.txt", "mimeType": "text/plain", "buffer": content}
        )
        hands.press(page.get_by_role("button", name="Прочитать выписку"))
        page.wait_for_url("**/deals/bank/*/")
        page.wait_for_selector("html[data-ready]")
        book = page.get_by_role("button", name="Провести сопоставленные")
        if book.count():
            hands.press(book)
            expect(page.locator(".toast1.good")).to_be_visible()

    expect(page.locator(".verdict")).to_contain_text("всё разобрано")
    assert Receipt.objects.get().amount == 30000
    line.refresh_from_db()
    assert line.paid == 30000
