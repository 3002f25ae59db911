"""A question of a seller about his bonus, its answers and how it ended."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.bonuses.choices import SETTLED, DisputeStatus
from apps.bonuses.models.statements import Correction, Statement, StatementLine
from apps.core.models import append_only, audited


class DisputeQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(statement__in=Statement.objects.visible_to(viewer))

    def unsettled(self):
        return self.exclude(status__in=SETTLED)


@audited()
class Dispute(models.Model):
    """Opened by the person of the statement, about the whole of it or about one line.

    `expected` is what he thinks is due, in the company's currency; `line_text` keeps what the line
    said, since the night may replace lines of an open statement.
    """

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="disputes")
    line = models.ForeignKey(
        StatementLine, models.SET_NULL, null=True, blank=True, related_name="disputes"
    )
    line_text = models.CharField(max_length=255, blank=True)
    question = models.TextField(_("what is wrong"), max_length=2000)
    expected = models.DecimalField(
        _("expected amount"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=DisputeStatus.choices,
        default=DisputeStatus.WAITING,
    )
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    correction = models.OneToOneField(Correction, models.PROTECT, null=True, related_name="dispute")

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about a bonus")
        verbose_name_plural = _("questions about bonuses")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="accepted", correction__isnull=False)
                | (~Q(status="accepted") & Q(correction=None)),
                name="accepted_dispute_has_its_correction",
            )
        ]

    def __str__(self):
        return f"{self.statement_id} {self.status}"

    def get_absolute_url(self):
        return reverse("bonuses:dispute", args=[self.pk])

    @property
    def is_settled(self):
        return self.status in SETTLED


class DisputeMessage(models.Model):
    """A word of the thread; what was said stays."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("text"), max_length=2000)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["pk"]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.dispute_id} {self.created_at:%Y-%m-%d}"
