"""Two duplicates become one and come apart again; a form on a site becomes a lead."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.clients.models import Client, LikelyDuplicate, Merge
from apps.deals.models import Deal
from tests.factories.api import IntakeFormFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import DealFactory, staged_pipeline
from tests.journeys.watching import watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pair(seller):
    kept = ClientFactory(owner=seller, name="ООО «Ромашка»", city="Москва")
    gone = ClientFactory(owner=seller, name="Ромашка", inn="7707083893", city="Тверь")
    ContactFactory(client=gone, name="Пётр Иванов")
    DealFactory(client=gone, owner=seller, title="Поставка")
    for row in (kept, gone):
        LikelyDuplicate.objects.create(client=row, group=kept.pk, reasons=["name"])
    return kept, gone


def test_two_duplicates_are_merged_with_a_choice_and_taken_apart(browser_page, pair):
    page = browser_page
    kept, gone = pair
    page.goto(reverse("clients:client_list"))
    page.get_by_role("link", name="Вероятные дубли").click()
    page.get_by_role("link", name="Сравнить").click()

    page.locator("tr", has_text="Город").get_by_text("Тверь").click()
    page.get_by_role("button", name="Объединить").click()

    expect(page.get_by_role("heading", name="ООО «Ромашка»")).to_be_visible()
    expect(page.locator("#contacts")).to_contain_text("Пётр Иванов")
    expect(page.locator("#panel-deals")).to_contain_text("Поставка")
    kept.refresh_from_db()
    assert (kept.city, kept.inn, kept.name) == ("Тверь", "7707083893", "ООО «Ромашка»")

    page.locator("#panel-merges").get_by_role("button", name="Отменить объединение").click()

    expect(page.locator("#contacts")).not_to_contain_text("Пётр Иванов")
    assert Merge.objects.get().undone_at
    kept.refresh_from_db()
    assert (kept.city, kept.inn) == ("Москва", "")
    assert Client.objects.kept().filter(pk=gone.pk, inn="7707083893").exists()
    assert Deal.objects.get().client == gone


def test_a_page_of_merging_fits_a_phone(phone_page, pair):
    kept, gone = pair

    phone_page.goto(reverse("clients:client_merge", args=[kept.pk, gone.pk]))

    assert phone_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone_page.get_by_role("button", name="Объединить").click()
    expect(phone_page.get_by_role("heading", name="ООО «Ромашка»")).to_be_visible()


def test_a_form_on_a_site_becomes_a_lead(browser, live_server, sign_in, head):
    """A stranger fills the form in; the head finds the lead with its clock."""
    intake = IntakeFormFactory(name="Сайт", heading="Заявка на расчёт", pipeline=staged_pipeline())
    stranger = browser.new_context(base_url=live_server.url, locale="ru-RU")
    page = stranger.new_page()
    findings = watched(page, live_server.url)
    page.goto(reverse("api:lead_form", args=[intake.key]))

    page.get_by_label("Ваше имя").fill("Пётр Иванов")
    page.get_by_label("Компания").fill("ООО «Василёк»")
    page.get_by_label("Телефон").fill("8 916 123-45-67")
    page.get_by_label("Что вам нужно").fill("Нужна вентиляция склада")
    page.get_by_label("Согласен").check()
    page.wait_for_timeout(3_500)  # faster than a person is a program
    page.get_by_role("button", name="Отправить").click()

    expect(page.get_by_text("заявка получена")).to_be_visible()
    assert findings == []
    stranger.close()

    inside = browser.new_context(base_url=live_server.url, locale="ru-RU")
    own = sign_in(inside.new_page(), head)
    own.goto(reverse("deals:lead_list"))
    expect(own.locator("#lead-table")).to_contain_text("ООО «Василёк»")
    deal = Deal.objects.get()
    assert (deal.owner, deal.note, deal.contact.phone) == (
        head,
        "Нужна вентиляция склада",
        "+79161234567",
    )
    inside.close()
