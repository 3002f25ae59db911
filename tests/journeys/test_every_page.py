"""All pages, as each role, on a phone: the policy holds, nothing sticks out, no other host is asked."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from tests.journeys.crawling import crawl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROLES = ("seller", "lead", "head", "director", "hr", "admin")


@pytest.fixture
def phone(browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def crawled(phone, live_server, sign_in, user, language, **options):
    type(user).objects.filter(pk=user.pk).update(language=language)
    findings, count = crawl(sign_in(phone, user), live_server.url, **options)
    assert findings == []
    return count


@pytest.mark.parametrize(("role", "language"), [("head", "ru"), ("seller", "en")])
def test_pages_of_an_empty_company(phone, live_server, sign_in, people, role, language):
    assert crawled(phone, live_server, sign_in, people[role], language, of_one_kind=1) > 3


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_pages_of_every_role(phone, live_server, sign_in, role):
    call_command("make_department", verbosity=0)
    user = get_user_model().objects.working().filter(role=role).order_by("pk").first()

    for language in ("ru", "en"):
        assert crawled(phone, live_server, sign_in, user, language) > 5
