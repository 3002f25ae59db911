"""Setting tasks, doing them, giving them back."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.versions import save_version
from apps.staff.models import User
from apps.tasks.actions.series import begin_series, continue_series
from apps.tasks.actions.telling import ACCEPTED, DONE, HELPING, RETURNED, tell, tell_assignee
from apps.tasks.actions.timeline import happened
from apps.tasks.choices import Event, Priority
from apps.tasks.models import Task
from apps.tasks.rules import (
    can_accept,
    can_change,
    can_divide,
    can_finish,
    can_reopen,
    can_return,
    is_accepted_at_once,
)


def leads_assignee(task: Task, person: User) -> bool:
    return User.objects.managed_by(person).filter(pk=task.assignee_id).exists()


@transaction.atomic
def create_task(
    *,
    by: User,
    title: str,
    due_at: datetime,
    assignee: User | None = None,
    text: str = "",
    acceptance: str = "",
    priority: int = Priority.NORMAL,
    subject: models.Model | None = None,
    hours: Decimal | None = None,
    helpers: Iterable[User] = (),
    parent: Task | None = None,
    repeats: str = "",
    until: date | None = None,
) -> Task:
    """Set a task to `assignee`, to oneself by default, or a part of `parent`.

    With `repeats` it is the first of a series. Raises PermissionDenied for a parent that `by` may
    not divide, ValidationError "dismissed", "part_repeats", "ends_early".
    """
    assignee = assignee or by
    check_works_here(assignee)
    if parent is not None:
        check_divisible(parent, by)
    task = Task(
        author=by,
        assignee=assignee,
        title=title,
        due_at=due_at,
        text=text,
        acceptance=acceptance,
        priority=priority,
        hours=hours,
        parent=parent,
    )
    if subject is not None:
        task.subject = subject
    task.save()
    if repeats:
        begin_series(task, repeats=repeats, until=until)
    happened(Event.SET, task, by=by)
    tell_assignee(task, by)
    set_helpers(task, helpers, by=by)
    return task


def check_divisible(parent: Task, by: User) -> None:
    """Holds the parent's row until the part is written, so that nobody finishes it meanwhile."""
    parent = locked(parent)
    if not can_divide(parent, by=by, leads=leads_assignee(parent, by)):
        raise PermissionDenied


def set_helpers(task: Task, people: Iterable[User], *, by: User) -> None:
    """Make `people` the co-executors, but for the assignee himself; the new ones are told."""
    before = set(task.helpers.all())
    after = {person for person in people if person.pk != task.assignee_id}
    for person in after - before:
        check_works_here(person, "helpers")
    task.helpers.set(after)
    for person in after - before:
        tell(HELPING, task, gettext_lazy("You help with a task: {title}"), to=person, by=by)


def check_works_here(person: User, field: str = "assignee") -> None:
    if not person.is_active:
        message = _("%(name)s no longer works here.") % {"name": person}
        raise ValidationError({field: ValidationError(message, "dismissed")})


@transaction.atomic
def change_task(task: Task, *, by: User, expected_version: int, **fields: Any) -> Task:
    """Raises Conflict, PermissionDenied, or ValidationError "dismissed"."""
    before = Task.objects.select_for_update().get(pk=task.pk)
    if not can_change(before, by=by, leads=leads_assignee(before, by)):
        raise PermissionDenied
    is_new_term = fields.get("due_at", before.due_at) != before.due_at
    is_new_assignee = "assignee" in fields and fields["assignee"].pk != before.assignee_id
    if is_new_assignee:
        check_works_here(fields["assignee"])
    helpers = fields.pop("helpers", None)
    for name, value in fields.items():
        setattr(task, name, value)
    save_version(task, expected=expected_version, fields=list(fields))
    if is_new_term:
        happened(Event.TERM, task, by=by)
    if is_new_assignee:
        happened(Event.MOVED, task, by=by)
    if helpers is not None or is_new_assignee:
        set_helpers(task, task.helpers.all() if helpers is None else helpers, by=by)
    if is_new_assignee:
        tell_assignee(task, by)
    return task


@transaction.atomic
def finish_task(task: Task, *, by: User) -> Task:
    """It is done; a second call changes nothing.

    Work for somebody else waits for his word; said by himself, it is accepted at once. Raises
    PermissionDenied, ValidationError "open_parts" while a subtask is open.
    """
    task = locked(task)
    leads = leads_assignee(task, by)
    if not can_finish(task, by=by, leads=leads):
        raise PermissionDenied
    if task.done_at is None and task.archived_at is None:
        check_parts_are_done(task)
        now = timezone.now()
        accepted_at = now if is_accepted_at_once(task, by=by, leads=leads) else None
        save(task, done_at=now, accepted_at=accepted_at, return_reason="")
        happened(Event.FINISHED, task, by=by)
        if task.series is not None:
            continue_series(task.series, after=task)
        tell(DONE, task, gettext_lazy("Done: {title}"), to=task.author, by=by)
    return task


