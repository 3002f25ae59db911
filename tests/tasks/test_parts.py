"""Subtasks, and those who help: a whole waits for its parts, a helper sees and is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

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
from tests.factories.staff import UserFactory
from tests.factories.tasks import TaskFactory

LIST = reverse("tasks:task_list")
CREATE = reverse("tasks:task_create")


@pytest.fixture
def due_at():
    return timezone.now() + timedelta(days=1)


@pytest.fixture
def whole(lead, seller):
    return TaskFactory(title="Целое", author=lead, assignee=seller)


def told(person):
    return list(person.notifications.order_by("pk").values_list("kind", flat=True))


def test_a_whole_waits_for_its_open_parts(whole, seller, teammate, due_at):
    part = create_task(by=seller, title="Часть", due_at=due_at, assignee=teammate, parent=whole)

    with pytest.raises(ValidationError) as refusal:
        finish_task(whole, by=seller)

    assert refusal.value.code == "open_parts"
    assert refusal.value.messages == ["Сначала закончите подзадачи: ещё открыта 1."]
    assert Task.objects.get(pk=whole.pk).done_at is None
    finish_task(part, by=teammate)
    assert finish_task(whole, by=seller).done_at is not None


def test_a_part_in_the_bin_holds_nobody_up(whole, seller):
    part = TaskFactory(parent=whole, assignee=seller)
    archive_task(part, by=seller)

    assert finish_task(whole, by=seller).done_at is not None


def test_a_part_is_not_divided_again(whole, seller, due_at):
    part = TaskFactory(parent=whole, assignee=seller)

    with pytest.raises(PermissionDenied):
        create_task(by=seller, title="Мельче", due_at=due_at, parent=part)

    assert Task.objects.count() == 2


def test_done_work_gets_no_new_parts(whole, seller, due_at):
    finish_task(whole, by=seller)

    with pytest.raises(PermissionDenied):
        create_task(by=seller, title="Часть", due_at=due_at, parent=whole)

    assert not whole.subtasks.exists()


def test_strangers_do_not_divide_the_work_of_others(whole, teammate, director, due_at):
    for stranger in (teammate, director):
        with pytest.raises(PermissionDenied):
            create_task(by=stranger, title="Часть", due_at=due_at, parent=whole)

    assert not whole.subtasks.exists()


@pytest.mark.parametrize(
    "act", [reopen_task, lambda task, by: return_task(task, by=by, reason="?")]
)
def test_a_part_of_done_work_stays_done(whole, seller, lead, act):
    part = finish_task(TaskFactory(parent=whole, assignee=seller, author=lead), by=seller)
    finish_task(whole, by=seller)

    with pytest.raises(ValidationError) as refusal:
        act(part, by=lead)

    assert refusal.value.code == "whole_is_done"
    assert Task.objects.get(pk=part.pk).done_at == part.done_at


def test_an_open_part_does_not_come_out_of_the_bin_into_done_work(whole, seller):
    part = archive_task(TaskFactory(parent=whole, assignee=seller), by=seller)
    finish_task(whole, by=seller)

    with pytest.raises(ValidationError):
        restore_task(part, by=seller)

    assert Task.objects.get(pk=part.pk).archived_at is not None


def test_a_helper_sees_the_task_and_is_told_once(whole, lead, teammate, other_seller):
    assert whole not in Task.objects.visible_to(other_seller)

    change_task(whole, by=lead, expected_version=1, helpers=[teammate, other_seller])
    change_task(whole, by=lead, expected_version=2, helpers=[teammate, other_seller])

    assert list(Task.objects.visible_to(other_seller)) == [whole]
    assert told(other_seller) == told(teammate) == ["tasks.helping"]


def test_the_lead_of_a_helper_sees_the_task_others_do_not(whole, other_seller, other_lead):
    stranger = UserFactory()
    whole.helpers.add(other_seller)

    assert list(Task.objects.visible_to(other_lead)) == [whole]
    assert not Task.objects.visible_to(stranger).exists()


def test_a_helper_neither_finishes_nor_changes_nor_divides(whole, teammate, due_at):
    whole.helpers.add(teammate)

    for act in (
        lambda: finish_task(whole, by=teammate),
        lambda: archive_task(whole, by=teammate),
        lambda: change_task(whole, by=teammate, expected_version=1, title="Моё"),
        lambda: create_task(by=teammate, title="Часть", due_at=due_at, parent=whole),
    ):
        with pytest.raises(PermissionDenied):
            act()

    assert list(Task.objects.values_list("title", "done_at", "archived_at")) == [
        ("Целое", None, None)
    ]


def test_a_task_helped_by_many_is_listed_once(client, whole, teammate, other_seller):
    whole.helpers.add(teammate, other_seller)
    client.force_login(teammate)

    assert list(client.get(LIST).context["page"]) == [whole]


def test_the_assignee_is_not_his_own_helper(lead, seller, teammate, due_at):
    task = create_task(
        by=lead, title="Вместе", due_at=due_at, assignee=seller, helpers=[seller, teammate]
    )
    assert list(task.helpers.all()) == [teammate]

    change_task(task, by=lead, expected_version=1, assignee=teammate)

    assert not task.helpers.exists()


def test_the_dismissed_do_not_help(lead, seller, teammate, hr, due_at):
    dismiss(teammate, timezone.localdate(), by=hr)
    teammate.refresh_from_db()

    with pytest.raises(ValidationError) as refusal:
        create_task(by=lead, title="Ещё", due_at=due_at, helpers=[teammate])

    assert refusal.value.error_dict["helpers"][0].code == "dismissed"
    assert not Task.objects.filter(title="Ещё").exists()


def test_a_part_is_set_from_the_page_of_the_whole(client, whole, seller, teammate):
    client.force_login(seller)
    data = {
        "title": "Часть",
        "assignee": teammate.pk,
        "helpers": [seller.pk],
        "due_on": "2026-12-01",
        "priority": 2,
    }

    response = client.post(f"{CREATE}?part_of={whole.pk}", data)

    part = whole.subtasks.get()
    assert response.url == whole.get_absolute_url()
    assert (part.assignee, list(part.helpers.all())) == (teammate, [seller])
    assert "Часть" in client.get(whole.get_absolute_url()).content.decode()


@pytest.mark.parametrize("number", ["{pk}", "x", "9" * 30, "٣"])
def test_nobody_divides_what_he_does_not_see(client, whole, other_seller, number):
    client.force_login(other_seller)
    path = f"{CREATE}?part_of={number.format(pk=whole.pk)}"

    assert client.get(path).status_code == 404
    assert client.post(path, {"title": "x"}).status_code == 404
    assert Task.objects.count() == 1


def test_the_page_of_a_helper_offers_no_division(client, whole, teammate):
    whole.helpers.add(teammate)
    client.force_login(teammate)

    text = client.get(whole.get_absolute_url()).content.decode()

    assert f"part_of={whole.pk}" not in text
    assert client.get(f"{CREATE}?part_of={whole.pk}").status_code == 403


def test_a_part_does_not_name_a_whole_that_is_not_seen(client, whole, other_seller):
    part = TaskFactory(parent=whole, assignee=other_seller)
    client.force_login(other_seller)

    text = client.get(part.get_absolute_url()).content.decode()

    assert "Целое" not in text


def test_a_script_gets_the_row_back_and_the_reason(client, whole, seller):
    TaskFactory(parent=whole, assignee=seller)
    client.force_login(seller)

    response = client.post(
        reverse("tasks:task_finish", args=[whole.pk]), headers={"HX-Request": "true"}
    )

    assert response.templates[0].name == "tasks/_task_done_row.html"
    assert Task.objects.get(pk=whole.pk).done_at is None
    assert "HX-Trigger" in response


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_asks_the_base_the_same_for_many_parts(
    client, whole, seller, count, django_assert_max_num_queries
):
    TaskFactory.create_batch(count, parent=whole, assignee=seller)
    client.force_login(seller)
    client.get(whole.get_absolute_url())

    with django_assert_max_num_queries(15):
        response = client.get(whole.get_absolute_url())

    assert len(response.context["parts"]) == count
