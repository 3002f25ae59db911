"""Closed lists of the KPI schemes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TargetKind(models.TextChoices):
    PLAN = "plan", _("from the plan")
    FIXED = "fixed", _("a fixed value")
    AVERAGE = "average", _("own average of 3 months")


class Curve(models.TextChoices):
    LINEAR = "linear", _("straight line")
    STEPS = "steps", _("steps")


class ItemDirection(models.TextChoices):
    """What is better; a line that does not say takes it from the metric."""

    MORE = "more", _("more is better")
    LESS = "less", _("less is better")


class Bound(models.TextChoices):
    AT_MOST = "at_most", _("at most")
    AT_LEAST = "at_least", _("at least")
