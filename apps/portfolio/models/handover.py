"""A base, or a part of it, goes to another person with everything that hangs on it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.core.models import Decision
from apps.deals.models import Deal
from apps.portfolio.choices import HandoverCause, HandoverKind, HandoverState, HandoverStep
from apps.staff.models import User
from apps.tasks.models import Task


class HandoverQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Of the people whose work `viewer` may see; who hands over and who takes always sees it."""
        people = User.objects.work_visible_to(viewer)
        return self.filter(Q(giver__in=people) | Q(receiver__in=people))

    def watched(self, now):
        """Accepted or waiting, within the days of watching."""
        return self.exclude(state=HandoverState.RETURNED).filter(watch_until__gt=now)


class Handover(models.Model):
    """`giver`'s clients, deals and tasks are `receiver`'s from `handed_at` on.

    What came of the deals is watched until `watch_until`. Written by apps.portfolio.actions only.
    """

    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("hands over")
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("receives")
    )
    cause = models.CharField(_("why"), max_length=10, choices=HandoverCause.choices)
    is_whole_base = models.BooleanField(_("the whole base"))
    note = models.TextField(_("what the receiver must know"), blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=HandoverState.choices, default=HandoverState.SENT
    )
    steps_done = ArrayField(
        models.CharField(max_length=20, choices=HandoverStep.choices), default=list, blank=True
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    handed_at = models.DateTimeField(_("handed over at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    returned_at = models.DateTimeField(_("given back at"), null=True)
    watch_until = models.DateTimeField(_("watched until"))

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-handed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("receiver")), name="nobody_hands_over_to_himself"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_at__isnull=False),
                name="accepted_handover_says_when",
            ),
        ]

    def __str__(self):
        return f"{self.giver_id} → {self.receiver_id}"

    def get_absolute_url(self):
        return reverse("portfolio:handover", args=[self.pk])


class HandoverItem(models.Model):
    """One object of a handover; exactly one of the three links is set, as `kind` says.

    A deal is a DEAL while it is open, a DEBT when it was won before and is not paid in full.
    `owner_change` is the event by which a client went, so that a later one can be told.
    """

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=6, choices=HandoverKind.choices)
    client = models.ForeignKey(Client, models.PROTECT, null=True, related_name="+")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="+")
    owner_change = models.BigIntegerField(null=True)
    is_returned = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("object of a handover")
        verbose_name_plural = _("objects of a handover")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="client", client__isnull=False, deal=None, task=None)
                | Q(kind__in=["deal", "debt"], client=None, deal__isnull=False, task=None)
                | Q(kind="task", client=None, deal=None, task__isnull=False),
                name="handover_item_is_of_its_kind",
            )
        ]

    def __str__(self):
        return f"{self.handover_id} {self.kind}"
