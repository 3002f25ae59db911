"""A seller's files on the page of a deal: attach, remove, be told why not; on a desk and by touch."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, staged_pipeline
from tests.journeys.watching import watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = {
    "desk": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
OFFER = {"name": "Offer.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 offer"}
FAKE = OFFER | {"name": "Fake.pdf", "buffer": b"<html>"}


@pytest.fixture
def deal(seller):
    return DealFactory(
        owner=seller, pipeline=staged_pipeline(is_default=True), client=ClientFactory(owner=seller)
    )


@pytest.fixture(params=SCREENS)
def screen(request, browser, live_server, sign_in, seller):
    context = browser.new_context(
        base_url=live_server.url, locale="ru-RU", **SCREENS[request.param]
    )
    context.set_default_timeout(15_000)
    page = sign_in(context.new_page(), seller)
    press = "tap" if request.param == "phone" else "click"
    yield page, lambda target: getattr(target, press)()
    context.close()


def test_seller_attaches_and_removes_a_file(screen, live_server, deal):
    page, press = screen
    findings = watched(page, live_server.url)
    page.goto(reverse("deals:deal", args=[deal.pk]))
    panel = page.locator("#panel-files")

    press(panel.locator("summary"))
    panel.locator("input[type=file]").set_input_files(OFFER)
    press(panel.locator("form[enctype] button"))
    expect(panel.get_by_role("link", name="Offer.pdf")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    press(panel.locator(".file-row button"))
    expect(panel.locator(".file-row")).to_have_count(0)
    assert deal.files.get().archived_at is not None
    assert findings == []


def test_refused_file_says_why(screen, deal):
    page, press = screen
    page.goto(reverse("deals:deal", args=[deal.pk]))

    panel = page.locator("#panel-files")
    press(panel.locator("summary"))
    panel.locator("input[type=file]").set_input_files(FAKE)
    press(panel.locator("form[enctype] button"))

    expect(page.get_by_role("alert")).to_contain_text("pdf")
    assert not deal.files.exists()


def test_what_a_person_unfolds_stays_so(screen, deal):
    page, press = screen
    page.goto(reverse("deals:deal", args=[deal.pk]))
    people = page.locator("#panel-people")
    add = people.get_by_role("link", name="Добавить")
    expect(people).to_contain_text("пока никого")
    expect(add).to_be_hidden()

    press(people.locator("summary"))
    expect(add).to_be_visible()
    page.reload()
    expect(add).to_be_visible()

    press(people.locator("summary"))
    page.reload()
    expect(people).to_contain_text("пока никого")
    expect(add).to_be_hidden()
