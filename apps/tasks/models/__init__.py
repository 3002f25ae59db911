"""Tasks, the series they come in, and who hears of their terms."""

from apps.tasks.models.escalation import Escalation, EscalationLadder, waiting_for_a_rung
from apps.tasks.models.series import TaskSeries
from apps.tasks.models.tasks import Task

__all__ = ["Escalation", "EscalationLadder", "Task", "TaskSeries", "waiting_for_a_rung"]
