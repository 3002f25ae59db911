"""A seller reads his bonus on a phone, follows a line to its deal and asks; the head answers, the director locks."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.bonuses.actions.accrual import accrue_people
from apps.bonuses.models import Dispute, Statement
from apps.core.calendars import company_today
from apps.core.periods import add_months
from tests.factories.bonuses import started_version
from tests.journeys.hands import DESK, PHONE
from tests.journeys.watching import watched
from tests.kpis.conftest import reason, sell, stages

__all__ = ["reason", "sell", "stages"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def month():
    return add_months(company_today(), -1)


@pytest.fixture
def statement(sell, seller, head, director, month):
    """Last month: 1,570,000 on 3/5/8 % from 0, 1 and 2 m make 58,500."""
    started_version(author=head, started_by=director, starts_on=month)
    sell(seller, month + timedelta(days=4), "1570000.00")
    accrue_people([seller.pk], company_today() - timedelta(days=1))
    return Statement.objects.get(person=seller, month=month)


@pytest.fixture
def screen(browser, live_server, sign_in):
    """screen(user, options): a page of that person; at the end none may have broken a rule."""
    opened = []

    def open_for(user, options):
        context = browser.new_context(base_url=live_server.url, locale="ru-RU", **options)
        context.set_default_timeout(15_000)
        page = sign_in(context.new_page(), user)
        opened.append((context, watched(page, live_server.url)))
        return page

    yield open_for
    assert [findings for _context, findings in opened if findings] == []
    for context, _findings in opened:
        context.close()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_bonus_is_read_asked_about_and_locked(screen, statement, seller, head, director):
    phone = screen(seller, PHONE)
    phone.goto(statement.get_absolute_url())
    expect(phone.locator("#total")).to_contain_text("58")
    expect(phone.get_by_text("ещё 430")).to_have_count(1)
    assert fits(phone)

    phone.locator(".blines tbody th a").first.tap()
    phone.wait_for_url("**/deals/**")
    expect(phone.locator("#panel-bonus")).to_contain_text("58")
    phone.go_back()

    phone.get_by_role("link", name="Спросить об этой строке").tap()
    modal = phone.locator("#modal-body")
    modal.locator("[name=question]").fill("Почему не 8 %?")
    modal.locator("[name=expected]").fill("125 600")
    modal.get_by_role("button", name="Спросить").tap()
    phone.wait_for_url("**/questions/**")
    assert fits(phone)
    dispute = Dispute.objects.get()

    desk = screen(head, DESK)
    desk.goto(dispute.get_absolute_url())
    desk.locator("[name=text]").fill("8 % начинаются с двух миллионов.")
    desk.get_by_role("button", name="Ответить").click()
    expect(desk.get_by_text("8 % начинаются с двух миллионов.")).to_be_visible()
    desk.get_by_role("link", name="Отклонить").click()
    desk.locator("#modal-body [name=reason]").fill("Ставка верная")
    desk.locator("#modal-body").get_by_role("button", name="Отклонить").click()
    expect(desk.locator("h1 ~ *, .ph").get_by_text("отклонено").first).to_be_visible()

    office = screen(director, DESK)
    office.goto(f"{reverse('bonuses:statement_list')}?month={statement.month:%Y-%m-%d}")
    office.get_by_role("link", name="Утвердить все").click()
    office.locator("#modal-body").get_by_role("button", name="Утвердить все").click()
    expect(office.locator("tbody .tag.good")).to_contain_text("утверждён")

    statement.refresh_from_db()
    dispute.refresh_from_db()
    assert (statement.status, dispute.status) == ("approved", "declined")


def test_the_rules_of_a_scheme_fit_a_phone(screen, statement, head):
    phone = screen(head, PHONE)
    scheme = statement.scheme_version.scheme

    for address in (
        reverse("bonuses:scheme_list"),
        scheme.get_absolute_url(),
        reverse("bonuses:version_create", args=[scheme.pk]),
        reverse("bonuses:version", args=[statement.scheme_version_id]),
        reverse("bonuses:statement_list"),
    ):
        phone.goto(address)
        assert fits(phone), address
