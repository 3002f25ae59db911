"""Tasks on the days of a month and a week; moved to another day, and back."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from apps.core.models import SavedView
from apps.core.periods import Period
from apps.tasks.actions import create_task
from apps.tasks.calculations import planned_days
from apps.tasks.models import Task, TaskLog
from tests.factories.tasks import TaskFactory

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 25, 9, tzinfo=MOSCOW)  # Wednesday
PAGE = reverse("tasks:calendar")


@pytest.fixture(autouse=True)
def _wednesday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


def due(day, hour=15):
    return datetime(2026, 11, day, hour, tzinfo=MOSCOW)


def shown(page):
    return {
        cell.day: [task.title for task in cell.tasks]
        for cell in page.context["cells"]
        if cell.tasks
    }


def move(client, task, day, version=None, **headers):
    address = reverse("tasks:task_move_to", args=[task.pk, day])
    return client.post(address, {"version": version or task.version}, **headers)


def told(response):
    return [str(message) for message in response.wsgi_request._messages]


def test_a_month_is_whole_weeks_and_a_week_seven_days(client, seller):
    client.force_login(seller)

    month = client.get(PAGE, {"face": "month"}).context["cells"]
    week = client.get(PAGE, {"face": "week"}).context["cells"]

    assert (month[0].day, month[-1].day, len(month)) == (date(2026, 10, 26), date(2026, 12, 6), 42)
    assert [cell.day.day for cell in week] == [23, 24, 25, 26, 27, 28, 29]
    assert [cell.is_working for cell in week] == [True] * 5 + [False] * 2


def test_a_holiday_of_the_state_is_a_day_off(client, seller):
    client.force_login(seller)

    cells = {cell.day: cell for cell in client.get(PAGE, {"face": "month"}).context["cells"]}

    assert not cells[date(2026, 11, 4)].is_working
    assert not cells[date(2026, 10, 31)].is_within


def test_tasks_stand_on_the_days_of_the_viewers_clock(client, seller):
    seller.time_zone = "Asia/Vladivostok"
    seller.save()
    # 20:00 in Moscow is 3:00 of the next day in Vladivostok.
    TaskFactory(title="ночью", assignee=seller, due_at=due(26, 20))
    client.force_login(seller)

    assert shown(client.get(PAGE)) == {date(2026, 11, 27): ["ночью"]}


def test_mine_and_the_teams(client, lead, seller, other_seller):
    TaskFactory(title="моя", assignee=lead, due_at=due(26))
    TaskFactory(title="его", assignee=seller, due_at=due(26))
    TaskFactory(title="чужая", assignee=other_seller, due_at=due(26))
    client.force_login(lead)

    assert shown(client.get(PAGE, {"whose": "mine"})) == {date(2026, 11, 26): ["моя"]}
    assert shown(client.get(PAGE, {"whose": "team"})) == {date(2026, 11, 26): ["моя", "его"]}
    team = client.get(PAGE, {"whose": "team", "assignee": seller.pk})
    assert shown(team) == {date(2026, 11, 26): ["его"]}


def test_a_full_day_shows_its_first_tasks_and_how_many_more(client, seller):
    TaskFactory.create_batch(7, assignee=seller, due_at=due(26))
    client.force_login(seller)

    page = client.get(PAGE, {"face": "month"})
    cell = next(cell for cell in page.context["cells"] if cell.tasks)

    assert (len(cell.tasks), cell.count, cell.more) == (4, 7, 3)
    assert "ещё 3" in page.content.decode()


def test_the_last_look_is_remembered_without_its_days(client, lead):
    client.force_login(lead)

    client.get(PAGE, {"face": "week", "whose": "team", "on": "2026-03-10"})
    bare = client.get(PAGE).context["look"]

    assert (bare.face, bare.is_team, bare.on) == ("week", True, date(2026, 11, 25))
    assert SavedView.objects.get(owner=lead, room="tasks_calendar").query == "face=week&whose=team"


def test_a_series_shows_what_it_will_bring(client, seller):
    create_task(
        by=seller, title="Планёрка", due_at=due(25, 18), repeats="daily", until=date(2026, 11, 30)
    )
    client.force_login(seller)

    cells = client.get(PAGE, {"face": "month"}).context["cells"]

    assert [cell.day.day for cell in cells if cell.coming] == [26, 27, 30]


def test_days_of_a_monthly_series_move_off_holidays():
    days = planned_days(
        date(2026, 9, 4),
        repeats="monthly",
        begins_on=date(2026, 9, 4),
        until=None,
        within=Period(date(2026, 10, 1), date(2026, 12, 1)),
        is_working=lambda day: day != date(2026, 11, 4) and day.weekday() < 5,
    )

    # 4 October is a Sunday, 4 November a holiday.
    assert days == [date(2026, 10, 5), date(2026, 11, 5)]


def test_a_moved_task_keeps_its_hour_and_its_promise(client, lead, seller):
    task = TaskFactory(assignee=seller, author=lead, due_at=due(26))
    client.force_login(lead)

    answer = move(client, task, "2026-11-30", HTTP_HX_REQUEST="true")

    task.refresh_from_db()
    assert (task.due_at, task.promised_at) == (due(30), due(26))
    assert TaskLog.objects.filter(task=task, kind="term").count() == 1
    assert 'id="calendar"' in answer.content.decode()
    assert f"/tasks/{task.pk}/move/2026-11-26/?version=2" in answer["HX-Trigger"]


def test_undo_puts_it_back_unless_it_was_changed_since(client, lead, seller):
    task = TaskFactory(assignee=seller, author=lead, due_at=due(26))
    client.force_login(lead)
    move(client, task, "2026-11-30")
    undo = reverse("tasks:task_move_to", args=[task.pk, "2026-11-26"])

    client.post(f"{undo}?version=2")
    back = Task.objects.get(pk=task.pk).due_at
    late = client.post(f"{undo}?version=2", follow=True)

    assert back == due(26)
    assert "Задачу тем временем изменили" in late.content.decode()
    assert Task.objects.get(pk=task.pk).version == 3


def test_a_stale_move_changes_nothing(client, lead, seller):
    task = TaskFactory(assignee=seller, author=lead, due_at=due(26), version=5)
    client.force_login(lead)

    move(client, task, "2026-11-30", version=4)

    assert Task.objects.get(pk=task.pk).due_at == due(26)


def test_the_doer_does_not_move_the_term_of_who_asked(client, lead, seller):
    task = TaskFactory(assignee=seller, author=lead, due_at=due(26))
    client.force_login(seller)

    page = client.get(PAGE)
    answer = move(client, task, "2026-11-30")

    assert answer.status_code == 403
    assert Task.objects.get(pk=task.pk).due_at == due(26)
    assert "data-movable" not in page.content.decode()


def test_a_done_task_stays_where_it_is(client, seller):
    task = TaskFactory(assignee=seller, due_at=due(24), done_at=NOW - timedelta(hours=20))
    client.force_login(seller)

    move(client, task, "2026-11-30")

    assert Task.objects.get(pk=task.pk).due_at == due(24)


@pytest.mark.parametrize("day", ["2026-02-30", "завтра", "20261126x"])
def test_a_day_that_does_not_exist_is_not_found(client, seller, day):
    task = TaskFactory(assignee=seller, due_at=due(26))
    client.force_login(seller)

    assert move(client, task, day).status_code == 404
    assert Task.objects.get(pk=task.pk).version == 1


def test_the_day_is_chosen_in_a_form(client, seller):
    task = TaskFactory(assignee=seller, due_at=due(26))
    client.force_login(seller)
    address = reverse("tasks:task_move", args=[task.pk])

    page = client.get(address)
    client.post(address, {"day": "2026-12-01", "version": 1, "next": PAGE})

    assert page.status_code == 200
    assert Task.objects.get(pk=task.pk).due_at == datetime(2026, 12, 1, 15, tzinfo=MOSCOW)


@pytest.mark.parametrize("query", [{"on": "1000-01-01"}, {"on": "x", "face": "y", "assignee": "z"}])
def test_a_strange_address_shows_this_month(client, lead, query):
    client.force_login(lead)

    page = client.get(PAGE, query | {"whose": "team"})

    assert (page.status_code, page.context["look"].on) == (200, NOW.date())


@pytest.mark.parametrize("count", [1, 12])
def test_the_calendar_makes_a_fixed_number_of_statements(
    client, lead, seller, count, django_assert_max_num_queries
):
    TaskFactory.create_batch(count, assignee=seller, due_at=due(26))
    for day in range(1, count + 1):
        create_task(by=lead, title=str(day), due_at=due(day + 9), assignee=seller, repeats="weekly")
    client.force_login(lead)
    client.get(PAGE, {"whose": "team"})

    with django_assert_max_num_queries(12):
        client.get(PAGE, {"whose": "team"})
