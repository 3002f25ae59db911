"""What happened to deals: append-only, told apart by when it happened and when it was recorded."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client, Contact
from apps.core.models import append_only
from apps.deals.choices import ActivityKind, ActivityOrigin, ActivityOutcome
from apps.deals.models.deals import Deal
from apps.deals.models.pipelines import Stage
from apps.staff.models import User

# Nobody saw it in time. A difference, since a sum of a moment and days depends on the session's zone.
LATE = GreaterThan(F("recorded_at") - F("happened_at"), Value(timedelta(days=1)))


class StageMove(models.Model):
    """A deal entered a stage (`from_stage` None: it was created there).

    `happened_on` is the business day; `owner` the primary owner on that day, for ever;
    `amount_base` the deal's amount then. `is_first_entry`: it had never been in `to_stage`.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="moves")
    from_stage = models.ForeignKey(
        Stage, models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    is_first_entry = models.BooleanField(default=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    amount_base = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    happened_on = models.DateField(_("day"))
    happened_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("stage move")
        verbose_name_plural = _("stage moves")
        ordering = ["happened_at", "pk"]
        indexes = [
            models.Index(fields=["happened_on"], name="move_by_day"),
            models.Index(fields=["to_stage", "happened_on"], name="move_by_stage"),
            models.Index(fields=["recorded_at"], name="move_by_record"),
            models.Index(fields=["happened_on", "owner"], condition=Q(LATE), name="move_late"),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.deal_id} → {self.to_stage_id}"


class WonAdjustment(models.Model):
    """A won amount was edited or a won deal reopened: the difference counts on `happened_on`.

    Revenue of a period = `amount_base` of the moves into won stages + these differences, each on
    its own day: an old month never changes. A reopened deal takes its whole amount back here and
    brings it again with its next move to won.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="adjustments")
    amount_base = models.DecimalField(_("difference"), max_digits=14, decimal_places=2)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    happened_on = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("adjustment of a won amount")
        verbose_name_plural = _("adjustments of won amounts")
        ordering = ["recorded_at"]
        indexes = [models.Index(fields=["happened_on"], name="adjustment_by_day")]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.deal_id} {self.amount_base}"


class ActivityQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(user__in=User.objects.work_visible_to(viewer))

    def standing(self):
        """Not a reversal and not reversed."""
        return self.filter(reversal_of=None, reversed_by=None)


class Activity(models.Model):
    """A call, meeting, e-mail or note; a wrong one is reversed and logged anew.

    A measured one carries the code that its exchange or mailbox gave it, in `external_id`; where
    somebody had typed the same talk in, it `confirms` that record and is not counted besides it.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=ActivityKind.choices)
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="activities")
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="activities"
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="activities"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="activities")
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=ActivityOutcome.choices, blank=True
    )
    text = models.TextField(_("what was said"), blank=True)
    duration_minutes = models.PositiveSmallIntegerField(
        _("duration, minutes"), null=True, blank=True
    )
    origin = models.CharField(
        max_length=10, choices=ActivityOrigin.choices, default=ActivityOrigin.TYPED
    )
    external_id = models.CharField(max_length=200, blank=True, editable=False)
    confirms = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="confirmations"
    )
    happened_on = models.DateField(_("day"))
    happened_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    reversal_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deal__isnull=False) | Q(client__isnull=False),
                name="activity_is_about_something",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id="") & Q(reversal_of=None),
                name="measured_activity_once",
            ),
        ]
        indexes = [
            models.Index(fields=["happened_on"], name="activity_by_day"),
            models.Index(fields=["recorded_at"], name="activity_by_record"),
            models.Index(fields=["deal", "-happened_at"], name="activity_by_deal"),
            models.Index(fields=["user", "-happened_at"], name="activity_by_user"),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.kind} {self.happened_at:%Y-%m-%d}"
