"""A browser that is already logged in, and what a page did wrong while it was open."""

import pytest
from django.conf import settings
from django.test import Client

from tests.journeys.watching import watched


@pytest.fixture
def sign_in(live_server):
    """sign_in(page, user): the page's browser is that person from now on."""

    def enter(page, user):
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        return page

    return enter


@pytest.fixture
def browser_page(page, live_server, sign_in, head):
    """A page of the head; the test fails if it broke the content policy, a script or the network."""
    findings = watched(page, live_server.url)
    sign_in(page, head)
    yield page
    assert findings == []


@pytest.fixture
def phone_page(browser, live_server, sign_in, head):
    """The same on a phone of 390 × 844."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="ru-RU",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    findings = watched(page, live_server.url)
    sign_in(page, head)
    yield page
    assert findings == []
    context.close()
