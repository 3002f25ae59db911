"""How full a day is: warned of before a task is set, never in the way."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from apps.core.models import CalendarDay
from apps.staff.models import Absence
from apps.tasks.calculations import is_too_much, nearest, usual_load
from apps.tasks.models import Task
from apps.tasks.workload import advise
from tests.factories.staff import UserFactory
from tests.factories.tasks import TaskFactory

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 23, 9, tzinfo=MOSCOW)  # Monday
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (23, 24, 25))
LOAD = reverse("tasks:task_load")


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


def tasks_on(day, person, count, **fields):
    due_at = datetime(day.year, day.month, day.day, 15, tzinfo=MOSCOW)
    return TaskFactory.create_batch(count, assignee=person, due_at=due_at, **fields)


@pytest.fixture
def used_to_two(seller):
    """Two tasks due on each of the 20 working days before; done, as they should be."""
    day, left = MONDAY, 20
    while left:
        day -= timedelta(days=1)
        # The 4th of November is a holiday.
        if day.weekday() < 5 and day != date(2026, 11, 4):
            tasks_on(day, seller, 2, done_at=NOW - timedelta(hours=1))
            left -= 1


@pytest.mark.parametrize(
    ("counts", "usual"),
    [([], 0), ([0, 0, 5], 0), ([1, 2, 3, 4], 3), ([4, 4, 9], 4)],
)
def test_usual_is_the_median_rounded_half_up(counts, usual):
    assert usual_load(counts) == usual


@pytest.mark.parametrize(
    ("tasks", "usual", "is_full"),
    [
        (4, 0, False),
        (5, 0, True),
        (5, 3, True),
        (5, 4, False),
        (6, 4, True),
        (8, 6, False),
        (9, 6, True),
        (11, 8, False),
    ],
)
def test_too_much_is_two_more_and_half_as_many_again(tasks, usual, is_full):
    assert is_too_much(tasks, usual) is is_full


def test_estimated_hours_fill_a_day_too():
    eight = Decimal(8)

    assert not is_too_much(1, 4, hours=Decimal("8"), capacity=eight)
    assert is_too_much(1, 4, hours=Decimal("8.25"), capacity=eight)


def test_of_two_near_days_the_earlier_is_taken():
    assert nearest([WEDNESDAY, MONDAY], TUESDAY) == MONDAY
    assert nearest([], TUESDAY) is None


def test_a_full_day_warns_and_names_the_nearest_free_one(used_to_two, seller, lead):
    tasks_on(TUESDAY, seller, 6)
    tasks_on(MONDAY, seller, 5)

    advice = advise(seller, TUESDAY, viewer=lead)

    assert (advice.warns, advice.asked.tasks, advice.usual) == (True, 7, 2)
    assert advice.free_day == WEDNESDAY
    assert [(one.day, one.tasks) for one in advice.days[:3]] == [
        (MONDAY, 5), (TUESDAY, 6), (WEDNESDAY, 0),
    ]  # fmt: skip


def test_a_usual_day_is_told_without_a_warning(used_to_two, seller, lead):
    tasks_on(TUESDAY, seller, 1)

    advice = advise(seller, TUESDAY, viewer=lead)

    assert (advice.warns, advice.asked.tasks, advice.free_day) == (False, 2, None)


def test_an_absence_and_a_day_off_warn(seller, lead):
    Absence.objects.create(
        user=seller, kind="vacation", starts_on=TUESDAY, ends_on=date(2026, 11, 27)
    )
    CalendarDay.objects.create(day=MONDAY, is_working=False)

    away, day_off = advise(seller, TUESDAY, viewer=lead), advise(seller, MONDAY, viewer=lead)

    assert (away.asked.is_away, away.back_on) == (True, date(2026, 11, 27))
    assert away.free_day == date(2026, 11, 27)
    assert (day_off.is_day_off, day_off.asked.is_away) == (True, False)


def test_a_less_loaded_colleague_of_the_team_is_named(seller, teammate, other_seller, lead):
    tasks_on(TUESDAY, seller, 6)
    tasks_on(TUESDAY, teammate, 1)

    advice = advise(seller, TUESDAY, viewer=lead)

    assert (advice.colleague, advice.colleague_tasks) == (teammate, 1)


def test_an_absent_colleague_is_not_named(seller, teammate, lead):
    tasks_on(TUESDAY, seller, 6)
    Absence.objects.create(user=teammate, kind="sick", starts_on=TUESDAY, ends_on=WEDNESDAY)

    assert advise(seller, TUESDAY, viewer=lead).colleague is None


def test_a_seller_is_not_told_of_his_colleagues_load(seller, teammate):
    tasks_on(TUESDAY, teammate, 6)
    tasks_on(TUESDAY, seller, 6)

    stranger, own = (
        advise(teammate, TUESDAY, viewer=seller),
        advise(seller, TUESDAY, viewer=seller),
    )

    assert (stranger.is_seen, stranger.asked.tasks, stranger.days) == (False, 0, [])
    assert own.asked.tasks == 7
    assert own.colleague is None


def test_the_changed_task_is_not_counted_twice(seller, lead):
    mine, *_rest = tasks_on(TUESDAY, seller, 3)

    assert advise(seller, TUESDAY, viewer=lead, besides=mine.pk).asked.tasks == 3


def test_the_form_shows_it_and_saves_all_the_same(client, seller, lead):
    tasks_on(TUESDAY, seller, 6)
    client.force_login(lead)
    said = {"assignee": seller.pk, "due_on": "2026-11-24", "hours": ""}

    warned = client.get(LOAD, said).content.decode()
    client.post(reverse("tasks:task_create"), said | {"title": "Седьмая", "priority": 2})

    assert "С этой в тот день 7 задач; обычно 0." in warned
    assert "Свободный день: " in warned
    assert Task.objects.filter(title="Седьмая", assignee=seller).exists()


@pytest.mark.parametrize("query", [{}, {"assignee": "x", "due_on": "y"}, {"due_on": "2026-11-24"}])
def test_an_unfinished_form_says_nothing(client, seller, query):
    client.force_login(seller)

    answer = client.get(LOAD, query)

    assert (answer.status_code, answer.context["advice"]) == (200, None)


def test_people_stand_with_their_days(client, seller, lead):
    tasks_on(TUESDAY, seller, 5)
    tasks_on(date(2026, 11, 20), seller, 1)
    client.force_login(lead)

    page = client.get(reverse("tasks:people"))
    rows = {load.person: load for load in page.context["loads"]}

    assert [one.tasks for one in rows[seller].days[:3]] == [0, 5, 0]
    assert rows[seller].days[1].is_full
    assert rows[seller].overdue == 1
    assert list(rows) == [lead, seller]


@pytest.mark.parametrize("count", [1, 5])
def test_people_and_load_make_a_fixed_number_of_statements(
    client, lead, seller, team_a, count, django_assert_max_num_queries
):
    for person in UserFactory.create_batch(count, team=team_a):
        tasks_on(TUESDAY, person, 3)
    tasks_on(TUESDAY, seller, 6)
    client.force_login(lead)
    client.get(reverse("tasks:people"))

    with django_assert_max_num_queries(12):
        client.get(reverse("tasks:people"))
    with django_assert_max_num_queries(12):
        client.get(LOAD, {"assignee": seller.pk, "due_on": "2026-11-24"})
