"""Tasks: set, done, returned, moved; who may do what."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from apps.core.models import Notification
from apps.core.versions import Conflict
from apps.staff.actions import dismiss
from apps.tasks.actions import (
    archive_task,
    change_task,
    create_task,
    finish_task,
    reopen_task,
    restore_task,
    return_task,
)
from apps.tasks.models import Task
from tests.factories.clients import ClientFactory
from tests.factories.tasks import TaskFactory


@pytest.fixture
def due_at():
    return timezone.now() + timedelta(days=1)


def told(person):
    return list(person.notifications.order_by("pk").values_list("kind", flat=True))


def test_a_task_is_for_oneself_unless_somebody_is_named(seller, due_at):
    task = create_task(by=seller, title="Позвонить", due_at=due_at)

    assert (task.author, task.assignee) == (seller, seller)
    assert not Notification.objects.exists()


def test_the_assignee_is_told_once(lead, seller, due_at):
    create_task(by=lead, title="Позвонить", due_at=due_at, assignee=seller)

    assert told(seller) == ["tasks.assigned"]
    assert seller.notifications.get().title == "Вам задача: Позвонить"
    assert told(lead) == []


def test_a_task_may_be_about_a_client(seller, due_at):
    client = ClientFactory(owner=seller)

    task = create_task(by=seller, title="Позвонить", due_at=due_at, subject=client)

    assert list(Task.objects.about(client)) == [task]
    assert task.subject == client


def test_the_dismissed_get_no_tasks(lead, seller, hr, due_at):
    dismiss(seller, timezone.localdate(), by=hr)
    seller.refresh_from_db()

    with pytest.raises(ValidationError) as refusal:
        create_task(by=lead, title="Позвонить", due_at=due_at, assignee=seller)

    assert refusal.value.error_dict["assignee"][0].code == "dismissed"
    assert not Task.objects.exists()


def test_done_is_told_to_the_author_and_comes_once(lead, seller):
    task = TaskFactory(author=lead, assignee=seller)

    first = finish_task(task, by=seller).done_at
    second = finish_task(task, by=seller).done_at

    assert first == second
    assert told(lead) == ["tasks.done"]


def test_not_accepted_work_comes_back_with_a_reason(lead, seller):
    task = TaskFactory(author=lead, assignee=seller)
    finish_task(task, by=seller)

    return_task(task, by=lead, reason="нет подписи")

    task.refresh_from_db()
    assert (task.done_at, task.return_reason) == (None, "нет подписи")
    assert told(seller) == ["tasks.returned"]
    finish_task(task, by=seller)
    task.refresh_from_db()
    assert task.return_reason == ""


def test_who_did_it_does_not_return_it_to_himself(lead, seller):
    task = TaskFactory(author=lead, assignee=seller)
    finish_task(task, by=seller)

    with pytest.raises(PermissionDenied):
        return_task(task, by=seller, reason="передумал")

    task.refresh_from_db()
    assert task.done_at is not None


def test_what_is_to_be_done_is_changed_by_the_author_and_leaders_only(
    seller, teammate, lead, head, director
):
    task = TaskFactory(author=head, assignee=seller)
    for stranger in (seller, teammate, director):
        with pytest.raises(PermissionDenied):
            change_task(task, by=stranger, expected_version=1, title="Другое")
        with pytest.raises(PermissionDenied):
            archive_task(task, by=stranger)
    assert Task.objects.get(pk=task.pk).title == task.title

    change_task(task, by=lead, expected_version=1, title="Другое")

    assert Task.objects.get(pk=task.pk).title == "Другое"


def test_a_stale_change_is_a_conflict(seller):
    task = TaskFactory(assignee=seller)
    change_task(Task.objects.get(pk=task.pk), by=seller, expected_version=1, title="Первое")

    with pytest.raises(Conflict):
        change_task(Task.objects.get(pk=task.pk), by=seller, expected_version=1, title="Второе")

    assert Task.objects.get(pk=task.pk).title == "Первое"


def test_a_new_assignee_is_told(lead, seller, teammate):
    task = TaskFactory(author=lead, assignee=seller)

    change_task(task, by=lead, expected_version=1, assignee=teammate)

    assert told(teammate) == ["tasks.assigned"]


def test_reopen_and_the_bin_are_taken_back(seller):
    task = TaskFactory(assignee=seller)
    finish_task(task, by=seller)
    assert reopen_task(task, by=seller).done_at is None

    archive_task(task, by=seller)
    assert list(Task.objects.open()) == []
    restore_task(task, by=seller)
    assert list(Task.objects.open()) == [task]


def test_a_dismissal_moves_open_tasks_to_the_lead(seller, lead, hr):
    mine = TaskFactory(assignee=seller)
    done = TaskFactory(assignee=seller)
    finish_task(done, by=seller)

    dismiss(seller, timezone.localdate(), by=hr)

    mine.refresh_from_db()
    done.refresh_from_db()
    assert (mine.assignee, done.assignee) == (lead, seller)
    # The handover of the whole base tells him too.
    assert told(lead).count("tasks.assigned") == 1