def check_parts_are_done(task: Task) -> None:
    left = task.subtasks.open().count()
    if left:
        text = ngettext(
            "First finish its part: %(n)s subtask is still open.",
            "First finish its parts: %(n)s subtasks are still open.",
            left,
        )
        raise ValidationError(text % {"n": left}, code="open_parts")


def check_whole_is_open(task: Task) -> None:
    """A part comes to life only within an open whole, whose row is held meanwhile."""
    if task.parent is not None and locked(task.parent).done_at is not None:
        message = _("The task it is part of is done: open that one first.")
        raise ValidationError(message, code="whole_is_done")


@transaction.atomic
def reopen_task(task: Task, *, by: User) -> Task:
    """Take "done" back; a second call changes nothing.

    Raises PermissionDenied, ValidationError "whole_is_done".
    """
    task = locked(task)
    if not can_reopen(task, by=by, leads=leads_assignee(task, by)):
        raise PermissionDenied
    if task.done_at is not None:
        check_whole_is_open(task)
        save(task, done_at=None, accepted_at=None)
        happened(Event.REOPENED, task, by=by)
    return task


@transaction.atomic
def accept_task(task: Task, *, by: User) -> Task:
    """The work is as it was asked for; a second call changes nothing. Raises PermissionDenied."""
    task = locked(task)
    if task.accepted_at is not None:
        return task
    if not can_accept(task, by=by, leads=leads_assignee(task, by)):
        raise PermissionDenied
    save(task, accepted_at=timezone.now())
    happened(Event.ACCEPTED, task, by=by)
    tell(ACCEPTED, task, gettext_lazy("Accepted: {title}"), to=task.assignee, by=by)
    return task


@transaction.atomic
def return_task(task: Task, *, by: User, reason: str) -> Task:
    """The work is not accepted: the task is open again and says why.

    Raises PermissionDenied, ValidationError "whole_is_done".
    """
    task = locked(task)
    if not can_return(task, by=by, leads=leads_assignee(task, by)):
        raise PermissionDenied
    check_whole_is_open(task)
    save(task, done_at=None, return_reason=reason)
    happened(Event.RETURNED, task, by=by, note=reason)
    tell(RETURNED, task, gettext_lazy("Returned: {title}"), to=task.assignee, by=by, body=reason)
    return task


@transaction.atomic
def archive_task(task: Task, *, by: User) -> Task:
    """Put the task into the bin. Raises PermissionDenied."""
    task = locked(task)
    if task.archived_at is not None:
        return task
    if not can_change(task, by=by, leads=leads_assignee(task, by)):
        raise PermissionDenied
    save(task, archived_at=timezone.now())
    happened(Event.BINNED, task, by=by)
    return task


@transaction.atomic
def restore_task(task: Task, *, by: User) -> Task:
    """Take the task out of the bin. Raises PermissionDenied, ValidationError "whole_is_done"."""
    task = locked(task)
    if by.pk != task.author_id and not leads_assignee(task, by):
        raise PermissionDenied
    if task.archived_at is not None:
        if task.done_at is None:
            check_whole_is_open(task)
        save(task, archived_at=None)
        happened(Event.RESTORED, task, by=by)
    return task


@transaction.atomic
def move_tasks(leaver: User, *, to: User, by: User) -> int:
    """Everything open of `leaver` becomes `to`'s; returns how many tasks moved."""
    tasks = list(Task.objects.open().filter(assignee=leaver).select_for_update().order_by("pk"))
    for task in tasks:
        save(task, assignee=to)
        task.helpers.remove(to)
        happened(Event.MOVED, task, by=by)
        tell_assignee(task, by)
    return len(tasks)


@transaction.atomic
def reassign_tasks(wanted: Mapping[int, tuple[int, int]]) -> set[int]:
    """Open tasks `wanted` (id: present, new person) go over; the ids of those that went.

    For handovers, which checked the rights and tell the new person once about everything.
    """
    rows = Task.objects.open().filter(pk__in=wanted).select_for_update().order_by("pk")
    moved = [task for task in rows if wanted[task.pk][0] == task.assignee_id]
    for new in {wanted[task.pk][1] for task in moved}:
        going = [task.pk for task in moved if wanted[task.pk][1] == new]
        Task.objects.filter(pk__in=going).update(assignee=new, version=F("version") + 1)
    return {task.pk for task in moved}


def open_tasks(person: User) -> int:
    return Task.objects.open().filter(assignee=person).count()


def locked(task: Task) -> Task:
    return Task.objects.select_for_update().get(pk=task.pk)


def save(task: Task, **fields: Any) -> Task:
    for name, value in fields.items():
        setattr(task, name, value)
    task.version += 1
    task.save(update_fields=[*fields, "version"])
    return task
