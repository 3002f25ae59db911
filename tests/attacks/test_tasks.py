"""Attacks on tasks: foreign numbers, fields that no form has, text that would be code."""

from datetime import timedelta

import pytest
from django.forms.models import model_to_dict
from django.urls import reverse
from django.utils import timezone

from apps.core.models import Job, OutboxMessage
from apps.tasks.models import Task
from tests.factories.clients import ClientFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
OF_A_TASK = (
    "task", "task_change", "task_finish", "task_reopen", "task_accept", "task_return",
    "task_series_stop", "task_archive", "task_restore",
)  # fmt: skip
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def everything():
    rows = [model_to_dict(task) | {"version": task.version} for task in Task.objects.order_by("pk")]
    return rows, Job.objects.count(), OutboxMessage.objects.count()


def said(person, **fields):
    day = timezone.localdate() + timedelta(days=2)
    return {
        "title": "Позвонить", "assignee": person.pk, "priority": 2, "due_on": f"{day}", **fields,
    }  # fmt: skip


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("name", OF_A_TASK)
def test_a_foreign_task_is_not_there_and_stays_as_it_was(
    client, seller, other_seller, name, headers
):
    """T01-T03: no row changes, no work is queued, no letter is written."""
    task = TaskFactory(assignee=other_seller, title="Чужая")
    before = everything()
    client.force_login(seller)
    url = reverse(f"tasks:{name}", args=[task.pk])

    for method in (client.get, client.post):
        answer = method(url, said(seller, version=1, reason="х"), headers=headers)
        assert answer.status_code in (404, 405)
        assert b"\xd0\xa7\xd1\x83\xd0\xb6\xd0\xb0\xd1\x8f" not in answer.content
    assert everything() == before


def test_a_colleague_who_only_sees_the_task_does_not_accept_it(client, lead, director, seller):
    """T03"""
    task = TaskFactory(assignee=seller, author=lead, done_at=timezone.now())
    before = everything()
    client.force_login(director)
    for name in ("task_accept", "task_return", "task_archive", "task_change"):
        answer = client.post(reverse(f"tasks:{name}", args=[task.pk]), said(seller, reason="х"))
        assert answer.status_code == 403
    assert everything() == before


def test_a_task_hangs_on_no_foreign_task(client, seller, other_seller):
    """T04: neither as its part nor in the panel of its subject."""
    foreign = TaskFactory(assignee=other_seller)
    client.force_login(seller)
    create = reverse("tasks:task_create")
    assert client.post(f"{create}?part_of={foreign.pk}", said(seller)).status_code == 404
    panel = reverse("tasks:subject_tasks", args=["tasks.task", foreign.pk])
    assert client.get(panel).status_code == 404
    stranger = ClientFactory(owner=other_seller)
    panel = reverse("tasks:subject_tasks", args=["clients.client", stranger.pk])
    assert client.get(panel).status_code == 404
    assert Task.objects.count() == 1


def test_fields_that_the_form_lacks_have_no_effect(client, seller, teammate):
    """T19: author, state, acceptance and number cannot be posted."""
    client.force_login(seller)
    extra = {
        "author": teammate.pk, "done_at": "2026-01-01", "accepted_at": "2026-01-01", "version": 9,
        "archived_at": "2026-01-01", "return_reason": "х", "id": 777, "parent": 5, "series": 5,
    }  # fmt: skip
    assert client.post(reverse("tasks:task_create"), said(seller, **extra)).status_code == 302
    made = Task.objects.get()
    assert (made.author, made.version, made.done_at, made.accepted_at) == (seller, 1, None, None)
    assert (made.archived_at, made.return_reason, made.parent, made.series) == (
        None,
        "",
        None,
        None,
    )
    assert made.pk != 777

    change = reverse("tasks:task_change", args=[made.pk])
    assert (
        client.post(change, said(seller, **extra, title="Новое") | {"version": 1}).status_code
        == 302
    )
    made.refresh_from_db()
    assert (made.title, made.author, made.version, made.done_at) == ("Новое", seller, 2, None)


@pytest.mark.parametrize(
    "query",
    [
        "whose=' OR 1=1 --", "q=%27%20OR%201=1--", "q=%25", "assignee=1 or 1=1", "state=done';drop",
        "whose=team", "_connector=OR&_negated=1", "assignee__password__regex=.*", "page=-1",
        "page=99999999999999999999", "page_size=1000000", "q=%00",
    ],
)  # fmt: skip
def test_odd_addresses_show_no_more(client, seller, other_seller, query):
    """T20, T21, T65"""
    TaskFactory(assignee=seller, title="Моя 100%")
    TaskFactory(assignee=other_seller, title="Чужая")
    client.force_login(seller)
    answer = client.get(f"{reverse('tasks:task_list')}?{query}")
    assert answer.status_code == 200
    assert {task.title for task in answer.context["page"]} <= {"Моя 100%"}


@pytest.mark.parametrize("hostile", [MARKUP, "{{7*7}}{% include 'base.html' %}", '" onfocus="x'])
def test_what_people_type_is_text_on_every_page(client, seller, lead, hostile):
    """T25, T29: list, card, panel, history, notification and toast."""
    client.force_login(lead)
    data = said(seller, title=hostile, text=hostile, acceptance=hostile)
    toast = client.post(reverse("tasks:task_create"), data, follow=True).content.decode()
    task = Task.objects.get()
    pages = [toast]
    for person in (lead, seller):
        client.force_login(person)
        pages += [
            client.get(url).content.decode()
            for url in (
                reverse("tasks:task_list") + "?whose=set",
                reverse("tasks:task_list"),
                reverse("tasks:task", args=[task.pk]),
                reverse("tasks:task_change", args=[task.pk]),
                reverse("core:notification_list"),
                reverse("core:search") + "?q=" + "script",
            )
            if client.get(url).status_code == 200
        ]
    assert len(pages) >= 10
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert ' onfocus="x' not in page
        assert "49{%" not in page
