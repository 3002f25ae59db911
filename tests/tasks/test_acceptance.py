"""Work for somebody else waits for his word; what happened is written down for ever."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.tasks.actions import (
    accept_task,
    archive_task,
    change_task,
    create_task,
    finish_task,
    reopen_task,
    restore_task,
    return_task,
)
from apps.tasks.models import Task, TaskLog
from tests.factories.tasks import TaskFactory


@pytest.fixture
def task(lead, seller):
    due_at = timezone.now() + timedelta(days=1)
    return create_task(by=lead, title="Отчёт", due_at=due_at, assignee=seller)


def state(task):
    row = Task.objects.get(pk=task.pk)
    return row.done_at is not None, row.accepted_at is not None


def told(person):
    return list(person.notifications.order_by("pk").values_list("kind", flat=True))


def kinds(task):
    return list(task.log.order_by("pk").values_list("kind", "by__last_name"))


def test_work_for_another_waits_for_his_word(task, seller, lead):
    finish_task(task, by=seller)
    assert state(task) == (True, False)
    assert list(Task.objects.awaiting()) == [task]

    first = accept_task(task, by=lead).accepted_at
    second = accept_task(task, by=lead).accepted_at

    assert first == second
    assert state(task) == (True, True)
    assert not Task.objects.awaiting().exists()
    assert told(seller) == ["tasks.assigned", "tasks.accepted"]


def test_own_work_needs_nobodys_word(seller):
    task = finish_task(TaskFactory(assignee=seller), by=seller)

    assert task.accepted_at == task.done_at


def test_those_who_could_accept_accept_by_finishing(task, lead):
    finish_task(task, by=lead)

    assert state(task) == (True, True)


def test_the_doer_and_strangers_do_not_accept(task, seller, teammate, director):
    finish_task(task, by=seller)

    for person in (seller, teammate, director):
        with pytest.raises(PermissionDenied):
            accept_task(task, by=person)

    assert state(task) == (True, False)


def test_what_is_not_done_is_not_accepted(task, lead):
    with pytest.raises(PermissionDenied):
        accept_task(task, by=lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(accepted_at=timezone.now())

    assert state(task) == (False, False)


def test_accepted_work_is_not_opened_by_the_doer(task, seller, lead):
    finish_task(task, by=seller)
    accept_task(task, by=lead)

    with pytest.raises(PermissionDenied):
        reopen_task(task, by=seller)
    assert state(task) == (True, True)

    reopen_task(task, by=lead)
    assert state(task) == (False, False)


def test_the_timeline_tells_all_in_order(task, seller, teammate, lead):
    finish_task(task, by=seller)
    finish_task(task, by=seller)
    return_task(task, by=lead, reason="нет подписи")
    change_task(
        task,
        by=lead,
        expected_version=Task.objects.get(pk=task.pk).version,
        assignee=teammate,
        due_at=task.due_at + timedelta(days=1),
    )
    archive_task(task, by=lead)
    restore_task(task, by=lead)
    restore_task(task, by=lead)
    finish_task(task, by=teammate)
    accept_task(task, by=lead)

    assert kinds(task) == [
        ("set", "Лидин"),
        ("finished", "Селин"),
        ("returned", "Лидин"),
        ("term", "Лидин"),
        ("moved", "Лидин"),
        ("binned", "Лидин"),
        ("restored", "Лидин"),
        ("finished", "Тихонов"),
        ("accepted", "Лидин"),
    ]
    assert task.log.get(kind="returned").note == "нет подписи"
    assert task.log.get(kind="moved").assignee == teammate


def test_a_refused_act_leaves_no_trace(task, teammate):
    with pytest.raises(PermissionDenied):
        finish_task(task, by=teammate)

    assert kinds(task) == [("set", "Лидин")]


def test_the_timeline_is_neither_changed_nor_removed(task):
    for act in (
        lambda: TaskLog.objects.update(note="не было"),
        lambda: TaskLog.objects.all().delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            act()

    assert kinds(task) == [("set", "Лидин")]


def test_the_timeline_is_seen_with_its_task(task, seller, lead, other_seller):
    assert TaskLog.objects.visible_to(seller).count() == 1
    assert TaskLog.objects.visible_to(lead).count() == 1
    assert not TaskLog.objects.visible_to(other_seller).exists()


def test_the_page_offers_acceptance_to_the_author_only(client, task, seller, lead):
    finish_task(task, by=seller)
    accept = reverse("tasks:task_accept", args=[task.pk])
    client.force_login(seller)
    assert accept not in client.get(task.get_absolute_url()).content.decode()
    client.force_login(lead)
    assert accept in client.get(task.get_absolute_url()).content.decode()

    client.post(accept)

    text = client.get(task.get_absolute_url()).content.decode()
    assert accept not in text
    assert "принята" in text
    assert state(task) == (True, True)


def test_what_awaits_acceptance_is_filtered(client, task, seller, lead):
    finish_task(task, by=seller)
    TaskFactory(author=lead, assignee=seller)
    client.force_login(lead)

    response = client.get(reverse("tasks:task_list"), {"whose": "set", "state": "awaiting"})

    assert list(response.context["page"]) == [task]
