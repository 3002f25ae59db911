"""A seller's day with a deal: log a call, move, close; on a desk, on a phone, without scripts."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core.calendars import company_today
from apps.deals.models import Activity, Deal
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, RefusalReasonFactory, staged_pipeline
from tests.journeys.watching import watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1440, 900), "phone": (390, 844)}
# What a person has to look at before he can send the form.
FIELDS = "input:not([type=hidden]):not([type=radio]), select, textarea"
MOST_FIELDS = 3


@pytest.fixture
def deal(seller):
    """In the first stage, with all that the next ones ask for."""
    pipeline = staged_pipeline(is_default=True)
    return DealFactory(
        owner=seller,
        pipeline=pipeline,
        client=ClientFactory(owner=seller, name="ТД «Уралкомплект»"),
        title="Поставка на 2027 год",
        expected_close_on=date(2026, 12, 1),
    )


@pytest.fixture(params=SIZES)
def desk(request, browser, live_server, sign_in, seller):
    """A page of the seller on each size of screen; what it breaks fails the test."""
    width, height = SIZES[request.param]
    context = browser.new_context(
        base_url=live_server.url, locale="ru-RU", viewport={"width": width, "height": height}
    )
    context.set_default_timeout(15_000)
    page = sign_in(context.new_page(), seller)
    findings = watched(page, live_server.url)
    yield page
    assert findings == []
    context.close()


def shown_fields(form):
    return form.locator(FIELDS).locator("visible=true").count()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_call_is_logged_in_three_fields(desk, deal):
    desk.goto(reverse("deals:deal", args=[deal.pk]))
    form = desk.locator("#log-card form")
    assert shown_fields(form) <= MOST_FIELDS
    assert fits(desk)

    form.locator("[name=next_step]").fill("Получить договор")
    form.locator("[name=next_step]").press("Control+Enter")

    expect(desk.locator("#next-step")).to_contain_text("Получить договор")
    expect(desk.locator("#timeline")).to_contain_text("Звонок")
    assert Activity.objects.get().outcome == "agreed"


def test_a_call_without_a_step_leads_to_planning_one(desk, deal):
    desk.goto(reverse("deals:deal", args=[deal.pk]))

    desk.locator("#log-card button.p").click()
    modal = desk.locator("#modal")
    expect(modal).to_be_visible()
    assert shown_fields(modal) <= MOST_FIELDS
    modal.locator("[name=next_step]").fill("Перезвонить")
    modal.locator("[name=next_step]").press("Enter")

    expect(desk.locator("#next-step")).to_contain_text("Перезвонить")


def test_stages_are_moved_by_the_keyboard_and_back(desk, deal):
    desk.goto(reverse("deals:deal", args=[deal.pk]))

    button = desk.locator(".stg button", has_text="КП")
    button.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".stg .now")).to_contain_text("КП")
    desk.locator(".toast1 .undo").click()

    expect(desk.locator(".stg .now")).to_contain_text("Запрос")


def test_a_loss_is_explained_in_three_fields(desk, deal):
    reason = RefusalReasonFactory(name="Дорого")
    desk.goto(reverse("deals:deal", args=[deal.pk]))

    desk.locator(".acts1 a[href*='/move/']").click()
    modal = desk.locator("#modal")
    expect(modal).to_be_visible()
    assert shown_fields(modal) <= MOST_FIELDS
    modal.locator("select[name=reason]").select_option(label="Дорого")
    modal.locator("button.p").click()

    expect(desk.locator("#deal-head")).to_contain_text("проиграна")
    deal.refresh_from_db()
    assert (deal.outcome, deal.refusal_reason) == ("lost", reason)


def test_what_a_win_lacks_is_asked_in_place(desk, deal):
    Deal.objects.filter(pk=deal.pk).update(amount=None, amount_base=None)
    desk.goto(reverse("deals:deal", args=[deal.pk]))

    desk.locator(".stg a", has_text="Оплата").click()
    modal = desk.locator("#modal")
    expect(modal).to_be_visible()
    assert shown_fields(modal) <= MOST_FIELDS
    modal.locator("[name=amount]").fill("4 850 000,00")
    modal.locator("button.p").click()

    expect(desk.locator("#deal-head")).to_contain_text("выиграна")
    deal.refresh_from_db()
    assert (deal.amount, deal.closed_on) == (4850000, company_today())


def test_a_client_is_found_while_typing(desk, deal, seller):
    for number in range(40):
        ClientFactory(owner=seller, name=f"Завод {number}")
    desk.goto(reverse("deals:deal_create"))
    assert fits(desk)

    desk.fill("[name=title]", "Новая поставка")
    box = desk.locator("#div_id_client .ts-control input")
    box.fill("уралком")
    desk.locator("#div_id_client .option", has_text="Уралкомплект").click()
    desk.locator("form button.p").click()

    expect(desk.locator("h1")).to_have_text("Новая поставка")
    assert Deal.objects.get(title="Новая поставка").client == deal.client


@pytest.fixture
def plain(browser, live_server, sign_in, seller):
    """The seller's browser without scripts."""
    context = browser.new_context(
        base_url=live_server.url, locale="ru-RU", java_script_enabled=False
    )
    context.set_default_timeout(15_000)
    yield sign_in(context.new_page(), seller)
    context.close()


def test_everything_works_without_scripts(plain, deal):
    reason = RefusalReasonFactory(name="Дорого")
    plain.goto(reverse("deals:deal", args=[deal.pk]))

    plain.locator("#log-card [name=next_step]").fill("Получить договор")
    plain.locator("#log-card button.p").click()
    expect(plain.locator("#next-step")).to_contain_text("Получить договор")
    plain.locator(".stg button", has_text="КП").click()
    expect(plain.locator(".stg .now")).to_contain_text("КП")
    plain.locator(".acts1 a[href*='/move/']").click()
    plain.locator("select[name=reason]").select_option(label="Дорого")
    plain.locator("form button.p").click()

    expect(plain.locator("#deal-head")).to_contain_text("проиграна")
    deal.refresh_from_db()
    assert (deal.refusal_reason, Activity.objects.count()) == (reason, 1)
