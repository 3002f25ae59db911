"""Closed lists of effects of decisions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EffectState(models.TextChoices):
    MEASURING = "measuring", _("measuring")
    FINISHED = "finished", _("measured")


class EffectVerdict(models.TextChoices):
    """What a finished measurement says; the first three have an interval."""

    BETTER = "better", _("clear improvement")
    WORSE = "worse", _("clear worsening")
    UNCLEAR = "unclear", _("no clear effect")
    FEW_PEOPLE = "few_people", _("no conclusion: too few people")
    FEW_PEERS = "few_peers", _("no conclusion: too few peers")
    FEW_CASES = "few_cases", _("no conclusion: too few cases")


class HandKind(models.TextChoices):
    """Decisions kept by hand."""

    RESOLUTION = "resolution", _("resolution of a meeting")
    TRAINING = "training", _("training")
    SCRIPT = "script", _("new script")
    OTHER = "other", _("other decision")
