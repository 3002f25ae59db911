"""Closed lists of the tasks room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.TextChoices):
    """What can happen to a task."""

    SET = "set", _("set")
    MOVED = "moved", _("given to another person")
    TERM = "term", _("term changed")
    FINISHED = "finished", _("said to be done")
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("returned")
    REOPENED = "reopened", _("opened again")
    BINNED = "binned", _("put into the bin")
    RESTORED = "restored", _("taken out of the bin")
    ESCALATED = "escalated", _("told of the term")


class Rung(models.TextChoices):
    """Who hears of a term, in the order of the ladder."""

    REMINDER = "reminder", _("before the term, to the one who does it")
    DUE = "due", _("at the term, to the one who does it")
    LEAD = "lead", _("to his lead")
    HEAD = "head", _("to the head")


class Repeats(models.TextChoices):
    DAILY = "daily", _("every working day")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")


class Priority(models.IntegerChoices):
    LOW = 1, _("low")
    NORMAL = 2, _("normal")
    HIGH = 3, _("high")


class BuiltInCause(models.TextChoices):
    """Causes of delay that there are from the first day."""

    CLIENT = "client", _("waiting for the client")
    DEPARTMENT = "department", _("waiting for another department")
    OVERLOAD = "overload", _("overload")
    FORGOT = "forgot", _("forgot")
    UNCLEAR = "unclear", _("the task was unclear")
    OTHER = "other", _("other")
