"""What people may say about tasks."""

from apps.tasks.forms.tasks import LadderForm, ReturnForm, TaskFilter, TaskForm, Whose

__all__ = ["LadderForm", "ReturnForm", "TaskFilter", "TaskForm", "Whose"]
