"""Closed lists of the forecasts room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Method(models.TextChoices):
    """First, simple methods; none is chosen for the user."""

    RUN_RATE = "run_rate", _("run-rate")
    WEIGHTED = "weighted", _("weighted pipeline")
