"""How often a client of a class must be touched, and who was not."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.core.models import Versioned, audited
from apps.portfolio.choices import SERVED, AbcClass, NormPeriod

# Touches and days until somebody sets a norm.
USUAL_NORMS = {
    AbcClass.A: (2, NormPeriod.MONTH),
    AbcClass.B: (1, NormPeriod.MONTH),
    AbcClass.C: (1, NormPeriod.QUARTER),
    AbcClass.NEW: (2, NormPeriod.MONTH),
}


@audited()
class ServiceNorm(Versioned):
    """How many touches (calls, meetings, e-mails) a client of the class gets in so many days."""

    abc = models.CharField(_("class"), max_length=1, choices=AbcClass.choices, unique=True)
    touches = models.PositiveSmallIntegerField(
        _("touches"),
        validators=[MaxValueValidator(60)],
        help_text=_("Calls, meetings and e-mails; 0: no norm."),
    )
    days = models.PositiveSmallIntegerField(
        _("period"), choices=NormPeriod.choices, default=NormPeriod.MONTH
    )

    class Meta:
        verbose_name = _("norm of service")
        verbose_name_plural = _("norms of service")

    def __str__(self):
        return f"{self.get_abc_display()}: {self.touches}"

    @classmethod
    def all_norms(cls):
        """One norm a class, in the order of classes; the usual one until it is set."""
        known = {norm.abc: norm for norm in cls.objects.all()}
        return [known.get(abc) or cls.usual(abc) for abc in SERVED]

    @classmethod
    def usual(cls, abc):
        touches, days = USUAL_NORMS[AbcClass(abc)]
        return cls(abc=abc, touches=touches, days=days)


class ServiceStateQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(client__in=Client.objects.visible_to(viewer))

    def broken(self):
        """Clients who were touched less than their norm asks."""
        return self.filter(touches__lt=models.F("norm"))


class ServiceState(models.Model):
    """A client against the norm of his class, counted anew each night up to the end of `day`.

    `touches` are those of the norm's `days`, `touches_30` those of the last 30.
    """

    client = models.OneToOneField(Client, models.CASCADE, related_name="service")
    abc = models.CharField(_("class"), max_length=1, choices=AbcClass.choices)
    norm = models.PositiveSmallIntegerField(_("norm"))
    days = models.PositiveSmallIntegerField(_("period"), choices=NormPeriod.choices)
    touches = models.PositiveIntegerField(_("touches"))
    touches_30 = models.PositiveIntegerField(_("touches in 30 days"))
    last_on = models.DateField(_("last touch"), null=True)
    day = models.DateField(_("day"))

    objects = ServiceStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("state of service")
        verbose_name_plural = _("states of service")
        indexes = [
            models.Index(
                fields=["abc", "last_on"],
                condition=models.Q(touches__lt=models.F("norm")),
                name="service_broken",
            )
        ]

    def __str__(self):
        return f"{self.client_id} {self.touches}/{self.norm}"
