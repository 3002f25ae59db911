"""When people are away."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Versioned, audited
from apps.staff.choices import AbsenceKind
from apps.staff.models.people import User
from apps.staff.models.teams import day_range, person_range


class AbsenceQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(user__in=User.objects.card_visible_to(viewer))

    def on(self, day):
        """Absences that cover `day`."""
        return self.filter(starts_on__lte=day, ends_on__gt=day)

    def not_over(self, day):
        """Absences that last on `day` or begin later."""
        return self.filter(ends_on__gt=day)


@audited()
class Absence(Versioned):
    """A person is away from `starts_on` until before `ends_on`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="absences",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=AbsenceKind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("back on"))
    note = models.CharField(_("note"), max_length=255, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-starts_on"]
        constraints = [
            ExclusionConstraint(
                name="one_absence_at_a_time",
                expressions=[
                    (person_range(), RangeOperators.OVERLAPS),
                    (day_range("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The person is already away then."),
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="absence_lasts"),
        ]

    def __str__(self):
        return f"{self.user_id} {self.starts_on:%Y-%m-%d}"
