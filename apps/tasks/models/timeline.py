"""What happened to a task, in order, for ever."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import append_only
from apps.tasks.choices import Event, Rung
from apps.tasks.models.tasks import Task


class TaskLogQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(task__in=Task.objects.visible_to(viewer))


class TaskLog(models.Model):
    """One event; `due_at` and `assignee` are what held after it, `by` is None for the clock."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="log")
    kind = models.CharField(_("what happened"), max_length=10, choices=Event.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who does it")
    )
    due_at = models.DateTimeField(_("term"))
    note = models.CharField(_("note"), max_length=255, blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = TaskLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a task")
        verbose_name_plural = _("events of tasks")
        ordering = ["-pk"]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.task_id} {self.kind}"

    def said(self):
        """The note in the reader's language: the clock notes the code of a rung."""
        return Rung(self.note).label if self.kind == Event.ESCALATED else self.note
