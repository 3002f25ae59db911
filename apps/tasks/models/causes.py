"""Why tasks are done late: the list of causes, and the one that was named for a task."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Archived, ArchivedQuerySet, audited
from apps.tasks.choices import BuiltInCause
from apps.tasks.models.tasks import Task


@audited()
class DelayCause(Archived):
    """A cause that can be named in one click.

    Those that the product brings have a code and speak the reader's language until somebody
    renames them; figures over "unclear task" find it by its code.
    """

    code = models.CharField(max_length=20, choices=BuiltInCause.choices, blank=True, editable=False)
    name = models.CharField(_("cause"), max_length=60, blank=True)
    needs_comment = models.BooleanField(_("asks for a comment"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = ArchivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("cause of delay")
        verbose_name_plural = _("causes of delay")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="one_cause_a_code"
            ),
            models.CheckConstraint(condition=~Q(code="", name=""), name="cause_can_be_called"),
        ]

    def __str__(self):
        return self.name or str(self.get_code_display())


class DelayQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(task__in=Task.objects.visible_to(viewer))


@audited()
class Delay(models.Model):
    """Why a task was late, in the words of those who did it or asked for it; the last word counts."""

    task = models.OneToOneField(Task, models.PROTECT, related_name="delay")
    cause = models.ForeignKey(
        DelayCause, models.PROTECT, related_name="delays", verbose_name=_("cause")
    )
    comment = models.CharField(_("comment"), max_length=255, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who")
    )
    named_at = models.DateTimeField(_("when"), auto_now=True)

    objects = DelayQuerySet.as_manager()

    class Meta:
        verbose_name = _("delay")
        verbose_name_plural = _("delays")

    def __str__(self):
        return f"{self.task_id} {self.cause}"
