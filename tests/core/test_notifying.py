from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.models import Notification, NotificationSetting, OutboxMessage
from apps.core.notifying import after_quiet_hours, notify, register_kind
from tests.factories.staff import UserFactory

register_kind("test_event", _("Event"))

MOSCOW = ZoneInfo("Europe/Moscow")
DAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 19, tzinfo=UTC)


def tell(*people, key="one", **fields):
    notify(people, kind="test_event", dedupe_key=key, **{"title": _("Event"), **fields})


@pytest.mark.parametrize(
    ("moment", "start", "end", "zone", "due"),
    [
        # 22:00 in Moscow waits until 8:00 tomorrow, 3:00 until 8:00 today.
        ("2026-11-23T19:00Z", "20:00", "08:00", "Europe/Moscow", "2026-11-24T05:00Z"),
        ("2026-11-23T00:00Z", "20:00", "08:00", "Europe/Moscow", "2026-11-23T05:00Z"),
        ("2026-11-23T12:00Z", "20:00", "08:00", "Europe/Moscow", "2026-11-23T12:00Z"),
        # The edges: quiet begins at the minute and ends at the minute.
        ("2026-11-23T17:00Z", "20:00", "08:00", "Europe/Moscow", "2026-11-24T05:00Z"),
        ("2026-11-23T05:00Z", "20:00", "08:00", "Europe/Moscow", "2026-11-23T05:00Z"),
        ("2026-11-23T12:00Z", "20:00", "08:00", "Asia/Vladivostok", "2026-11-23T22:00Z"),
        ("2026-11-23T10:30Z", "13:00", "14:00", "Europe/Moscow", "2026-11-23T11:00Z"),
        ("2026-11-23T19:00Z", "00:00", "00:00", "Europe/Moscow", "2026-11-23T19:00Z"),
        # The night in which clocks change has an hour less.
        ("2026-03-28T22:00Z", "20:00", "08:00", "Europe/Berlin", "2026-03-29T06:00Z"),
        ("2026-12-31T21:00Z", "20:00", "08:00", "Europe/Berlin", "2027-01-01T07:00Z"),
    ],
)
def test_letters_wait_for_the_end_of_the_quiet_hours(moment, start, end, zone, due):
    found = after_quiet_hours(
        datetime.fromisoformat(moment),
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
        zone=ZoneInfo(zone),
    )
    assert found == datetime.fromisoformat(due)


@pytest.mark.django_db
def test_each_is_told_in_his_language_and_both_ways(settings):
    settings.SITE_URL = "https://sales.example.com"
    russian, english = UserFactory(), UserFactory(language="en")

    with time_machine.travel(DAY, tick=False):
        tell(russian, english, title=_("Theme"), body="Подробности", url="/deals/1/")

    lines = {line.user: line for line in Notification.objects.all()}
    assert (lines[russian].title, lines[english].title) == ("Тема", "Theme")
    letters = {letter.payload["to"]: letter for letter in OutboxMessage.objects.all()}
    assert letters[english.email].payload["subject"] == "Theme"
    assert letters[russian.email].payload["body"] == (
        "Тема\n\nПодробности\n\nhttps://sales.example.com/deals/1/"
    )
    assert {letter.due_at for letter in letters.values()} == {DAY}


@pytest.mark.django_db
def test_one_event_is_told_once():
    person = UserFactory()
    for _i in range(3):
        tell(person)
    tell(person, key="two")

    assert Notification.objects.count() == 2
    assert OutboxMessage.objects.count() == 2


@pytest.mark.django_db
def test_a_letter_of_the_night_is_due_in_the_morning_of_the_person():
    here, east = UserFactory(), UserFactory(time_zone="Asia/Vladivostok")
    with time_machine.travel(NIGHT, tick=False):
        tell(here, east)

    due = {one.payload["to"]: one.due_at for one in OutboxMessage.objects.all()}
    assert due[here.email] == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert due[east.email] == datetime(2026, 11, 23, 22, tzinfo=UTC)
    assert Notification.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("in_app", "by_email"), [(True, False), (False, True), (False, False)])
