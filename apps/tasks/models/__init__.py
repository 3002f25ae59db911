"""Tasks and the series they come in."""

from apps.tasks.models.series import TaskSeries
from apps.tasks.models.tasks import Task

__all__ = ["Task", "TaskSeries"]
