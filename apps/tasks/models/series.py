"""A task that comes again: the rule by which the next one is made."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import audited
from apps.tasks.choices import Repeats
from apps.tasks.models.tasks import Task


class TaskSeriesQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Series of which `viewer` sees a task."""
        return self.filter(pk__in=Task.objects.visible_to(viewer).values("series"))

    def going_on(self):
        return self.filter(stopped_at=None)


@audited()
class TaskSeries(models.Model):
    """What is to be done stands in its tasks: each next one is a copy of the latest.

    So a change of the open task, its move to another person too, holds from then on.
    """

    repeats = models.CharField(_("repeats"), max_length=10, choices=Repeats.choices)
    # The day the monthly rule keeps to, also after a month that was too short for it.
    begins_on = models.DateField(_("begins on"))
    until = models.DateField(_("repeats until"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True, editable=False)

    objects = TaskSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series of tasks")
        verbose_name_plural = _("series of tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("begins_on")),
                name="series_ends_after_its_beginning",
            )
        ]

    def __str__(self):
        return f"{self.repeats} {self.begins_on:%Y-%m-%d}"
