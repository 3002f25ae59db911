import logging

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from apps.core import logs
from apps.core.middleware import ClientAddressMiddleware, PersonLocaleMiddleware
from tests.factories.staff import UserFactory


@pytest.fixture(autouse=True)
def restored_locale():
    """A middleware activates; a test run goes on with what it had."""
    with translation.override(translation.get_language()), timezone.override(None):
        yield


def locale_seen(rf, user, **headers):
    """Language and time zone that a view sees, and the answer."""
    seen = []

    def view(request):
        seen.extend([translation.get_language(), timezone.get_current_timezone_name()])
        return HttpResponse()

    request = rf.get("/", headers=headers)
    request.user = user
    return seen, PersonLocaleMiddleware(view)(request)


def address_seen(rf, settings, forwarded, count):
    settings.PROXY_COUNT = count
    seen = []
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.9")
    ClientAddressMiddleware(lambda request: seen.append(request.META["REMOTE_ADDR"]))(request)
    return seen[0]


@pytest.mark.parametrize("given", ["0f6f4c0e-1b7e-4b06-9d55-2f9d7a0c1c11", "a" * 64])
def test_request_keeps_the_id_that_the_proxy_gave(client, given):
    response = client.get("/healthz", headers={"X-Request-ID": given})

    assert response["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["short", "a" * 65, "evil\tline break", "имя-имя-имя"])
def test_request_gets_an_id_of_ours_for_a_strange_one(client, given):
    response = client.get("/healthz", headers={"X-Request-ID": given})

    assert response["X-Request-ID"] != given
    assert len(response["X-Request-ID"]) == 32


def test_log_line_of_a_request_names_it_and_hides_the_query(client, caplog):
    caplog.handler.addFilter(logs.ContextFilter())
    with caplog.at_level(logging.INFO, logger="sales.requests"):
        response = client.get("/healthz?q=%2B79161234567")

    record = caplog.records[-1]
    assert record.getMessage() == "GET /healthz 200"
    assert record.request_id == response["X-Request-ID"]
    assert (record.user_id, record.task_id, record.status) == (None, None, 200)


@pytest.mark.django_db
def test_log_line_of_a_person_carries_his_number(client, caplog):
    person = UserFactory()
    client.force_login(person)
    caplog.handler.addFilter(logs.ContextFilter())
    with caplog.at_level(logging.INFO, logger="sales.requests"):
        client.get("/healthz")

    assert caplog.records[-1].user_id == person.pk


@pytest.mark.django_db
def test_person_reads_his_language_and_sees_his_time(rf):
    person = UserFactory(language="en", time_zone="Asia/Vladivostok")

    seen, response = locale_seen(rf, person, **{"Accept-Language": "ru"})

    assert seen == ["en", "Asia/Vladivostok"]
    assert response["Content-Language"] == "en"


@pytest.mark.django_db
def test_person_without_a_zone_sees_the_time_of_the_company(rf):
    seen, _ = locale_seen(rf, UserFactory(language="ru", time_zone=""))

    assert seen == ["ru", "Europe/Moscow"]


@pytest.mark.django_db
def test_zone_that_does_not_exist_is_no_obstacle(rf):
    seen, response = locale_seen(rf, UserFactory(time_zone="Europe/Atlantis"))

    assert seen[1] == "UTC"
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("preferred", "spoken"), [("en-GB,en;q=0.9", "en"), ("de", "ru"), ("", "ru")]
)
def test_stranger_is_spoken_to_as_his_browser_prefers(rf, preferred, spoken):
    from django.contrib.auth.models import AnonymousUser

    seen, response = locale_seen(rf, AnonymousUser(), **{"Accept-Language": preferred})

    assert seen[0] == spoken
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize(
    ("forwarded", "count", "seen"),
    [
        ("203.0.113.7", 0, "10.0.0.9"),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", 1, "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7, 10.0.0.2", 2, "203.0.113.7"),
        ("", 1, "10.0.0.9"),
        ("203.0.113.7", 2, "10.0.0.9"),
    ],
)
def test_address_is_believed_only_from_our_own_proxies(rf, settings, forwarded, count, seen):
    assert address_seen(rf, settings, forwarded, count) == seen


@pytest.mark.django_db
def test_health_page_of_a_stranger_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(reverse("core:healthz"))

    assert (response.status_code, response.content) == (200, b"ok")
