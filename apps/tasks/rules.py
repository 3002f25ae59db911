"""Yes/no questions about a loaded task."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from apps.staff.models import User
    from apps.tasks.models import Task


def can_change(task: Task, *, by: User, leads: bool) -> bool:
    """The author, and whoever leads the one who does it (`leads`), set what is to be done."""
    return task.archived_at is None and (task.author_id == by.pk or leads)


def can_finish(task: Task, *, by: User, leads: bool) -> bool:
    """Also the one who does it says that it is done, or that it is not after all."""
    return task.assignee_id == by.pk or can_change(task, by=by, leads=leads)


def can_divide(task: Task, *, by: User, leads: bool) -> bool:
    """Who may say that it is done may set its parts; a part is not divided again."""
    is_open = task.done_at is None and task.archived_at is None
    return is_open and task.parent_id is None and can_finish(task, by=by, leads=leads)


def can_reopen(task: Task, *, by: User, leads: bool) -> bool:
    """What was accepted is opened again by those who asked for it."""
    if task.accepted_at is None:
        return can_finish(task, by=by, leads=leads)
    return can_change(task, by=by, leads=leads)


def can_accept(task: Task, *, by: User, leads: bool) -> bool:
    """Said by those who set the task, not by the one who did it."""
    is_waiting = task.done_at is not None and task.accepted_at is None
    return is_waiting and not is_doer_alone(task, by) and can_change(task, by=by, leads=leads)


def can_return(task: Task, *, by: User, leads: bool) -> bool:
    """Who may accept may refuse."""
    return can_accept(task, by=by, leads=leads)


def is_accepted_at_once(task: Task, *, by: User, leads: bool) -> bool:
    """Those who could accept it say that it is done: nobody is left to ask."""
    return not is_doer_alone(task, by) and can_change(task, by=by, leads=leads)


def is_doer_alone(task: Task, by: User) -> bool:
    return task.assignee_id == by.pk and task.author_id != by.pk


def is_past_promise(task: Task, now: datetime) -> bool:
    """Was it closed after its first promised term, or is it open beyond it?"""
    return (task.done_at or now) > task.promised_at


def can_explain(task: Task, *, by: User, leads: bool) -> bool:
    """Who may say that it is done, may say why it was late."""
    return can_finish(task, by=by, leads=leads)
