"""A head makes a scheme, looks at its effect and starts it; the seller reads his card on a phone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core.calendars import company_today
from apps.core.models import Decision
from apps.kpis.models import KpiScheme, SchemeVersion
from apps.staff.models import User
from tests.factories.kpis import do_night_of
from tests.journeys.watching import watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone_of(browser, live_server, sign_in):
    """phone_of(person): his page at 390 points; what it breaks fails the test."""
    opened = []

    def make(person):
        context = browser.new_context(
            base_url=live_server.url,
            locale="ru-RU",
            viewport={"width": 390, "height": 844},
            has_touch=True,
            is_mobile=True,
        )
        page = sign_in(context.new_page(), person)
        opened.append((context, watched(page, live_server.url)))
        return page

    yield make
    for context, findings in opened:
        assert findings == []
        context.close()


def fill_in(page, at, **values):
    for name, value in values.items():
        field = page.locator(f"[name=item-{at}-{name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def test_a_scheme_from_the_first_line_to_the_sellers_card(
    browser_page, phone_of, department, seller
):
    page = browser_page
    page.goto(reverse("kpis:scheme_list"))
    page.get_by_role("link", name="Новая схема").first.click()
    page.locator("[name=name]").fill("Менеджеры")
    page.locator("[name=node]").select_option(str(department.pk))
    page.locator("[name=role]").select_option("seller")
    fill_in(page, 0, formula="won_deals", target_kind="fixed", target="5", weight="60", floor="0")
    fill_in(
        page, 1, formula="revenue / won_deals", target_kind="fixed", target="100 000", weight="30"
    )

    expect(page.locator("[data-weight-sum]")).to_have_text("90")
    page.get_by_role("button", name="Сохранить и проверить").click()
    expect(page.get_by_role("alert")).to_contain_text("должно быть ровно 100")
    assert not KpiScheme.objects.exists()

    page.get_by_role("button", name="Добавить строку").click()
    expect(page.locator("[name=item-2-formula]")).to_be_visible()
    fill_in(page, 2, formula="received", target="50 000", weight="10")
    expect(page.locator("[data-weight-sum]")).to_have_text("100")
    page.get_by_role("button", name="Показать значения прошлого месяца").click()
    expect(page.locator("#values")).to_contain_text(seller.get_full_name())
    page.get_by_role("button", name="Сохранить и проверить").click()

    expect(page.locator(".verdict")).to_contain_text("Схемы раньше не было")
    expect(page.locator(".try1")).to_contain_text(seller.get_full_name())
    page.get_by_role("button", name="Запустить версию").click()
    expect(page.locator(".tag.good")).to_have_text("действует")
    version = SchemeVersion.objects.get()
    assert version.starts_on == company_today().replace(day=1)
    assert list(Decision.objects.get().people.all()) == [seller]

    User.objects.filter(pk=seller.pk).update(language="ru")
    do_night_of(company_today() - timedelta(days=1))
    phone = phone_of(seller)
    phone.goto(reverse("dashboard:my_day"))
    phone.get_by_role("link", name="Моя карта").click()
    expect(phone.locator(".kline1")).to_have_count(3)
    expect(phone.get_by_role("heading", level=1)).to_have_text(seller.get_full_name())
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
