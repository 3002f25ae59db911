"""What the revenue plan of a year is to be made of: shares of products, clients' levels, sources."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import append_only
from apps.kpis.choices import PlanDimension
from apps.kpis.models.plans import ONLY_DRAFTS_TAKE_LINES, PlanVersion


class PlanShare(models.Model):
    """A part of the company's plan: `share` is a fraction of every month of the version.

    `key` is the number of a product or source, the letter of a level, "" for deals without one. The
    shares of a dimension are 1 together: amounts follow by largest remainder, so they add up.
    """

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="shares")
    dimension = models.CharField(_("divided by"), max_length=10, choices=PlanDimension.choices)
    key = models.CharField(max_length=20, blank=True)
    share = models.DecimalField(_("share"), max_digits=5, decimal_places=4)

    class Meta:
        verbose_name = _("share of a plan")
        verbose_name_plural = _("shares of plans")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "dimension", "key"], name="one_plan_share_a_key"
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1), name="plan_share_is_a_fraction"
            ),
        ]
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="only_drafts_take_shares",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=ONLY_DRAFTS_TAKE_LINES,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.dimension} {self.key} {self.share}"
