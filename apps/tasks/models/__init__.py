"""Tasks, the series they come in, who hears of their terms, why they are missed, and what happened."""

from apps.tasks.models.causes import Delay, DelayCause
from apps.tasks.models.escalation import Escalation, EscalationLadder, waiting_for_a_rung
from apps.tasks.models.series import TaskSeries
from apps.tasks.models.tasks import Task
from apps.tasks.models.timeline import TaskLog

__all__ = [
    "Delay",
    "DelayCause",
    "Escalation",
    "EscalationLadder",
    "Task",
    "TaskLog",
    "TaskSeries",
    "waiting_for_a_rung",
]
