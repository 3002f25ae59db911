"""One act upon many rows: what was previewed, what came of it, and what undo needs."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.choices import BatchRowStatus, BatchStatus
from apps.core.models.jobs import Job


class BatchQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Its author's only: the rows may be out of anybody else's scope."""
        return self.filter(author=viewer)

    def begun(self):
        return self.exclude(status=BatchStatus.DRAFT)


class Batch(models.Model):
    """`action` is the code of a BulkAction; `params` its JSON, `back` the page it was asked from."""

    action = models.CharField(max_length=50)
    params = models.JSONField(default=dict)
    back = models.CharField(max_length=2000, blank=True)
    status = models.CharField(max_length=8, choices=BatchStatus.choices, default=BatchStatus.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of changes")
        verbose_name_plural = _("batches of changes")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["author", "-id"], name="batch_by_author")]

    def __str__(self):
        return f"{self.action} {self.pk}"


class BatchRow(models.Model):
    """A row of the preview, frozen with its version; `before` and `version_after` serve the undo."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    object_id = models.PositiveBigIntegerField()
    title = models.CharField(max_length=255)
    status = models.CharField(
        max_length=7, choices=BatchRowStatus.choices, default=BatchRowStatus.READY
    )
    reason = models.CharField(max_length=500, blank=True)
    before = models.JSONField(default=dict)
    version_before = models.PositiveIntegerField()
    version_after = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("row of a batch")
        verbose_name_plural = _("rows of a batch")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "object_id"], name="row_once_a_batch")
        ]
        indexes = [models.Index(fields=["object_id"], name="batch_row_by_object")]

    def __str__(self):
        return self.title
