"""The list of tasks by due, the form of three fields, the panel, the double click."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.tasks.models import Task
from tests.factories.clients import ClientFactory
from tests.factories.tasks import TaskFactory

MOSCOW = ZoneInfo("Europe/Moscow")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=MOSCOW)
LIST = reverse("tasks:task_list")


def titles(response):
    return [task.title for task in response.context["page"]]


def test_the_list_is_grouped_by_due(client, seller):
    for title, shift in (
        ("поздно", timedelta(hours=-1)),
        ("сегодня", timedelta(hours=3)),
        ("завтра", timedelta(days=1)),
        ("потом", timedelta(days=3)),
    ):
        TaskFactory(title=title, assignee=seller, due_at=NOON + shift)
    client.force_login(seller)

    with time_machine.travel(NOON, tick=False):
        response = client.get(LIST)

    assert [(task.title, task.group) for task in response.context["page"]] == [
        ("поздно", "Просрочено"),
        ("сегодня", "Сегодня"),
        ("завтра", "Завтра"),
        ("потом", "Позже"),
    ]


def test_mine_set_by_me_and_the_teams(client, lead, seller, other_seller):
    TaskFactory(title="моя", assignee=lead)
    TaskFactory(title="поставил", assignee=seller, author=lead)
    TaskFactory(title="его", assignee=seller)
    TaskFactory(title="чужая", assignee=other_seller)
    client.force_login(lead)

    assert titles(client.get(LIST)) == ["моя"]
    assert titles(client.get(LIST, {"whose": "set"})) == ["поставил"]
    assert sorted(titles(client.get(LIST, {"whose": "team"}))) == ["его", "поставил"]


def test_overdue_and_done_are_filtered(client, seller):
    TaskFactory(title="поздно", assignee=seller, due_at=timezone.now() - timedelta(days=1))
    TaskFactory(title="потом", assignee=seller)
    done = TaskFactory(title="готово", assignee=seller)
    client.force_login(seller)
    client.post(reverse("tasks:task_finish", args=[done.pk]))

    assert titles(client.get(LIST, {"state": "overdue"})) == ["поздно"]
    assert titles(client.get(LIST, {"state": "done"})) == ["готово"]
    assert titles(client.get(LIST, {"q": "пот"})) == ["потом"]


@pytest.mark.parametrize("count", [1, 10])
def test_the_list_asks_the_base_the_same_for_many_rows(
    client, seller, lead, count, django_assert_num_queries
):
    about = ClientFactory(owner=seller)
    for _ in range(count):
        task = TaskFactory(assignee=seller, author=lead)
        task.subject = about
        task.save()
    client.force_login(seller)
    client.get(LIST)

    with django_assert_num_queries(8):
        response = client.get(LIST)

    assert len(titles(response)) == count


def test_three_fields_make_a_task_due_at_the_end_of_the_day(client, seller):
    client.force_login(seller)
    data = {"title": "Позвонить", "assignee": seller.pk, "due_on": "2026-12-01", "priority": 2}

    response = client.post(reverse("tasks:task_create"), data)

    task = Task.objects.get()
    assert response.url == task.get_absolute_url()
    assert task.due_at == datetime(2026, 12, 1, 18, 0, tzinfo=MOSCOW)


def test_a_double_click_makes_one_task(client, seller):
    client.force_login(seller)
    data = {
        "title": "Позвонить",
        "assignee": seller.pk,
        "due_on": "2026-12-01",
        "priority": 2,
        "idempotency_key": "5f8d3c1e",
    }

    first = client.post(reverse("tasks:task_create"), data)
    second = client.post(reverse("tasks:task_create"), data)

    assert first["Location"] == second["Location"]
    assert Task.objects.count() == 1


def test_a_task_about_a_client_comes_back_to_him(client, seller):
    about = ClientFactory(owner=seller)
    client.force_login(seller)
    data = {"title": "Позвонить", "assignee": seller.pk, "due_on": "2026-12-01", "priority": 2}
    query = f"?about=clients.client:{about.pk}"

    response = client.post(reverse("tasks:task_create") + query, data)
    panel = client.get(reverse("tasks:subject_tasks", args=["clients.client", about.pk]))

    assert response.url == reverse("clients:client", args=[about.pk])
    assert "Позвонить" in panel.content.decode()


@pytest.mark.parametrize(
    "about", ["clients.client:{pk}", "clients.client:x", "staff.position:1", "auth.group:1", "x"]
)
def test_a_task_is_not_about_what_one_does_not_see(client, seller, other_seller, about):
    hidden = ClientFactory(owner=other_seller)
    client.force_login(seller)

    path = f"{reverse('tasks:task_create')}?about={about.format(pk=hidden.pk)}"

    assert client.get(path).status_code == 404
    assert client.post(path, {"title": "x"}).status_code == 404
    assert not Task.objects.exists()


def test_the_name_of_a_hidden_subject_is_not_shown(client, seller, other_seller):
    hidden = ClientFactory(owner=other_seller, name="Скрытый клиент")
    task = TaskFactory(assignee=seller)
    task.subject = hidden
    task.save()
    client.force_login(seller)

    for path in (LIST, task.get_absolute_url()):
        assert "Скрытый клиент" not in client.get(path).content.decode()


def test_done_by_a_script_swaps_the_row_and_offers_undo(client, seller):
    task = TaskFactory(assignee=seller)
    client.force_login(seller)

    response = client.post(
        reverse("tasks:task_finish", args=[task.pk]), headers={"HX-Request": "true"}
    )

    assert response.templates[0].name == "tasks/_task_done_row.html"
    assert reverse("tasks:task_reopen", args=[task.pk]) in response["HX-Trigger"]


def test_two_savers_get_one_save_and_one_conflict_page(client, seller):
    task = TaskFactory(assignee=seller, title="Было")
    client.force_login(seller)
    path = reverse("tasks:task_change", args=[task.pk])
    data = {"assignee": seller.pk, "due_on": "2026-12-01", "priority": 2, "version": 1}

    client.post(path, data | {"title": "Первое"})
    second = client.post(path, data | {"title": "Второе"})

    assert second.status_code == 409
    text = second.content.decode()
    assert "Первое" in text
    assert "Второе" in text
    assert Task.objects.get().title == "Первое"


def test_the_menu_counts_what_is_late(client, seller):
    TaskFactory(assignee=seller, due_at=timezone.now() - timedelta(days=1))
    client.force_login(seller)

    places = {place.url: place.count for place in client.get(LIST).context["frame"].places}

    assert places[LIST] == 1
