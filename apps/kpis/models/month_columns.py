"""The columns of the metric catalogue, kept by month; those that are dear to read by day too."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kpis.models.facts import key_to
from apps.kpis.models.nights import NightRun
from apps.staff.models import TeamNode, User


class MonthColumnsQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Of the people whose work `viewer` may see."""
        return self.filter(user__in=User.objects.work_visible_to(viewer))


class MonthColumns(models.Model):
    """Every column of the catalogue ("source.column") of a person in a month, as decimal strings.

    `month` is its first day, `team` the person's at its end (or on the last day the run knew),
    `run` the night that wrote the row. Columns that are zero are left out. Rows are written by
    apps.kpis.night.columns only.
    """

    month = models.DateField(_("month"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    team = key_to(TeamNode, null=True)
    values = models.JSONField(_("columns"))
    run = models.ForeignKey(NightRun, models.CASCADE, related_name="+")

    objects = MonthColumnsQuerySet.as_manager()

    class Meta:
        verbose_name = _("metrics of a month")
        verbose_name_plural = _("metrics of months")
        constraints = [
            models.UniqueConstraint(fields=["month", "user"], name="one_row_of_metrics_a_month")
        ]

    def __str__(self):
        return f"{self.user_id} {self.month:%Y-%m}"


class DayColumns(models.Model):
    """What a source (apps.core.metrics.Source.by_day) gave of each day of a month.

    `values` is {ISO day: {person: {column: decimal string}}}, zeros left out, an empty day kept.
    Written by apps.kpis.night.day_columns only; people see MonthColumns.
    """

    month = models.DateField(_("month"))
    source = models.CharField(max_length=40)
    values = models.JSONField(_("columns"))
    run = models.ForeignKey(NightRun, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("metrics by day")
        verbose_name_plural = _("metrics by day")
        constraints = [
            models.UniqueConstraint(fields=["month", "source"], name="one_row_of_days_a_month")
        ]

    def __str__(self):
        return f"{self.source} {self.month:%Y-%m}"
