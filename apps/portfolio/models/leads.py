"""Who gets an inbound lead: rules in their order, and what they decided."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.clients.choices import ClientLevel
from apps.clients.models import Source
from apps.core.models import Archived, ArchivedQuerySet, Versioned, append_only, audited
from apps.deals.models import Deal
from apps.portfolio.choices import LeadMethod
from apps.staff.models import TeamNode, User


class LeadRuleQuerySet(ArchivedQuerySet):
    def in_force(self):
        """Switched on, in the order in which they are asked."""
        return self.kept().filter(is_on=True).order_by("order", "pk")


@audited()
class LeadRule(Versioned, Archived):
    """Leads that fit every stated condition go to the people of `node`; an empty one fits all."""

    name = models.CharField(pgettext_lazy("thing", "name"), max_length=100)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_on = models.BooleanField(_("switched on"), default=True)
    method = models.CharField(
        _("how to choose"),
        max_length=12,
        choices=LeadMethod.choices,
        default=LeadMethod.ROUND_ROBIN,
    )
    node = models.ForeignKey(
        TeamNode, models.PROTECT, related_name="+", verbose_name=_("among the people of")
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )
    cities = ArrayField(
        models.CharField(max_length=100), verbose_name=_("cities"), default=list, blank=True
    )
    industries = ArrayField(
        models.CharField(max_length=100), verbose_name=_("industries"), default=list, blank=True
    )
    level = models.CharField(
        _("level of the client"), max_length=1, choices=ClientLevel.choices, blank=True, default=""
    )

    objects = LeadRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule for leads")
        verbose_name_plural = _("rules for leads")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name


class LeadAssignmentQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(owner__in=User.objects.work_visible_to(viewer))


class LeadAssignment(models.Model):
    """An event: `rule` named `owner` for the lead of which `deal` was made."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="lead_assignments")
    rule = models.ForeignKey(LeadRule, models.PROTECT, related_name="assignments")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="lead_assignments"
    )
    assigned_at = models.DateTimeField(_("assigned at"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = LeadAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment of a lead")
        verbose_name_plural = _("assignments of leads")
        ordering = ["-assigned_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["deal"], name="a_lead_is_assigned_once"),
        ]
        indexes = [
            models.Index(fields=["-assigned_at"], name="lead_by_moment"),
            models.Index(fields=["rule", "owner"], name="lead_by_rule"),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.deal_id} → {self.owner_id}"
