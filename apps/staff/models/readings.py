"""When an administrator looks into the business: why, how long, and what he read."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.models import append_only
from apps.staff.choices import Role

READERS_OF_THE_LOG = (Role.HEAD, Role.DIRECTOR, Role.ADMIN)


class DataReadingQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """The whole log for heads, directors and administrators; nothing for others."""
        return self if viewer.role in READERS_OF_THE_LOG else self.none()

    def open(self):
        return self.filter(closed_at=None, until__gt=Now())


class DataReading(models.Model):
    """From `opened_at` to `until` the administrator may read clients and deals, for `reason`."""

    admin = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="data_readings",
        verbose_name=_("administrator"),
    )
    reason = models.CharField(_("reason"), max_length=500)
    opened_at = models.DateTimeField(_("from"), default=timezone.now)
    until = models.DateTimeField(_("until"))
    closed_at = models.DateTimeField(_("ended at"), null=True)

    objects = DataReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("administrator's reading")
        verbose_name_plural = _("administrators' readings")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="reading_lasts"),
            models.CheckConstraint(condition=~Q(reason=""), name="reading_has_a_reason"),
            models.UniqueConstraint(
                fields=["admin"], condition=Q(closed_at=None), name="one_reading_at_a_time"
            ),
        ]

    def __str__(self):
        return f"{self.admin_id} {self.opened_at:%Y-%m-%d %H:%M}"

    @property
    def ended_at(self):
        """When it ended or will end."""
        return self.closed_at or self.until


class PageRead(models.Model):
    """One page that was shown to the administrator; its query is not kept: it may name people."""

    reading = models.ForeignKey(DataReading, models.PROTECT, related_name="pages")
    path = models.CharField(max_length=255)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("page read")
        verbose_name_plural = _("pages read")
        ordering = ["at", "pk"]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.path}"


def has_stated_reason(viewer):
    """A condition of SQL: the administrator `viewer` has stated why he reads, and the time runs."""
    return Exists(DataReading.objects.open().filter(admin=viewer.pk))
