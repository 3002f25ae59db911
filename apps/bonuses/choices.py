"""Closed lists of the bonuses room."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Base(models.TextChoices):
    """What a bonus is counted from."""

    WON = "won", _("won revenue")
    RECEIVED = "received", _("payments received")


class Kind(models.TextChoices):
    """How the base becomes money."""

    MARGINAL = "marginal", _("commission, each step on its own part")
    RETROACTIVE = "retroactive", _("commission, the step reached on the whole sum")
    SCALE = "scale", _("target bonus by attainment of the plan")


class StatementStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("bonus statement", "open")
    APPROVED = "approved", pgettext_lazy("bonus statement", "approved")
    PAID = "paid", pgettext_lazy("bonus statement", "paid")


class LineKind(models.TextChoices):
    """Why a line stands in a statement; lines are shown in this order."""

    EARNED = "earned", _("earned")
    CAP = "cap", _("above the cap")
    OVERDUE = "overdue", _("held: overdue payments")
    HYGIENE = "hygiene", _("held: untidy deals")
    TAKEN_BACK = "taken_back", _("taken back")
    UNPAID = "unpaid", _("not paid by the client")
    MANUAL = "manual", _("correction")


class DisputeStatus(models.TextChoices):
    WAITING = "waiting", _("waits for an answer")
    ANSWERED = "answered", pgettext_lazy("bonus question", "answered")
    ACCEPTED = "accepted", pgettext_lazy("bonus question", "accepted")
    DECLINED = "declined", pgettext_lazy("bonus question", "declined")


SETTLED = (DisputeStatus.ACCEPTED, DisputeStatus.DECLINED)
