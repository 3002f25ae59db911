"""Closed lists of the client base's analysis."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AbcClass(models.TextChoices):
    """By revenue; new clients stand apart, and who bought nothing in the period has no class."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    NEW = "N", pgettext_lazy("clients", "new")
    NONE = "", "–"


class XyzClass(models.TextChoices):
    """By the evenness of quarterly revenue."""

    X = "X", pgettext_lazy("clients", "X, even")
    Y = "Y", pgettext_lazy("clients", "Y, uneven")
    Z = "Z", pgettext_lazy("clients", "Z, from time to time")
    NONE = "", "–"


class RfmSegment(models.TextChoices):
    CHAMPIONS = "champions", pgettext_lazy("clients", "champions")
    LOYAL = "loyal", pgettext_lazy("clients", "loyal")
    NEWCOMERS = "newcomers", pgettext_lazy("clients", "one recent order")
    ATTENTION = "attention", pgettext_lazy("clients", "need attention")
    AT_RISK = "at_risk", pgettext_lazy("clients", "at risk")
    HIBERNATING = "hibernating", pgettext_lazy("clients", "hibernating")
    NONE = "", "–"


class Lifecycle(models.TextChoices):
    """Where a client stands against his own rhythm of orders."""

    NEW = "new", pgettext_lazy("clients", "new")
    ACTIVE = "active", pgettext_lazy("clients", "active")
    RETURNED = "returned", pgettext_lazy("clients", "returned")
    COOLING = "cooling", pgettext_lazy("clients", "cooling down")
    SLEEPING = "sleeping", pgettext_lazy("clients", "sleeping")
    LOST = "lost", pgettext_lazy("clients", "lost")
    PROSPECT = "prospect", pgettext_lazy("clients", "never bought")


# Who is worth a call because he has gone quiet.
QUIET = (Lifecycle.COOLING, Lifecycle.SLEEPING, Lifecycle.LOST)
# Classes with a norm of service.
SERVED = (AbcClass.A, AbcClass.B, AbcClass.C, AbcClass.NEW)


class NormPeriod(models.IntegerChoices):
    """Days in which the touches of a norm are due."""

    MONTH = 30, _("in 30 days")
    QUARTER = 90, _("in 90 days")
