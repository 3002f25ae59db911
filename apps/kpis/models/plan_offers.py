"""What people themselves promise for a month: the plan from below."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import append_only
from apps.staff.models import User


class PlanOfferQuerySet(models.QuerySet):
    def visible_to(self, viewer: Any) -> PlanOfferQuerySet:
        """Within one's scope of work, as plans are."""
        return self.filter(user__in=User.objects.work_visible_to(viewer))

    def newest(self) -> PlanOfferQuerySet:
        """The last word of each person about each month."""
        return self.order_by("user", "month", "-pk").distinct("user", "month")


class PlanOffer(models.Model):
    """`user` expects to win `amount` in `month`, in the company's currency; `author` has said so.

    A word is never changed: a later one takes its place.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="plan_offers", verbose_name=_("who")
    )
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    words = models.CharField(_("on what it rests"), max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("said by")
    )
    said_at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = PlanOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan from below")
        verbose_name_plural = _("plans from below")
        indexes = [models.Index(fields=["month", "user", "-id"], name="plan_offer_of_month")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="plan_offer_is_not_negative")
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.user_id} {self.month:%Y-%m} {self.amount}"
