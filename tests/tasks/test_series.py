"""Tasks that come again: on which days, made once, ended by date or by hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from apps.core.models import CalendarDay
from apps.staff.actions import dismiss
from apps.tasks.actions import (
    archive_task,
    change_task,
    continue_series,
    create_task,
    finish_task,
    make_due_tasks,
    reopen_task,
    stop_series,
)
from apps.tasks.calculations import next_planned, shifted
from apps.tasks.models import Task, TaskSeries
from tests.factories.clients import ClientFactory

MOSCOW = ZoneInfo("Europe/Moscow")


def at(day, hour=12):
    return datetime(2026, day.month, day.day, hour, tzinfo=MOSCOW)


MONDAY = date(2026, 11, 23)


def on_weekdays(day):
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("day", "repeats", "begins_on", "planned"),
    [
        (date(2026, 11, 26), "daily", MONDAY, date(2026, 11, 27)),
        (date(2026, 11, 27), "daily", MONDAY, date(2026, 11, 30)),
        (date(2026, 11, 28), "weekly", date(2026, 11, 28), date(2026, 12, 5)),
        (date(2026, 12, 31), "monthly", date(2026, 1, 31), date(2027, 1, 31)),
        (date(2027, 1, 31), "monthly", date(2026, 1, 31), date(2027, 2, 28)),
        (date(2027, 2, 28), "monthly", date(2026, 1, 31), date(2027, 3, 31)),
    ],
)
def test_the_next_day_of_a_series(day, repeats, begins_on, planned):
    found = next_planned(day, repeats=repeats, begins_on=begins_on, is_working=on_weekdays)

    assert found == planned


def test_a_day_off_shifts_the_term_and_not_the_series():
    assert shifted(date(2026, 11, 28), on_weekdays) == date(2026, 11, 30)


@pytest.fixture
def monday(seller):
    """It is Monday noon."""
    with time_machine.travel(at(MONDAY), tick=False):
        yield


@pytest.fixture
def task(monday, lead, seller, teammate):
    return create_task(
        by=lead,
        title="Отчёт",
        due_at=at(MONDAY, 18),
        assignee=seller,
        helpers=[teammate],
        subject=ClientFactory(owner=seller),
        repeats="weekly",
    )


def terms():
    rows = Task.objects.order_by("planned_on").values_list("planned_on", "due_at")
    return [(planned, due.astimezone(MOSCOW)) for planned, due in rows]


def test_the_next_task_comes_when_one_is_finished_and_is_its_copy(task, lead, seller, teammate):
    finish_task(task, by=seller)

    new = Task.objects.exclude(pk=task.pk).get()
    assert (new.planned_on, new.due_at) == (date(2026, 11, 30), at(date(2026, 11, 30), 18))
    assert (new.title, new.author, new.assignee) == ("Отчёт", lead, seller)
    assert (new.subject, list(new.helpers.all())) == (task.subject, [teammate])
    assert seller.notifications.filter(kind="tasks.assigned").count() == 2


def test_finishing_again_makes_no_second_one(task, seller):
    finish_task(task, by=seller)
    reopen_task(task, by=seller)
    finish_task(task, by=seller)

    assert Task.objects.count() == 2


def test_the_next_task_comes_when_its_moment_comes_and_once(task):
    assert make_due_tasks(timezone.now()) == 0
    with time_machine.travel(at(date(2026, 11, 24)), tick=False):
        assert make_due_tasks(timezone.now()) == 1
        assert make_due_tasks(timezone.now()) == 0

    assert terms() == [
        (MONDAY, at(MONDAY, 18)),
        (date(2026, 11, 30), at(date(2026, 11, 30), 18)),
    ]
    assert Task.objects.get(pk=task.pk).done_at is None


def test_days_that_went_by_unnoticed_are_skipped(task):
    with time_machine.travel(at(date(2026, 12, 16)), tick=False):
        make_due_tasks(timezone.now())

    assert [planned for planned, _due in terms()] == [MONDAY, date(2026, 12, 21)]


def test_a_holiday_of_the_company_shifts_one_term_only(task, seller):
    CalendarDay.objects.create(day=date(2026, 11, 30), is_working=False)
    second = continue_series(task.series)
    with time_machine.travel(at(date(2026, 12, 1)), tick=False):
        finish_task(second, by=seller)

    assert terms()[1:] == [
        (date(2026, 11, 30), at(date(2026, 12, 1), 18)),
        (date(2026, 12, 7), at(date(2026, 12, 7), 18)),
    ]


def test_a_series_ends_by_its_date(monday, seller):
    task = create_task(
        by=seller,
        title="Сверка",
        due_at=at(MONDAY, 18),
        repeats="daily",
        until=date(2026, 11, 24),
    )
    finish_task(task, by=seller)
    last = Task.objects.get(planned_on=date(2026, 11, 24))
    finish_task(last, by=seller)

    assert Task.objects.count() == 2
    assert TaskSeries.objects.get().stopped_at is not None


def test_a_series_ends_by_hand_of_those_who_set_the_task(task, lead, seller):
    with pytest.raises(PermissionDenied):
        stop_series(task, by=seller, leads=False)
    assert TaskSeries.objects.going_on().exists()

    stop_series(task, by=lead, leads=True)
    finish_task(task, by=seller)

    assert Task.objects.count() == 1


def test_a_change_holds_from_then_on(task, lead, teammate):
    change_task(task, by=lead, expected_version=1, title="Отчёт за неделю", assignee=teammate)
    finish_task(task, by=teammate)

    new = Task.objects.exclude(pk=task.pk).get()
    assert (new.title, new.assignee) == ("Отчёт за неделю", teammate)


def test_one_in_the_bin_is_skipped_and_the_series_goes_on(task, lead):
    archive_task(task, by=lead)
    with time_machine.travel(at(date(2026, 11, 24)), tick=False):
        make_due_tasks(timezone.now())

    assert Task.objects.open().get().planned_on == date(2026, 11, 30)


def test_work_of_the_dismissed_comes_again_to_his_lead(task, seller, lead, hr):
    dismiss(seller, date(2026, 11, 23), by=hr)
    with time_machine.travel(at(date(2026, 11, 24)), tick=False):
        make_due_tasks(timezone.now())

    assert set(Task.objects.values_list("assignee", flat=True)) == {lead.pk}


def test_a_part_does_not_repeat(task, seller):
    with pytest.raises(ValidationError) as refusal:
        create_task(by=seller, title="Часть", due_at=at(MONDAY, 18), parent=task, repeats="daily")

    assert refusal.value.error_dict["repeats"][0].code == "part_repeats"
    assert Task.objects.count() == 1


def test_a_series_does_not_end_before_it_begins(monday, seller):
    with pytest.raises(ValidationError) as refusal:
        create_task(
            by=seller,
            title="Сверка",
            due_at=at(MONDAY, 18),
            repeats="daily",
            until=date(2026, 11, 22),
        )

    assert refusal.value.error_dict["until"][0].code == "ends_early"
    assert not Task.objects.exists()


def test_series_are_seen_with_their_tasks(task, seller, teammate, other_seller):
    assert list(TaskSeries.objects.visible_to(seller)) == [task.series]
    assert list(TaskSeries.objects.visible_to(teammate)) == [task.series]
    assert not TaskSeries.objects.visible_to(other_seller).exists()


def test_a_series_is_begun_and_stopped_on_the_pages(client, monday, seller):
    client.force_login(seller)
    data = {
        "title": "Сверка",
        "assignee": seller.pk,
        "due_on": "2026-12-01",
        "priority": 2,
        "repeats": "monthly",
    }

    page = client.post(reverse("tasks:task_create"), data).url
    assert "каждый месяц" in client.get(page).content.decode()
    client.post(reverse("tasks:task_series_stop", args=[Task.objects.get().pk]))

    assert TaskSeries.objects.get().stopped_at is not None
    assert "больше нет" in client.get(page).content.decode()
