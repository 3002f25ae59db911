"""What a new version would have cost over the months behind us."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.bonuses.models.schemes import SchemeVersion
from apps.core.models import Job


class BackTestQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(version__in=SchemeVersion.objects.visible_to(viewer))

    def finished(self):
        return self.filter(finished_at__isnull=False)


class BackTest(models.Model):
    """`version` counted on months that are over, beside what is in force; `result` holds it.

    `result`: "months" of {month, now, then, people}, "people" of {id, now, then}, "capped",
    "held": money that cap and gates would have kept back; "blind": months without balances, where
    gates could not be judged. Sums are texts of Decimals.
    """

    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="back_tests")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    objects = BackTestQuerySet.as_manager()

    class Meta:
        verbose_name = _("back-test of a bonus scheme")
        verbose_name_plural = _("back-tests of bonus schemes")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.version_id} {self.created_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("bonuses:back_test", args=[self.pk])
