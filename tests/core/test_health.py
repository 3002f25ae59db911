from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.core import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_clock(monkeypatch):
    """No sign of beat yet, and no night of any room."""
    cache.delete(health.PULSE_KEY)
    monkeypatch.setattr(health, "_last_night", [])
    yield
    cache.delete(health.PULSE_KEY)


def ready(client):
    response = client.get(reverse("core:readyz"))
    return response.status_code, response.json()


def test_all_is_well(client):
    health.pulse()

    status, found = ready(client)

    assert (status, found["ready"]) == (200, True)
    assert {name for name, part in found.items() if name != "ready" and part["good"]} == {
        "database",
        "migrations",
        "redis",
        "queue",
        "beat",
        "night",
    }
    assert found["migrations"]["value"] == 0


def test_clock_that_never_ticked_is_not_ready(client):
    status, found = ready(client)

    assert (status, found["beat"]) == (503, {"good": False, "value": None})


@pytest.mark.parametrize(("age", "status"), [(119, 200), (125, 503)])
def test_clock_may_be_silent_for_two_minutes(client, age, status):
    health.pulse(timezone.now() - timedelta(seconds=age))

    assert ready(client)[0] == status


@pytest.mark.parametrize(("hours", "good"), [(25.5, True), (26.5, False)])
def test_night_may_be_26_hours_old(client, hours, good):
    health.pulse()
    health.tell_last_night(lambda: timezone.now() - timedelta(hours=hours))

    status, found = ready(client)

    assert found["night"] == {"good": good, "value": hours}
    assert status == (200 if good else 503)


def test_redis_that_does_not_answer_is_named_without_details(client, settings):
    health.pulse()
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"

    status, found = ready(client)

    assert status == 503
    assert found["redis"] == found["queue"] == {"good": False, "value": None}
    assert found["database"]["good"] is True


def test_long_queue_is_not_ready(client, settings, monkeypatch):
    import redis

    health.pulse()
    monkeypatch.setattr(health, "QUEUE", "test-queue-of-health")
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.rpush("test-queue-of-health", *range(1001))
        try:
            status, found = ready(client)
        finally:
            broker.delete("test-queue-of-health")

    assert (status, found["queue"]) == (503, {"good": False, "value": 1001})


@pytest.mark.django_db(transaction=True)
def test_database_that_does_not_answer_is_named(client, monkeypatch):
    health.pulse()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    connection.close()

    status, found = ready(client)

    monkeypatch.undo()
    connection.close()
    assert status == 503
    assert found["database"] == found["migrations"] == {"good": False, "value": None}


@pytest.mark.parametrize("name", ["core:healthz", "core:readyz"])
def test_nothing_can_be_sent_there(client, name):
    assert client.post(reverse(name)).status_code == 405
