"""The ladder by which a missed term climbs, and the rungs that have fired."""

from datetime import time

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.models import append_only, audited
from apps.tasks.choices import Rung
from apps.tasks.models.tasks import Task


@audited()
class EscalationLadder(models.Model):
    """After how many working hours who is told; one row, begun when the clock first asks for it."""

    opens_at = models.TimeField(_("working hours from"), default=time(9))
    closes_at = models.TimeField(_("until"), default=time(18))
    remind_hours = models.PositiveSmallIntegerField(
        _("reminder before the term, working hours"), default=1
    )
    lead_hours = models.PositiveSmallIntegerField(
        _("the lead is told after, working hours"), default=8
    )
    head_hours = models.PositiveSmallIntegerField(
        _("the head is told after, working hours"), default=24
    )
    # Terms missed before there was a ladder wake nobody: a flood of old sins would drown the new.
    begins_at = models.DateTimeField(_("counts terms from"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("ladder of escalation")
        verbose_name_plural = _("ladders of escalation")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_ladder"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="ladder_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(head_hours__gte=F("lead_hours")), name="head_hears_after_lead"
            ),
        ]

    def __str__(self):
        return f"{self.remind_hours}/{self.lead_hours}/{self.head_hours}"

    @classmethod
    def current(cls):
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @classmethod
    def begun(cls):
        """The stored ladder; the first time it is asked for, it begins to count."""
        return cls.objects.get_or_create(pk=1)[0]


class EscalationQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(task__in=Task.objects.visible_to(viewer))

    def of_the_term(self):
        """In a subquery of tasks: what fired for the task's present term."""
        return self.filter(task=OuterRef("pk"), due_at=OuterRef("due_at"))


class Escalation(models.Model):
    """A rung has fired for a term of a task; a new term begins the ladder anew."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="escalations")
    rung = models.CharField(_("rung"), max_length=10, choices=Rung.choices)
    due_at = models.DateTimeField(_("term"))
    fired_at = models.DateTimeField(_("fired at"), auto_now_add=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        triggers = [append_only()]
        constraints = [
            models.UniqueConstraint(fields=["task", "due_at", "rung"], name="rung_fires_once")
        ]

    def __str__(self):
        return f"{self.task_id} {self.rung}"


def waiting_for_a_rung(ladder, until):
    """Open tasks with a term before `until` whose ladder is not climbed to its end."""
    climbed = Escalation.objects.of_the_term().filter(rung=Rung.HEAD)
    terms = Task.objects.open().filter(due_at__gte=ladder.begins_at, due_at__lt=until)
    return terms.exclude(Exists(climbed))
