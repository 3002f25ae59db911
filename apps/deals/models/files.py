"""Files of deals: contracts, offers, letters."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import StoredFile
from apps.deals.models.deals import Deal
from apps.staff.models import User


class DealFileQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Those of the deals that `viewer` may see, whoever attached them."""
        return self.filter(deal__owner__in=User.objects.work_visible_to(viewer))

    def kept(self):
        return self.filter(archived_at=None)


class DealFile(models.Model):
    """A file on the page of a deal; a removed one can be brought back."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="files")
    stored = models.OneToOneField(StoredFile, models.PROTECT, related_name="deal_file")
    archived_at = models.DateTimeField(_("removed at"), null=True, editable=False)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = DealFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a deal")
        verbose_name_plural = _("files of deals")

    def __str__(self):
        return self.stored.name
