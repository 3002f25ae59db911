"""Walks every page a role can reach from the navigation by links, looking only (GET)."""

from collections import Counter, deque
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Error

from tests.journeys.watching import sideways, violations, watched

# Pages of one kind (a deal, another deal; a list filtered in another way) look alike.
OF_ONE_KIND = 2
LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map((link) => link.href)"


def crawl(page, home, *, start="/", limit=400, of_one_kind=OF_ONE_KIND):
    """What is wrong with the pages found from `start`, and how many there were.

    Each page must answer below 400, keep the content policy, throw nothing, ask no other host and
    not scroll sideways.
    """
    findings = watched(page, home)
    waiting, seen, kinds = deque([start]), {start}, Counter()
    count = 0
    while waiting and count < limit:
        address = waiting.popleft()
        count += 1
        findings += [f"{address}: {wrong}" for wrong in look_at(page, address)]
        for link in links_of(page, home):
            if link not in seen and is_new_kind(link, kinds, of_one_kind):
                seen.add(link)
                waiting.append(link)
    return findings, count


def look_at(page, address):
    try:
        response = page.goto(address, wait_until="load")
    except Error as error:
        # A file instead of a page: the browser takes it and stays where it was.
        return [] if "Download is starting" in str(error) else [str(error)]
    if response is None or response.status >= 400:
        return [f"answers {response.status if response else 'nothing'}"]
    page.wait_for_selector("html[data-ready], body:not(:has(.app))")
    return [
        *[f"content policy: {one}" for one in violations(page)],
        *[f"sticks out: {one}" for one in sideways(page)],
    ]


def links_of(page, home):
    """Addresses of our own pages, without what only differs after #."""
    here = urlsplit(home).netloc
    for link in page.evaluate(LINKS):
        parts = urlsplit(link)
        if parts.scheme in ("http", "https") and parts.netloc == here:
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def is_new_kind(link, kinds, of_one_kind):
    """True for the first pages of each view; files to download, the admin panel and samples of errors are left out."""
    path = urlsplit(link).path
    try:
        name = resolve(path).view_name
    except Resolver404:
        return True  # a dead link must be seen
    if name.startswith("admin:") or "export" in name or name == "core:styleguide_fragment":
        return False
    kinds[name] += 1
    return kinds[name] <= of_one_kind
