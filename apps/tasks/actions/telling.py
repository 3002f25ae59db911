"""What people are told about tasks."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from apps.core.notifying import notify
from apps.staff.models import User
from apps.tasks.models import Task

ASSIGNED, DONE, RETURNED = "tasks.assigned", "tasks.done", "tasks.returned"
HELPING, ACCEPTED = "tasks.helping", "tasks.accepted"
REMINDER, OVERDUE, ESCALATED = "tasks.reminder", "tasks.overdue", "tasks.escalated"


def tell_assignee(task: Task, by: User) -> None:
    tell(ASSIGNED, task, gettext_lazy("Task for you: {title}"), to=task.assignee, by=by)


def tell(kind: str, task: Task, title: Any, *, to: User, by: User, body: str = "") -> None:
    """One line under the bell of `to`, unless he did it himself."""
    people: Iterable[User] = [to] if to.pk != by.pk else []
    notify(
        people,
        kind=kind,
        title=format_lazy(title, title=task.title),
        body=body,
        url=reverse("tasks:task", args=[task.pk]),
        dedupe_key=f"{kind}:{task.pk}:{task.version}",
    )


def tell_of_term(kind: str, task: Task, title: Any, *, to: User, rung: str) -> None:
    """One line from the clock; of each rung of each term once."""
    notify(
        [to],
        kind=kind,
        title=format_lazy(title, title=task.title),
        body=str(task.assignee) if to.pk != task.assignee_id else "",
        url=reverse("tasks:task", args=[task.pk]),
        dedupe_key=f"{kind}:{rung}:{task.pk}:{task.due_at.timestamp():.0f}",
    )
