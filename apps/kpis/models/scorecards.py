"""Scorecards: what the night made of a person's month by the rules of his scheme."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.kpis.models.nights import NightRun
from apps.kpis.models.schemes import SchemeVersion
from apps.kpis.payload_json import PayloadDecoder, PayloadEncoder
from apps.staff.models import User


class ScorecardQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Cards of the people whose work `viewer` may see; for HR nobody's."""
        return self.filter(user__in=User.objects.work_visible_to(viewer))

    def shown(self):
        """The newest published card of each person and month."""
        published = self.filter(run__published_at__isnull=False)
        return published.order_by("user_id", "month", "-run_id").distinct("user_id", "month")


class Scorecard(models.Model):
    """A person's month as the night of `run` saw it; shape of `items` in apps/kpis/scoring.py.

    `on_pace` is the score against what working days had to bring by then: it makes the `light`.
    `standing` is the share of the `peers` of his position that stand below him.
    """

    run = models.ForeignKey(NightRun, models.CASCADE, related_name="scorecards")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="scorecards")
    month = models.DateField(_("month"))
    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="scorecards")
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1, null=True)
    before_gates = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    on_pace = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    factor = models.DecimalField(max_digits=7, decimal_places=6, default=1)
    light = models.CharField(max_length=4, blank=True)
    is_rescaled = models.BooleanField(default=False)
    standing = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    peers = models.PositiveIntegerField(default=0)
    share_expected = models.DecimalField(max_digits=5, decimal_places=4)
    items = models.JSONField(encoder=PayloadEncoder, decoder=PayloadDecoder, default=list)
    gates = models.JSONField(encoder=PayloadEncoder, decoder=PayloadDecoder, default=list)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        constraints = [
            models.UniqueConstraint(fields=["user", "month", "run"], name="one_scorecard_a_run"),
            models.CheckConstraint(
                condition=Q(month__day=1), name="scorecard_month_is_a_first_day"
            ),
        ]
        indexes = [models.Index(fields=["month", "user", "-run"], name="scorecard_by_month")]

    def __str__(self):
        return f"{self.user_id} {self.month:%Y-%m} {self.score}"
