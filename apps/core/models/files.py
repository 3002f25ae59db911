"""Files, kept privately under a name that the server makes."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def stored_name(instance: "StoredFile", filename: str) -> str:
    """A path under MEDIA_ROOT that owes nothing to the name given by the user."""
    return f"{instance.purpose}/{instance.uuid.hex[:2]}/{instance.uuid.hex}"


class StoredFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own files; rooms widen this by the objects that files belong to."""
        return self.filter(owner=user)


class StoredFile(models.Model):
    """An uploaded or produced file; served only by a checked view, as an attachment."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=30)
    file = models.FileField(upload_to=stored_name, max_length=200)
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64, db_index=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stored_files")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self):
        return self.name
