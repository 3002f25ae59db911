"""A task: somebody must do something by a moment, and it is clear when it is done."""

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.models import Archived, ArchivedQuerySet, Versioned, audited
from apps.staff.models import User
from apps.tasks.choices import Priority


def helped_by(people):
    """A condition on tasks: a co-executor matches `people`, a condition on their links."""
    # By a subquery: a join would give a task once for each of its helpers.
    return Q(pk__in=Task.helpers.through.objects.filter(people).values("task"))


class TaskQuerySet(ArchivedQuerySet):
    def visible_to(self, viewer):
        """Tasks set by, to or with the people whose work `viewer` may see, himself always."""
        people = User.objects.work_visible_to(viewer)
        mine = Q(assignee=viewer) | Q(author=viewer)
        theirs = Q(assignee__in=people) | Q(author__in=people)
        return self.filter(mine | theirs | helped_by(Q(user=viewer) | Q(user__in=people)))

    def done_with(self, person):
        """Tasks that `person` does, alone or as a co-executor."""
        return self.filter(Q(assignee=person) | helped_by(Q(user=person)))

    def about(self, subject):
        """Tasks about the row `subject`."""
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(content_type=kind, object_id=subject.pk)

    def open(self):
        return self.filter(done_at=None, archived_at=None)

    def done(self):
        return self.kept().exclude(done_at=None)

    def awaiting(self):
        """Done, and not yet accepted by those who asked for it."""
        return self.done().filter(accepted_at=None)

    def overdue(self, now):
        return self.open().filter(due_at__lt=now)


def promise_is_kept_in_mind():
    """The first term is written down with the row, and is not to be moved with the term."""
    return [
        pgtrigger.Trigger(
            name="promise_is_the_first_term",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func="NEW.promised_at = COALESCE(NEW.promised_at, NEW.due_at); RETURN NEW;",
        ),
        pgtrigger.ReadOnly(name="promise_stays", fields=["promised_at"]),
    ]


@audited(exclude=["promised_at"])
class Task(Versioned, Archived):
    """`subject` is what the task is about (a deal, a client), by generic reference."""

    title = models.CharField(_("what to do"), max_length=255)
    text = models.TextField(_("details"), blank=True)
    acceptance = models.CharField(_("done when"), max_length=255, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks_set", verbose_name=_("author")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="tasks",
        verbose_name=_("who does it"),
    )
    # They see the task and are told of it; it is the assignee who answers for it.
    helpers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="tasks_helped",
        verbose_name=_("co-executors"),
    )
    # One level only: a subtask has no subtasks.
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="subtasks",
        verbose_name=_("part of"),
    )
    series = models.ForeignKey(
        "tasks.TaskSeries",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="tasks",
        verbose_name=_("series"),
    )
    # The day the series names, before it is shifted to a working day: the key of the occurrence.
    planned_on = models.DateField(_("planned on"), null=True, blank=True, editable=False)
    due_at = models.DateTimeField(_("due"))
    # The term that was promised first, whatever became of it; discipline is measured by it.
    promised_at = models.DateTimeField(_("promised first"), editable=False)
    hours = models.DecimalField(
        _("estimated hours"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True, editable=False)
    # Set by whoever asked for the work; one's own work needs nobody's word.
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True, editable=False)
    # Why the author did not accept it; shown until it is done again.
    return_reason = models.CharField(_("why it was returned"), max_length=255, blank=True)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True)
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    subject = GenericForeignKey("content_type", "object_id")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(content_type=None, object_id=None)
                | Q(content_type__isnull=False, object_id__isnull=False),
                name="task_subject_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(done_at__isnull=False),
                name="only_done_work_is_accepted",
            ),
            models.UniqueConstraint(fields=["series", "planned_on"], name="occurrence_comes_once"),
            models.CheckConstraint(
                condition=Q(series=None, planned_on=None)
                | Q(series__isnull=False, planned_on__isnull=False),
                name="occurrence_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__gt=0), name="work_takes_time"
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("pk")), name="task_is_not_its_own_part"
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_at"],
                condition=Q(done_at=None, archived_at=None),
                name="task_open",
            ),
            models.Index(fields=["content_type", "object_id"], name="task_by_subject"),
            models.Index(fields=["due_at"], name="task_by_due"),
            models.Index(fields=["promised_at"], name="task_by_promise"),
        ]
        triggers = promise_is_kept_in_mind()

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        if self.promised_at is None:
            self.promised_at = self.due_at
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("tasks:task", args=[self.pk])
