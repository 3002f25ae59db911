"""The secret calendar: what its owner has to do, for those who know the address, while it lives."""

import logging
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.api.actions import make_feed
from apps.api.models import CalendarFeed
from apps.core.logs import ContextFilter
from apps.tasks.models import Task
from tests.factories.deals import DealFactory
from tests.factories.tasks import TaskFactory

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 23, 9, tzinfo=MOSCOW)
PROFILE = reverse("api:calendar_feed")


@pytest.fixture(autouse=True)
def _monday_morning():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


def at(day, hour=15):
    return datetime(2026, 11, day, hour, tzinfo=MOSCOW)


def address_of(person):
    _feed, secret = make_feed(by=person)
    return reverse("api:calendar_ics", args=[secret])


def events(response):
    calendar = icalendar.Calendar.from_ical(response.content)
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_a_task_is_a_whole_day_that_leaves_the_day_free(client, seller):
    task = TaskFactory(
        title="Счёт", assignee=seller, due_at=at(26), acceptance="оплачен", priority=3
    )

    response = client.get(address_of(seller))
    event = events(response)["Счёт"]

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 11, 26), date(2026, 11, 27))
    assert event["uid"] == f"task-{task.pk}@testserver"
    assert event["transp"] == "TRANSPARENT"
    assert event["dtstamp"].dt == NOW.astimezone(UTC)
    assert event["description"] == "Срок до 15:00\nоплачен"
    assert event["url"] == f"http://testserver/tasks/{task.pk}/"
    assert event["priority"] == 1


def test_the_uid_stays_and_the_sequence_grows_when_the_task_changes(client, seller):
    task = TaskFactory(title="Счёт", assignee=seller, due_at=at(26))
    address = address_of(seller)
    before = events(client.get(address))["Счёт"]
    Task.objects.filter(pk=task.pk).update(due_at=at(27), version=2)

    after = events(client.get(address))["Счёт"]

    assert before["uid"] == after["uid"]
    assert (before["sequence"], after["sequence"]) == (1, 2)
    assert after["dtstart"].dt == date(2026, 11, 27)


def test_a_next_step_stands_at_its_hour_in_the_owners_zone(client, seller):
    seller.time_zone = "Asia/Yekaterinburg"
    seller.save()
    deal = DealFactory(owner=seller, next_step="Позвонить", next_step_at=at(26, 10))

    response = client.get(address_of(seller))
    event = events(response)[f"Позвонить: {deal.client}"]

    assert event["dtstart"].dt == at(26, 10)
    assert event["dtstart"].params["TZID"] == "Asia/Yekaterinburg"
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=30)
    assert b"BEGIN:VTIMEZONE" in response.content


def test_the_day_is_that_of_the_owners_clock(client, seller):
    seller.time_zone = "Asia/Vladivostok"
    seller.save()
    TaskFactory(title="Ночью", assignee=seller, due_at=at(26, 20))

    assert events(client.get(address_of(seller)))["Ночью"]["dtstart"].dt == date(2026, 11, 27)


def test_nothing_but_what_the_owner_has_to_do(client, seller, teammate, lead):
    TaskFactory(title="чужая", assignee=teammate, due_at=at(26))
    TaskFactory(title="сделана", assignee=seller, due_at=at(26), done_at=NOW)
    TaskFactory(title="в корзине", assignee=seller, due_at=at(26), archived_at=NOW)
    TaskFactory(title="давно", assignee=seller, due_at=NOW - timedelta(days=31))
    TaskFactory(title="нескоро", assignee=seller, due_at=NOW + timedelta(days=181))
    DealFactory(owner=teammate, next_step="Чужой шаг", next_step_at=at(26))
    helped = TaskFactory(title="помогаю", assignee=teammate, due_at=at(26))
    helped.helpers.add(seller)

    assert set(events(client.get(address_of(seller)))) == {"помогаю"}
    assert set(events(client.get(address_of(lead)))) == set()


