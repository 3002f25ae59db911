"""A call to a debtor: three fields, a promise, a changed row; a broken word after its day. On desk and phone."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from apps.core.calendars import company_today
from apps.core.models import Tag
from apps.deals.models import DebtCall, PromiseToPay
from tests.factories.clients import ClientFactory
from tests.factories.deals import (
    ActivityFactory,
    DealFactory,
    DebtCallFactory,
    PromiseFactory,
    ScheduleLineFactory,
    staged_pipeline,
)
from tests.journeys.test_deal_page import SCREENS
from tests.journeys.watching import watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def deal(seller):
    """A won deal of «Уралкомплект» that owes 60,000 for 40 days."""
    pipeline = staged_pipeline(is_default=True)
    made = DealFactory(
        owner=seller,
        pipeline=pipeline,
        client=ClientFactory(owner=seller, name="Уралкомплект"),
        stage=pipeline.stages.get(kind="won"),
        outcome="won",
        closed_on=date(2026, 9, 30),
    )
    due_on = company_today() - timedelta(days=40)
    ScheduleLineFactory(deal=made, due_on=due_on, amount=Decimal("60000.00"))
    return made


@pytest.fixture(params=SCREENS)
def screen(request, browser, live_server, sign_in, seller):
    context = browser.new_context(
        base_url=live_server.url, locale="ru-RU", **SCREENS[request.param]
    )
    context.set_default_timeout(15_000)
    page = sign_in(context.new_page(), seller)
    findings = watched(page, live_server.url)
    press = "tap" if request.param == "phone" else "click"
    yield page, lambda target: getattr(target, press)()
    assert findings == []
    context.close()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_promise_changes_the_row_without_a_reload(screen, deal):
    page, press = screen
    page.goto(reverse("deals:debtor_list"))
    page.evaluate("window.stillHere = true")
    row = page.locator(f"#debtor-{deal.client_id}")
    expect(row).to_contain_text("никто не звонил")
    assert fits(page)

    press(row.locator(".act a"))
    modal = page.locator("#modal-body")
    expect(modal.locator("input[name=amount]")).to_have_value(re.compile(r"60\s000"))
    press(modal.get_by_text("Не ответил"))
    expect(modal.locator("input[name=amount]")).to_be_hidden()
    press(modal.get_by_text("Обещал заплатить"))
    friday = company_today() + timedelta(days=4)
    modal.locator("input[name=promised_on]").fill(friday.isoformat())
    press(modal.get_by_role("button", name="Записать звонок"))

    expect(row).to_contain_text("ждём")
    expect(row).not_to_contain_text("никто не звонил")
    expect(page.locator("#modal")).not_to_have_attribute("open", "")
    assert page.evaluate("window.stillHere")
    promise = PromiseToPay.objects.get()
    assert (promise.amount, promise.promised_on) == (Decimal("60000.00"), friday)
    assert DebtCall.objects.count() == 1


def test_a_word_that_was_not_kept_is_seen_after_its_day(screen, deal, seller):
    page, _press = screen
    today = company_today()
    call = DebtCallFactory(
        activity=ActivityFactory(deal=deal, user=seller),
        next_call_on=today - timedelta(days=1),
    )
    PromiseFactory(
        call=call, made_on=today - timedelta(days=9), promised_on=today - timedelta(days=2)
    )

    page.goto(reverse("deals:debtor_list") + "?promise=broken&call=1")

    row = page.locator(f"#debtor-{deal.client_id}")
    expect(row).to_contain_text("нарушено")
    expect(page.locator("#panel-promises")).to_contain_text("0 из 1")
    assert fits(page)


def test_tags_and_the_next_step_are_set_in_place(screen, seller):
    page, press = screen
    Tag.objects.create(name="Тендер")
    deal = DealFactory(
        owner=seller,
        pipeline=staged_pipeline(is_default=True),
        client=ClientFactory(owner=seller),
        next_step="Звонок",
        next_step_at=timezone.now() - timedelta(hours=1),
    )
    page.goto(reverse("deals:deal", args=[deal.pk]))
    page.evaluate("window.stillHere = true")

    tags = page.locator("#tags")
    press(tags.locator(".ts-control"))
    press(page.get_by_role("option", name="Тендер"))
    expect(tags.get_by_role("link", name="Тендер")).to_be_visible()
    press(tags.get_by_role("button", name="Снять метку «Тендер»"))
    expect(tags.get_by_role("link", name="Тендер")).to_have_count(0)

    press(page.locator("#log-card").get_by_role("button", name="Записать"))
    modal = page.locator("#modal-body")
    word = modal.locator("[data-fill=next_step]").first
    step = word.inner_text()
    press(word)
    press(modal.locator("[data-fill=next_step_at]").nth(1))
    press(modal.get_by_role("button", name="Назначить шаг"))

    expect(page.locator("#next-step b")).to_contain_text(step)
    assert page.evaluate("window.stillHere")
    deal.refresh_from_db()
    assert deal.next_step == step
    assert fits(page)


def test_a_win_plans_its_payments(screen, seller):
    page, press = screen
    pipeline = staged_pipeline(is_default=True)
    deal = DealFactory(
        owner=seller,
        pipeline=pipeline,
        client=ClientFactory(owner=seller),
        expected_close_on=date(2026, 12, 1),
    )
    page.goto(reverse("deals:deal", args=[deal.pk]))

    press(page.locator(".stg").get_by_role("link", name="Оплата"))
    modal = page.locator("#modal-body")
    expect(modal.locator("[name=rest_on]")).to_be_hidden()
    press(modal.get_by_text("50 % вперёд"))
    expect(modal.locator("[name=rest_on]")).to_be_visible()
    press(modal.get_by_role("button", name="Закрыть как выигранную"))

    expect(page.locator("#schedule tbody tr").first).to_contain_text("Предоплата 50")
    assert [line.amount for line in deal.schedule.all()] == [Decimal("50000.00")] * 2
