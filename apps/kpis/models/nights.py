"""Runs of the night, their steps, and what they publish."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Job
from apps.kpis.choices import NightStatus, PeriodKind, ScopeKind
from apps.kpis.payload_json import PayloadDecoder, PayloadEncoder
from apps.staff.models import TeamNode, User


class NightRunQuerySet(models.QuerySet):
    def running(self):
        return self.filter(status=NightStatus.RUNNING)

    def published(self):
        return self.filter(published_at__isnull=False)

    def current(self):
        """The run whose snapshots people see, or None before the first one."""
        return self.filter(is_current=True).first()


class NightRun(models.Model):
    """One calculation for the business day `day`; `read_from` is when it began to read events.

    `dirty_days` are the ISO days it counts anew, None for the whole history; `history_marks` tell
    whether stages, places in teams and splits have changed since (see kpis/night/dirty.py).
    `frozen_months` are the ISO first days of the months that were closed then: it leaves them alone.

    Nothing of a run is seen before it is published; publishing makes it current in the same
    transaction that retires the run before it.
    """

    day = models.DateField(_("day"))
    status = models.CharField(
        _("status"), max_length=10, choices=NightStatus.choices, default=NightStatus.RUNNING
    )
    is_rebuild = models.BooleanField(_("everything anew"), default=False)
    is_current = models.BooleanField(default=False, editable=False)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    read_from = models.DateTimeField(null=True)
    dirty_days = models.JSONField(null=True)
    history_marks = models.JSONField(default=dict)
    frozen_months = models.JSONField(default=list)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    published_at = models.DateTimeField(_("published at"), null=True)

    objects = NightRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("night run")
        verbose_name_plural = _("night runs")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="running"), name="one_night_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="one_current_night"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(published_at__isnull=False),
                name="current_night_is_published",
            ),
        ]
        indexes = [models.Index(fields=["-day", "-id"], name="night_by_day")]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} #{self.pk}"

    @property
    def seconds(self) -> float | None:
        """How long it took, None while it runs."""
        if self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


class NightStep(models.Model):
    """A step of a run, or one `part` of it (a team's path) when it is shared among workers."""

    run = models.ForeignKey(NightRun, models.CASCADE, related_name="steps")
    code = models.CharField(_("step"), max_length=30)
    order = models.PositiveSmallIntegerField()
    part = models.CharField(_("part"), max_length=50, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("step of a night")
        verbose_name_plural = _("steps of nights")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "code", "part"], name="one_step_a_run")
        ]

    def __str__(self):
        return f"{self.run_id} {self.code} {self.part}"


class SnapshotQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Snapshots of the people whose work `viewer` sees and of the teams he leads."""
        people = User.objects.work_visible_to(viewer).values("pk")
        nodes = TeamNode.objects.led_by(viewer).values("pk")
        return self.filter(
            Q(scope_kind=ScopeKind.PERSON, scope_id__in=people)
            | (~Q(scope_kind=ScopeKind.PERSON) & Q(scope_id__in=nodes))
        )

    def published(self):
        return self.filter(run__published_at__isnull=False)

    def of(self, scope_kind, scope_id, period_kind, period_start):
        """The published snapshots of one screen, the newest first.

        A month that nothing has touched is not written again: its newest snapshot may belong to
        an earlier night than the current one.
        """
        return (
            self.published()
            .filter(
                scope_kind=scope_kind,
                scope_id=scope_id,
                period_kind=period_kind,
                period_start=period_start,
            )
            .order_by("-run_id")
        )


class Snapshot(models.Model):
    """What a screen shows of one scope and period; `payload` is described in kpis/snapshots.py.

    `scope_id` is the id of a person or of a tree node (the company is the root).
    """

    run = models.ForeignKey(NightRun, models.CASCADE, related_name="snapshots")
    period_kind = models.CharField(max_length=10, choices=PeriodKind.choices)
    period_start = models.DateField()
    scope_kind = models.CharField(max_length=10, choices=ScopeKind.choices)
    scope_id = models.PositiveBigIntegerField()
    payload = models.JSONField(encoder=PayloadEncoder, decoder=PayloadDecoder)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        constraints = [
            models.UniqueConstraint(
                fields=["scope_kind", "scope_id", "period_kind", "period_start", "run"],
                name="one_snapshot_a_run",
            )
        ]

    def __str__(self):
        return f"{self.scope_kind} {self.scope_id} {self.period_start:%Y-%m-%d}"
