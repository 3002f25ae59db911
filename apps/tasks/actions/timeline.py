"""The only hand that writes the timeline."""

from apps.staff.models import User
from apps.tasks.choices import Event
from apps.tasks.models import Task, TaskLog


def happened(kind: Event, task: Task, *, by: User | None, note: str = "") -> None:
    """Add to the timeline, in the transaction of what happened."""
    TaskLog.objects.create(
        task=task, kind=kind, by=by, assignee_id=task.assignee_id, due_at=task.due_at, note=note
    )
