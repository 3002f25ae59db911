"""Closed lists of the client base: its analysis, how it is divided, handed over and fed with leads."""

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


class DistributionScope(models.TextChoices):
    """Which clients are divided anew."""

    ALL = "all", _("all clients")
    NO_OWNER = "no_owner", _("clients without an owner")
    PERSON = "person", _("clients of one person")
    LEVEL = "level", _("clients of one level")


class DistributionState(models.TextChoices):
    COUNTING = "counting", pgettext_lazy("distribution", "being counted")
    PROPOSED = "proposed", pgettext_lazy("distribution", "proposed")
    APPLIED = "applied", pgettext_lazy("distribution", "applied")
    UNDONE = "undone", pgettext_lazy("distribution", "taken back")


class SeatMode(models.TextChoices):
    """What a person does in a distribution; the last three are never chosen by people."""

    TAKES = "takes", pgettext_lazy("seat", "takes and gives")
    PINNED = "pinned", pgettext_lazy("seat", "keeps exactly his own")
    EXCLUDED = "excluded", pgettext_lazy("seat", "receives nothing")
    KEEPS = "keeps", pgettext_lazy("seat", "may not receive")
    GIVES = "gives", pgettext_lazy("seat", "gives everything away")


class Ineligible(models.TextChoices):
    """Why a person receives no clients and no leads."""

    NONE = "", "–"
    DISMISSED = "dismissed", _("no longer works here")
    AWAY = "away", _("away")
    UNCERTIFIED = "uncertified", _("not certified to receive clients")
    NOT_SELLING = "not_selling", _("does not sell")


class MoveState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("move", "proposed")
    APPLIED = "applied", pgettext_lazy("move", "done")
    SKIPPED = "skipped", pgettext_lazy("move", "skipped")
    UNDONE = "undone", pgettext_lazy("move", "taken back")
    KEPT = "kept", pgettext_lazy("move", "left as it is")


class SkipReason(models.TextChoices):
    """Why a move was not made, or not taken back."""

    NONE = "", "–"
    CHANGED = "changed", _("the owner has changed meanwhile")
    GONE = "gone", _("the client is in the bin")
    INELIGIBLE = "ineligible", _("the receiver may not receive clients any more")
    OWNER_LEFT = "owner_left", _("the former owner has left since")


class LeadMethod(models.TextChoices):
    ROUND_ROBIN = "round_robin", _("in turn")
    LEAST_LOAD = "least_load", _("to the least loaded")


class HandoverCause(models.TextChoices):
    LEAVES = "leaves", _("the owner leaves")
    LEAVE = "leave", _("the owner goes on leave")
    REGROUPING = "regrouping", _("clients are regrouped")


class HandoverState(models.TextChoices):
    SENT = "sent", pgettext_lazy("handover", "waits for acceptance")
    ACCEPTED = "accepted", pgettext_lazy("handover", "accepted")
    RETURNED = "returned", pgettext_lazy("handover", "given back")


class HandoverKind(models.TextChoices):
    CLIENT = "client", _("client")
    DEAL = "deal", _("deal")
    DEBT = "debt", _("deal that is not paid in full")
    TASK = "task", _("task")


class HandoverStep(models.TextChoices):
    """What the receiver does before a handover is finished."""

    BRIEF_READ = "brief_read", _("The brief is read")
    STEPS_PLANNED = "steps_planned", _("Every open deal has a next step of mine")
    KEY_CLIENTS_CALLED = "key_clients_called", _("Clients of level A are called, I am introduced")
    DEBTS_KNOWN = "debts_known", _("Debts are known and the debtors are called")
    PAPERS_RECEIVED = "papers_received", _("Documents and correspondence are received")


class DealOutcomeAfter(models.TextChoices):
    """What became of a deal after it was handed over."""

    WON = "won", _("won")
    LOST = "lost", _("lost")
    TOUCHED = "touched", _("in work")
    UNTOUCHED = "untouched", _("untouched")
