"""Closed lists of the deals room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StageKind(models.TextChoices):
    LEAD = "lead", _("lead")
    OPEN = "open", _("in progress")
    WON = "won", _("won")
    LOST = "lost", _("lost")


class Outcome(models.TextChoices):
    OPEN = "open", _("open")
    WON = "won", _("won")
    LOST = "lost", _("lost")


class ExitField(models.TextChoices):
    """What a stage may ask for before a deal moves beyond it."""

    CLIENT = "client", _("client")
    AMOUNT = "amount", _("amount")
    EXPECTED_CLOSE = "expected_close_on", _("expected close")
    CONTACT = "contact", _("contact")
    LINES = "lines", _("products")
    SCHEDULE = "schedule", _("payment schedule")
    NEXT_STEP = "next_step", _("next step")


class ActivityKind(models.TextChoices):
    CALL = "call", _("call")
    MEETING = "meeting", _("meeting")
    EMAIL = "email", _("e-mail")
    NOTE = "note", _("note")


class ActivityOutcome(models.TextChoices):
    AGREED = "agreed", _("agreed")
    CALL_BACK = "call_back", _("call back")
    NO_ANSWER = "no_answer", _("no answer")
    REFUSED = "refused", _("refused")
    NONE = "", "–"


class ActivityOrigin(models.TextChoices):
    """Measured activity (a call log) is told from typed one."""

    TYPED = "typed", _("typed")
    MEASURED = "measured", _("measured")