def test_each_way_can_be_switched_off(in_app, by_email):
    person = UserFactory()
    NotificationSetting.objects.create(
        user=person, kind="test_event", in_app=in_app, by_email=by_email
    )
    tell(person)

    assert Notification.objects.count() == in_app
    assert OutboxMessage.objects.count() == by_email


@pytest.mark.django_db
def test_who_has_left_is_not_told():
    tell(UserFactory(dismissed_on="2026-01-01"))
    assert not Notification.objects.exists()


@pytest.mark.django_db
def test_a_line_break_cannot_add_a_header():
    tell(UserFactory(), title="Тема\r\nBcc: all@example.com")
    assert OutboxMessage.objects.get().payload["subject"] == "Тема Bcc: all@example.com"


@pytest.mark.django_db
def test_a_kind_must_be_registered():
    with pytest.raises(LookupError, match="unheard"):
        notify([], kind="unheard", title="", dedupe_key="one")


@pytest.fixture
def reader(client):
    person = UserFactory()
    client.force_login(person)
    return client, person


@pytest.mark.django_db
def test_the_list_shows_own_lines_only_and_in_few_queries(reader, django_assert_max_num_queries):
    browser, person = reader
    for number in range(40):
        tell(person, key=f"{number}", title=f"Событие {number}")
    tell(UserFactory(), title="Чужое событие")

    with django_assert_max_num_queries(8):
        answer = browser.get(reverse("core:notification_list"))

    assert answer.context["page"].paginator.count == 40
    assert "Чужое" not in answer.content.decode()


@pytest.mark.django_db
def test_opening_a_line_reads_it_and_leads_on(reader):
    browser, person = reader
    tell(person, url="/search/?q=1")
    line = Notification.objects.get()

    answer = browser.post(reverse("core:notification_open", args=[line.pk]))

    assert answer["Location"] == "/search/?q=1"
    line.refresh_from_db()
    assert line.read_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["https://evil.example", "//evil.example", "javascript:alert(1)"])
def test_a_line_never_leads_to_another_host(reader, url):
    browser, person = reader
    tell(person, url=url)

    answer = browser.post(reverse("core:notification_open", args=[Notification.objects.get().pk]))

    assert answer["Location"] == reverse("core:notification_list")


@pytest.mark.django_db
def test_a_strangers_line_is_not_there(reader):
    browser, _person = reader
    tell(UserFactory())
    line = Notification.objects.get()

    assert browser.post(reverse("core:notification_open", args=[line.pk])).status_code == 404
    line.refresh_from_db()
    assert line.read_at is None


@pytest.mark.django_db
def test_all_are_read_at_once_and_only_ones_own(reader):
    browser, person = reader
    tell(person, UserFactory())

    browser.post(reverse("core:notification_read"))

    assert Notification.objects.unread().count() == 1
    assert not Notification.objects.unread().filter(user=person).exists()


@pytest.mark.django_db
def test_settings_are_kept_for_every_kind(reader):
    browser, person = reader
    for form in (
        {"in_app": ["test_event"]},
        {"in_app": ["job_failed"], "by_email": ["test_event"]},
    ):
        assert browser.post(reverse("core:notification_settings"), form).status_code == 302

    chosen = NotificationSetting.objects.filter(user=person)
    ways = {one.kind: (one.in_app, one.by_email) for one in chosen}
    assert ways["test_event"] == (False, True)
    assert ways["job_failed"] == (True, False)
    assert browser.get(reverse("core:notification_settings")).status_code == 200


@pytest.mark.django_db
def test_the_menu_of_the_bell(reader):
    browser, person = reader
    for number in range(12):
        tell(person, key=f"{number}", title=f"Событие {number}")

    page = browser.get(reverse("core:notification_menu")).content.decode()

    assert page.count("<form") == 8
    assert "Событие 11" in page
