"""The frame in a real browser: what needs scripts, and what must work without them."""

import re
from itertools import pairwise

import pytest
from django.urls import reverse

from apps.core import search
from tests.journeys.watching import sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STYLEGUIDE = reverse("core:styleguide")


@pytest.fixture
def guide(browser_page):
    """The page of building blocks, its scripts at work."""
    browser_page.goto(STYLEGUIDE)
    browser_page.wait_for_selector("html[data-ready]")
    return browser_page


def test_the_theme_changes_at_once_and_is_kept(guide, head):
    guide.emulate_media(color_scheme="dark")  # nothing is chosen: as in the system
    guide.wait_for_selector("html[data-bs-theme=dark]")
    guide.emulate_media(color_scheme="light")
    guide.wait_for_selector("html[data-bs-theme=light]")

    guide.click("#person > summary")
    with guide.expect_response(lambda response: response.url.endswith(reverse("core:set_theme"))):
        guide.click("#person button[value=dark]")

    assert guide.get_attribute("html", "data-bs-theme") == "dark"
    assert guide.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 20, 26)"
    head.refresh_from_db()
    assert head.theme == "dark"
    guide.reload()
    assert guide.get_attribute("html", "data-bs-theme") == "dark"


def test_the_language_changes_and_brings_back(guide):
    guide.click("#person > summary")
    guide.click("#person button[value=en]")

    guide.wait_for_selector("html[lang=en]")
    assert guide.url.endswith(STYLEGUIDE)
    assert guide.inner_text("h1") == "Building blocks"


def test_keys(guide):
    guide.keyboard.press("Tab")
    assert guide.evaluate("document.activeElement.className") == "skip"
    guide.keyboard.press("Enter")
    assert guide.evaluate("document.activeElement.id") == "main"

    guide.keyboard.press("j")
    first = guide.evaluate("document.activeElement.textContent")
    guide.keyboard.press("j")
    assert guide.evaluate("document.activeElement.textContent") != first
    guide.keyboard.press("k")
    assert guide.evaluate("document.activeElement.textContent") == first
    assert guide.locator("[data-row].cur").count() == 1

    guide.keyboard.press("?")
    assert guide.locator("#keys").is_visible()
    guide.keyboard.press("Escape")
    assert not guide.locator("#keys").is_visible()

    guide.keyboard.press("/")
    guide.keyboard.type("jc?")
    assert guide.input_value("#search") == "jc?"
    assert guide.evaluate("document.activeElement.id") == "search"


def test_keys_work_under_the_russian_layout(guide):
    press = "document.body.dispatchEvent(new KeyboardEvent('keydown', {code: '%s', key: '%s', bubbles: true}))"
    guide.evaluate(press % ("KeyJ", "о"))
    assert guide.locator("[data-row].cur").count() == 1
    guide.evaluate(press % ("Slash", "."))
    assert guide.evaluate("document.activeElement.id") == "search"


def test_search_suggests_and_opens_by_keys(guide, monkeypatch):
    def find(user, text, limit):
        return [search.Hit(f"Пекарня {n}", f"{STYLEGUIDE}?hit={n}", "Тула") for n in range(3)]

    provider = search.Provider("clients", "Клиенты", "building", 1, find)
    monkeypatch.setattr(search, "_providers", {"clients": provider})
    guide.keyboard.press("/")
    guide.keyboard.type("пек")
    guide.wait_for_selector("#search-found .hit")
    assert guide.get_attribute("#search", "aria-expanded") == "true"
    guide.keyboard.press("ArrowDown")
    guide.keyboard.press("ArrowDown")
    guide.keyboard.press("Enter")

    guide.wait_for_url("**/?hit=1")


def test_toasts_tell_and_take_back(guide):
    guide.click("text=Уведомление об отказе")
    guide.wait_for_selector(".toast1.bad")
    assert "Для этапа нужна дата подписания." in guide.inner_text(".toast1.bad")
    guide.click(".toast1.bad .x")

    guide.click("text=Уведомление с отменой")
    guide.wait_for_selector(".toast1")
    assert "Звонок записан." in guide.inner_text(".toast1")
    assert guide.get_attribute("#toasts", "aria-live") == "polite"
    with guide.expect_request(lambda request: request.method == "POST") as sent:
        guide.click(".toast1 .undo")
    assert sent.value.url.endswith(reverse("core:styleguide_fragment", args=["toast"]))


def test_a_modal_keeps_what_was_typed(guide):
    guide.click("button:text-is('Окно')")
    guide.wait_for_selector("#modal[open] form")
    guide.fill("#modal [name=step]", "получить договор")
    guide.wait_for_timeout(400)  # drafts are written when typing rests for 300 ms
    guide.click("#modal [data-close]")
    guide.wait_for_selector("#modal:not([open])", state="attached")
    assert guide.evaluate("document.getElementById('modal-body').childElementCount") == 0

    guide.reload()
    guide.wait_for_selector("html[data-ready]")
    guide.click("button:text-is('Окно')")
    guide.wait_for_selector("#modal .draft1")
    assert guide.input_value("#modal [name=step]") == "получить договор"
    guide.click("#modal .draft1 button")
    assert guide.input_value("#modal [name=step]") == ""


