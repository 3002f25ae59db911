"""Everything that happens to tasks."""

from apps.tasks.actions.causes import explain_delay
from apps.tasks.actions.escalation import climb_ladders
from apps.tasks.actions.moving import move_to_day
from apps.tasks.actions.series import continue_series, make_due_tasks, stop_series
from apps.tasks.actions.tasks import (
    accept_task,
    archive_task,
    change_task,
    create_task,
    finish_task,
    leads_assignee,
    move_tasks,
    open_tasks,
    reassign_tasks,
    reopen_task,
    restore_task,
    return_task,
)
from apps.tasks.actions.telling import (
    ACCEPTED,
    ASSIGNED,
    DONE,
    ESCALATED,
    HELPING,
    OVERDUE,
    REMINDER,
    RETURNED,
)

__all__ = [
    "ACCEPTED",
    "ASSIGNED",
    "DONE",
    "ESCALATED",
    "HELPING",
    "OVERDUE",
    "REMINDER",
    "RETURNED",
    "accept_task",
    "archive_task",
    "change_task",
    "climb_ladders",
    "continue_series",
    "create_task",
    "explain_delay",
    "finish_task",
    "leads_assignee",
    "make_due_tasks",
    "move_tasks",
    "move_to_day",
    "open_tasks",
    "reassign_tasks",
    "reopen_task",
    "restore_task",
    "return_task",
    "stop_series",
]
