"""Closed lists of contests."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ContestState(models.TextChoices):
    DRAFT = "draft", _("draft")
    LAUNCHED = "launched", pgettext_lazy("contest", "running")
    FINISHED = "finished", pgettext_lazy("contest", "finished")


class ScoreKind(models.TextChoices):
    NORMALISED = "normalised", _("against one's own baseline")
    ABSOLUTE = "absolute", _("the figure itself")


class PrizeKind(models.TextChoices):
    PLACES = "places", _("for places")
    THRESHOLDS = "thresholds", _("for reaching a score")