@pytest.mark.parametrize(
    "title",
    [
        "Счёт; оплата, \\ срочно",
        "Первая\r\nBEGIN:VEVENT\r\nSUMMARY:подделка",
        "Возврат\rATTACH:http://evil.example/",
        "Нуль\x00 и\x1b[31m цвет",
        '=HYPERLINK("http://evil.example")',
        "<script>alert(1)</script>",
        "🚀 " + "д" * 250,
    ],
)
def test_hostile_titles_stay_text(client, seller, title):
    TaskFactory(title=title[:255].replace("\x00", ""), assignee=seller, due_at=at(26))

    response = client.get(address_of(seller))
    found = icalendar.Calendar.from_ical(response.content).walk("VEVENT")

    assert len(found) == 1
    assert "attach" not in found[0]
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))
    assert b"\x1b" not in response.content
    assert b"\r" not in response.content.replace(b"\r\n", b"")


def test_unchanged_it_is_not_sent_again(client, seller):
    TaskFactory(assignee=seller, due_at=at(26))
    address = address_of(seller)
    first = client.get(address)

    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        by_tag = client.get(address, HTTP_IF_NONE_MATCH=first["ETag"])
        by_day = client.get(address, HTTP_IF_MODIFIED_SINCE=first["Last-Modified"])
        TaskFactory(assignee=seller, due_at=at(27))
        changed = client.get(
            address,
            HTTP_IF_NONE_MATCH=first["ETag"],
            HTTP_IF_MODIFIED_SINCE=first["Last-Modified"],
        )

    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert by_day.status_code == 304
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert changed["Last-Modified"] == "Mon, 23 Nov 2026 06:10:00 GMT"


def test_the_address_is_shown_once_and_kept_as_a_hash(client, seller):
    client.force_login(seller)

    made = client.post(PROFILE)
    secret = made.context["address"].rpartition("/")[2].removesuffix(".ics")
    again = client.get(PROFILE)

    feed = CalendarFeed.objects.get()
    assert len(secret) >= 43
    assert secret in made.content.decode()
    assert secret not in again.content.decode()
    assert secret not in str(vars(feed))
    assert client.get(reverse("api:calendar_ics", args=[secret])).status_code == 200


def test_a_new_address_ends_the_old_one(client, seller):
    old, new = address_of(seller), address_of(seller)

    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_a_revoked_address_is_not_found(client, seller):
    address = address_of(seller)
    client.force_login(seller)

    client.post(reverse("api:calendar_feed_revoke"))

    assert client.get(address).status_code == 404


def test_the_calendar_of_a_dismissed_person_is_not_found(client, seller):
    address = address_of(seller)
    seller.dismissed_on = date(2026, 11, 20)
    seller.save()

    assert client.get(address).status_code == 404


def test_an_unknown_address_is_not_found(client, db):
    answer = client.get(reverse("api:calendar_ics", args=["x" * 43]))

    assert (answer.status_code, answer.content) == (404, b"")


def test_one_living_address_a_person(seller):
    make_feed(by=seller)

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.create(owner=seller, digest="0" * 64)


def test_who_asks_too_often_waits(client, seller, teammate):
    address, other = address_of(seller), address_of(teammate)
    statuses = [client.get(address).status_code for _ in range(121)]

    refused = client.get(address)

    assert statuses == [200] * 120 + [429]
    assert int(refused["Retry-After"]) > 0
    assert client.get(other).status_code == 200


def test_posting_is_not_allowed(client, seller):
    assert client.post(address_of(seller)).status_code == 405


def lines_of(caplog):
    """As the console would write them; `message` is what the catcher of the test made of a record."""
    for record in caplog.records:
        ContextFilter().filter(record)
    return "\n".join(
        f"{record.getMessage()} { {**vars(record), 'message': ''} }" for record in caplog.records
    )


def test_no_log_line_knows_the_secret(client, seller, caplog):
    caplog.set_level(logging.DEBUG)
    address = address_of(seller)
    client.get(address)
    client.post(address)
    CalendarFeed.objects.update(revoked_at=NOW)
    client.get(address)

    secret = address.rpartition("/")[2].removesuffix(".ics")
    text = lines_of(caplog)
    assert secret not in text
    assert "/calendar/….ics 200" in text
    assert "/calendar/….ics 404" in text


@pytest.mark.parametrize("count", [1, 20])
def test_the_calendar_makes_a_fixed_number_of_statements(
    client, seller, count, django_assert_max_num_queries
):
    TaskFactory.create_batch(count, assignee=seller, due_at=at(26))
    for _ in range(count):
        DealFactory(owner=seller, next_step="Позвонить", next_step_at=at(26, 10))
    address = address_of(seller)
    client.get(address)

    with django_assert_max_num_queries(8):
        client.get(address)
