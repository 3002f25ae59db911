"""Why a task was late: asked for in one click, never in the way of "done"."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from apps.tasks.actions import explain_delay, finish_task
from apps.tasks.models import Delay, DelayCause, Task
from tests.factories.tasks import DelayCauseFactory, TaskFactory

LIST = reverse("tasks:cause_list")


@pytest.fixture
def late(seller, lead):
    due_at = timezone.now() - timedelta(days=2)
    return TaskFactory(assignee=seller, author=lead, due_at=due_at)


@pytest.fixture
def forgot(db):
    return DelayCause.objects.get(code="forgot")


def explain(client, task, **said):
    return client.post(reverse("tasks:task_explain", args=[task.pk]), said)


def finish_by_script(client, task):
    return client.post(reverse("tasks:task_finish", args=[task.pk]), HTTP_HX_REQUEST="true")


def test_the_product_brings_six_causes_in_the_readers_language(db):
    with translation.override("ru"):
        russian = [str(cause) for cause in DelayCause.objects.all()]
    with translation.override("en"):
        english = [str(cause) for cause in DelayCause.objects.all()]

    assert russian == [
        "ждал клиента", "ждал другой отдел", "перегрузка", "забыл", "неясная задача", "другое",
    ]  # fmt: skip
    assert english[0] == "waiting for the client"


def test_a_late_task_is_closed_first_and_the_cause_asked_after(client, late, seller, forgot):
    client.force_login(seller)

    page = finish_by_script(client, late).content.decode()

    assert Task.objects.get(pk=late.pk).done_at is not None
    assert "Почему не в срок?" in page
    assert f'name="cause" value="{forgot.pk}"' in page


def test_a_task_in_time_asks_nothing(client, seller, lead):
    task = TaskFactory(assignee=seller, author=lead)
    client.force_login(seller)

    assert "Почему не в срок?" not in finish_by_script(client, task).content.decode()


def test_one_click_names_the_cause_and_another_changes_it(client, late, seller, forgot):
    finish_task(late, by=seller)
    overload = DelayCause.objects.get(code="overload")
    client.force_login(seller)

    explain(client, late, cause=forgot.pk)
    explain(client, late, cause=overload.pk, comment="  три отгрузки  ")

    delay = Delay.objects.get()
    assert (delay.cause, delay.comment, delay.by) == (overload, "три отгрузки", seller)


def test_the_answer_stands_in_place_of_the_question(client, late, seller, forgot):
    finish_task(late, by=seller)
    client.force_login(seller)

    page = client.post(
        reverse("tasks:task_explain", args=[late.pk]), {"cause": forgot.pk}, HTTP_HX_REQUEST="true"
    ).content.decode()

    assert "забыл" in page
    assert "Изменить причину" in page
    assert "Почему не в срок?" not in page


def test_other_asks_for_a_word(late, seller):
    finish_task(late, by=seller)
    other = DelayCause.objects.get(code="other")

    with pytest.raises(ValidationError) as refused:
        explain_delay(late, by=seller, cause=other, comment=" ")

    assert refused.value.code == "comment_is_needed"
    assert not Delay.objects.exists()


def test_a_cause_out_of_use_is_not_taken(late, seller):
    finish_task(late, by=seller)
    gone = DelayCauseFactory(archived_at=timezone.now())

    with pytest.raises(ValidationError) as refused:
        explain_delay(late, by=seller, cause=gone)

    assert refused.value.code == "cause_is_gone"
    assert not Delay.objects.exists()


def test_a_task_in_time_has_no_cause(seller, forgot):
    task = TaskFactory(assignee=seller)

    with pytest.raises(ValidationError) as refused:
        explain_delay(task, by=seller, cause=forgot)

    assert refused.value.code == "not_late"
    assert not Delay.objects.exists()


def test_a_bystander_does_not_explain(late, director, forgot):
    with pytest.raises(PermissionDenied):
        explain_delay(late, by=director, cause=forgot)

    assert not Delay.objects.exists()


def test_late_tasks_without_a_cause_are_a_filter_of_the_list(client, late, seller, forgot):
    named = TaskFactory(assignee=seller, due_at=timezone.now() - timedelta(days=1))
    for task in (late, named):
        finish_task(task, by=seller)
    explain_delay(named, by=seller, cause=forgot)
    client.force_login(seller)

    page = client.get(reverse("tasks:task_list"), {"state": "unsaid"})

    assert list(page.context["page"]) == [late]


def test_the_head_renames_adds_and_retires_causes(client, head, forgot):
    client.force_login(head)

    client.post(
        reverse("tasks:cause_change", args=[forgot.pk]), {"name": "вылетело из головы", "order": 5}
    )
    client.post(reverse("tasks:cause_create"), {"name": "отпуск", "order": 90})
    client.post(reverse("tasks:cause_switch", args=[DelayCause.objects.get(code="client").pk]))

    names = [str(cause) for cause in DelayCause.objects.kept()]
    assert names[0] == "вылетело из головы"
    assert names[-1] == "отпуск"
    assert "ждал клиента" not in names


def test_saving_a_built_in_cause_unchanged_keeps_its_language(client, head, forgot):
    client.force_login(head)

    client.post(reverse("tasks:cause_change", args=[forgot.pk]), {"name": "забыл", "order": 40})

    forgot.refresh_from_db()
    assert forgot.name == ""


def test_a_cause_without_a_name_is_refused(client, head):
    client.force_login(head)
    before = DelayCause.objects.count()

    answer = client.post(reverse("tasks:cause_create"), {"name": " ", "order": 1})

    assert answer.status_code == 422
    assert DelayCause.objects.count() == before
