"""Calls that check why deals were lost: a sample of them, made by somebody else than the seller."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import audited
from apps.deals.choices import CallResult, Outcome
from apps.deals.models.deals import Deal
from apps.deals.models.pipelines import RefusalReason
from apps.staff.models import User


@audited()
class VerificationNorm(models.Model):
    """How many lost deals of a week are checked. One row; without it the defaults hold.

    `share` is a fraction of what each seller lost, rounded up; at least `per_seller` of each, as
    far as there are so many.
    """

    share = models.DecimalField(
        _("share of lost deals"), max_digits=4, decimal_places=3, default=Decimal("0.2")
    )
    per_seller = models.PositiveSmallIntegerField(_("at least, of each seller"), default=1)
    days = models.PositiveSmallIntegerField(_("days to make the call"), default=7)

    class Meta:
        verbose_name = _("norm of verification")
        verbose_name_plural = _("norms of verification")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_verification_norm"),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=1), name="verified_share_is_a_share"
            ),
            models.CheckConstraint(condition=Q(days__gt=0), name="verification_takes_some_days"),
        ]

    def __str__(self):
        return f"{self.share}"

    @classmethod
    def current(cls):
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class VerificationCallQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Those of the deals that `viewer` may see."""
        return self.filter(deal__owner__in=User.objects.work_visible_to(viewer))

    def due(self):
        """To be made: the deal is still lost."""
        return self.filter(
            result=CallResult.DUE, deal__outcome=Outcome.LOST, deal__archived_at=None
        )

    def callable_by(self, person):
        """Nobody checks what he lost, or owns by now, himself."""
        return self.exclude(owner=person).exclude(deal__owner=person)

    def answered(self):
        return self.filter(result=CallResult.REACHED)


@audited()
class VerificationCall(models.Model):
    """A lost deal drawn into the sample of its week, and what the client said.

    `week` is the Monday of the week of `lost_on`; `owner` and `stated` are the seller and his
    reason when it was drawn, for ever; `found` is the reason that the client named.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="verifications")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stated = models.ForeignKey(RefusalReason, models.PROTECT, related_name="+")
    lost_on = models.DateField(_("lost on"))
    week = models.DateField(_("week"))
    due_on = models.DateField(_("call by"))
    result = models.CharField(
        _("result"), max_length=10, choices=CallResult.choices, blank=True, default=CallResult.DUE
    )
    found = models.ForeignKey(
        RefusalReason,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("true reason"),
    )
    comment = models.TextField(_("in the client's words"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(_("called at"), null=True, blank=True)

    objects = VerificationCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification call")
        verbose_name_plural = _("verification calls")
        constraints = [
            models.UniqueConstraint(fields=["deal", "lost_on"], name="one_check_of_a_loss"),
            models.CheckConstraint(
                condition=Q(result="reached", found__isnull=False)
                | (~Q(result="reached") & Q(found=None)),
                name="reached_client_named_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(result="", made_by=None, made_at=None)
                | (~Q(result="") & Q(made_by__isnull=False, made_at__isnull=False)),
                name="made_call_has_its_caller",
            ),
            models.CheckConstraint(
                condition=Q(made_by=None) | ~Q(made_by=F("owner")),
                name="nobody_verifies_his_own_loss",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(result=""), name="verification_due"),
            models.Index(fields=["lost_on"], name="verification_by_day"),
        ]

    def __str__(self):
        return f"{self.deal_id} {self.lost_on}"
