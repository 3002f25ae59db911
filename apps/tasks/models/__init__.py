"""Tasks, the series they come in, who hears of their terms, and what happened."""

from apps.tasks.models.escalation import Escalation, EscalationLadder, waiting_for_a_rung
from apps.tasks.models.series import TaskSeries
from apps.tasks.models.tasks import Task
from apps.tasks.models.timeline import TaskLog

__all__ = [
    "Escalation",
    "EscalationLadder",
    "Task",
    "TaskLog",
    "TaskSeries",
    "waiting_for_a_rung",
]
