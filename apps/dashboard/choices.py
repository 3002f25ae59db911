"""Why a deal, a debt or a task stands in a queue, most pressing first."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    STEP_OVERDUE = "step_overdue", _("The next step is overdue")
    LEAD_WAITING = "lead_waiting", _("A new lead is waiting for the first contact")
    STEP_TODAY = "step_today", _("The next step is due today")
    CLOSE_PASSED = "close_passed", _("The expected close has passed")
    DEBT_OVERDUE = "debt_overdue", _("A payment is overdue")
    TASK_OVERDUE = "task_overdue", _("The task is overdue")
    TASK_TODAY = "task_today", _("The task is due today")
    NO_STEP = "no_step", _("No next step")
    IDLE = "idle", _("No activity for longer than the stage allows")
