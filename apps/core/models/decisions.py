"""Decisions of the head of sales, written by the deciding action in its own transaction."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Decision(models.Model):
    """What was decided, about whom, and what it should move; the night measures the effect.

    `kind` is a word of the deciding room ("redistribution", "training"); `metric` a code of the
    metric catalogue; `expected_change` a fraction of the metric (0.1 is ten percent more).
    """

    kind = models.CharField(_("kind"), max_length=50)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True)
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    subject = GenericForeignKey("content_type", "object_id")
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="decisions_about"
    )
    metric = models.CharField(_("metric"), max_length=50, blank=True)
    expected_change = models.DecimalField(
        _("expected change"), max_digits=9, decimal_places=4, null=True, blank=True
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions_made"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="decision_lasts"
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.starts_on:%Y-%m-%d}"
