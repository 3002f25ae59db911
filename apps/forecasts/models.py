"""What was forecast, night by night: rows that never change."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import append_only
from apps.forecasts.choices import Method
from apps.kpis.choices import ScopeKind
from apps.kpis.models import NightRun
from apps.staff.models import TeamNode, User


class ForecastSnapshotQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Forecasts of the people whose work `viewer` sees and of the teams he leads."""
        people = User.objects.work_visible_to(viewer).values("pk")
        nodes = TeamNode.objects.led_by(viewer).values("pk")
        return self.filter(
            models.Q(scope_kind=ScopeKind.PERSON, scope_id__in=people)
            | (~models.Q(scope_kind=ScopeKind.PERSON) & models.Q(scope_id__in=nodes))
        )

    def published(self):
        return self.filter(run__published_at__isnull=False)


class ForecastSnapshot(models.Model):
    """The forecast of one method for `month`, made after `days_done` of its `days_total`.

    Money is in the company's currency; `low` and `high` bound the 80% interval, where there was
    one. `fact` is what had been won by then.
    """

    run = models.ForeignKey(NightRun, models.PROTECT, related_name="forecasts")
    day = models.DateField(_("day"))
    month = models.DateField(_("month"))
    scope_kind = models.CharField(max_length=10, choices=ScopeKind.choices)
    scope_id = models.PositiveBigIntegerField()
    method = models.CharField(_("method"), max_length=20, choices=Method.choices)
    days_done = models.PositiveSmallIntegerField()
    days_total = models.PositiveSmallIntegerField()
    fact = models.DecimalField(max_digits=18, decimal_places=2)
    amount = models.DecimalField(_("forecast"), max_digits=18, decimal_places=2)
    low = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=18, decimal_places=2, null=True)

    objects = ForecastSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept forecast")
        verbose_name_plural = _("kept forecasts")
        constraints = [
            models.UniqueConstraint(
                fields=["scope_kind", "scope_id", "month", "method", "day", "run"],
                name="one_forecast_a_run",
            )
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.method} {self.amount}"
