"""Who took which table out of the product."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.models.base import append_only

SEES_EVERYBODYS = "admin"


class ExportRecordQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Of the people whose work `viewer` may see; an administrator minds everybody's."""
        if viewer.role == SEES_EVERYBODYS:
            return self
        return self.filter(user__in=get_user_model().objects.work_visible_to(viewer))

    def since(self, moment):
        return self.filter(at__gt=moment)


class ExportRecord(models.Model):
    """A file with rows that a person has fetched: `what` names the address, `path` its path.

    The filter is not kept: it holds names and telephone numbers.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    what = models.CharField(max_length=100)
    path = models.CharField(max_length=255)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = ExportRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "at"], name="exports_of_a_person")]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.user_id} {self.what} {self.at:%Y-%m-%d %H:%M}"