def test_an_error_leads_to_its_field_and_menus_give_the_focus_back(guide):
    guide.click(".errs a")
    assert guide.evaluate("document.activeElement.name") == "step"

    guide.click("#person > summary")
    guide.keyboard.press("ArrowDown")
    assert guide.evaluate("document.activeElement.closest('#person') !== null")
    guide.keyboard.press("Escape")
    assert guide.get_attribute("#person", "open") is None
    assert guide.evaluate("document.activeElement.matches('#person > summary')")


def test_charts_and_bars_are_drawn_from_data(guide):
    guide.wait_for_selector("#sample-fan[data-drawn] svg")
    guide.wait_for_selector("#sample-fan path[stroke='#1d5bb8']", state="attached")
    guide.emulate_media(color_scheme="dark")
    guide.wait_for_selector("#sample-fan path[stroke='#86b4f7']", state="attached")
    assert guide.locator("#sample-fan ~ details table tbody tr").count() == 20

    assert guide.evaluate("document.querySelector('.track .f').style.width") == "54.9%"
    boxes = guide.evaluate(
        """[...document.querySelectorAll(".tl:not(.up) span")].map((one) => one.getBoundingClientRect())
        .map((box) => [box.left, box.right])"""
    )
    assert len(boxes) == 2
    assert guide.locator(".tl.up span").count() == 1
    assert all(left[1] <= right[0] for left, right in pairwise(boxes))


def test_a_form_is_sent_once(guide):
    sent = []

    def take(route):
        sent.append(route.request.post_data)
        route.fulfill(status=204)

    guide.route("**/theme/", take)
    guide.evaluate(
        """() => {
          const form = document.createElement("form");
          form.method = "post"; form.action = "/theme/"; form.id = "twice";
          form.innerHTML = "<button name='which' value='one'>Send</button>";
          document.querySelector("main").prepend(form);
        }"""
    )
    guide.click("#twice button")
    guide.evaluate("document.querySelector('#twice').requestSubmit()")

    assert guide.locator("#twice button").is_disabled()
    assert sent == ["which=one"]


def test_outages_and_the_end_of_the_session_are_told(guide):
    guide.context.set_offline(True)
    guide.click("button:text-is('Окно')")
    guide.wait_for_selector(".toast1.bad")
    assert "Нет связи" in guide.inner_text(".toast1.bad")

    guide.context.set_offline(False)
    guide.context.clear_cookies()
    guide.click("button:text-is('Окно')")
    guide.wait_for_url(re.compile(r"/log-in/\?next="))


@pytest.mark.parametrize("missing", ["**/echarts*", "**/charts*.js"])
def test_a_script_that_cannot_be_fetched_leaves_the_page_as_it_was_drawn(browser_page, missing):
    """The fixture fails the test if the page throws."""
    browser_page.route(missing, lambda route: route.abort())
    with browser_page.expect_event("requestfailed"):
        browser_page.goto(STYLEGUIDE)
    browser_page.wait_for_load_state("networkidle")

    assert browser_page.locator("html[data-ready]").count() == 1
    assert browser_page.locator("[data-chart][data-drawn]").count() == 0


def test_the_bar_of_a_phone(phone_page):
    phone_page.goto(STYLEGUIDE)
    phone_page.wait_for_selector("html[data-ready]")

    assert phone_page.locator(".botbar > *").count() == 5
    assert not phone_page.locator(".side").is_visible()
    phone_page.tap(".botbar details:last-child > summary")
    assert phone_page.locator(".botbar details:last-child .mi").first.is_visible()
    small = phone_page.evaluate(
        """[...document.querySelectorAll(".botbar .b5, .top .icb")]
        .map((one) => one.getBoundingClientRect())
        .filter((box) => box.width && Math.min(box.width, box.height) < 40).length"""
    )
    assert small == 0


def test_nothing_scrolls_sideways(browser_page):
    browser_page.goto(STYLEGUIDE)
    for width in (360, 390, 768, 1024, 1440):
        browser_page.set_viewport_size({"width": width, "height": 900})
        browser_page.wait_for_selector("#sample-fan[data-drawn]")
        assert sideways(browser_page) == [], width
    assert violations(browser_page) == []


def test_the_frame_works_without_scripts(browser, live_server, sign_in, head):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = sign_in(context.new_page(), head)
    page.goto(STYLEGUIDE)
    page.click("#person > summary")
    page.click("#person button[value=dark]")

    assert page.url.endswith(STYLEGUIDE)
    head.refresh_from_db()
    assert head.theme == "dark"
    context.close()
