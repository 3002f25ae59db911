"""What every test may ask for."""

import os
import threading
import time

import pytest
from django.db import connections

from sales_mgmt.runtime.browser import find_chromium

pytest_plugins = ["tests.fixtures_people", "tests.fixtures_imports"]


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the whole run; tests open a context of their own in it."""
    program = find_chromium()
    if program is None:
        pytest.skip("no browser is installed; `manage.py test` brings one")
    # Playwright runs an event loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright  # here, since most runs need no browser

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"],
        )
        yield chromium
        # Its event loop gave Django a second set of connections, which nobody else would close.
        connections.close_all()
        chromium.close()


@pytest.fixture
def page(browser, live_server):
    """A page of the running product; relative addresses lead to it."""
    context = browser.new_context(
        base_url=live_server.url, locale="ru-RU", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def live_server(live_server, transactional_db):
    """The running product; the database is emptied only after it has answered its last request.

    A page that is closed leaves requests of its panels behind, and one of them in the middle of a
    transaction would stand against the TRUNCATE between two tests.
    """
    yield live_server
    deadline = time.monotonic() + 10
    while _answering() and time.monotonic() < deadline:
        time.sleep(0.02)


def _answering():
    """Threads of the live server that still serve a connection."""
    return [thread for thread in threading.enumerate() if "process_request" in thread.name]
