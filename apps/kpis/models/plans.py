"""Plans: every save is a new version, whose lines never change."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import append_only, audited
from apps.kpis.choices import Metric, PlanLevel, PlanStatus
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User


class PlanVersionQuerySet(models.QuerySet):
    def in_force(self, year):
        """The approved version of `year`, before the first approval its latest draft, first."""
        approved = models.Case(
            models.When(status=PlanStatus.APPROVED, then=0),
            default=1,
            output_field=models.IntegerField(),
        )
        return self.filter(year=year).order_by(approved, "-number")


@audited()
class PlanVersion(models.Model):
    """The plan of one calendar `year`; nobody approves what he wrote himself."""

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(
        _("status"), max_length=10, choices=PlanStatus.choices, default=PlanStatus.DRAFT
    )
    note = models.CharField(_("note"), max_length=255, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="plans", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan version")
        verbose_name_plural = _("plan versions")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_plan_a_number"),
            models.UniqueConstraint(
                fields=["year"], condition=Q(status="approved"), name="one_approved_plan_a_year"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", approved_by=None, approved_at=None)
                | ~Q(status="draft"),
                name="draft_plan_has_no_approver",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved")
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="approved_plan_has_its_approver",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("author")),
                name="nobody_approves_his_own_plan",
            ),
        ]

    def __str__(self):
        return f"{self.year} / {self.number}"


class PlanLineQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """A seller's own line, a lead's teams, everything for those who see the company and HR."""
        if viewer.role == Role.HR:
            return self
        nodes = TeamNode.objects.led_by(viewer)
        return self.filter(
            Q(user__in=User.objects.work_visible_to(viewer)) | Q(user=None, node__in=nodes)
        )


class PlanLine(models.Model):
    """An amount for `month` (its first day): of a person in the team `node`, or of the node whole.

    `metric` is a code of the catalogue that is a sum; money is in the company's currency. A node's
    amount is the sum of its people's and of the nodes below it: apps.kpis.actions.plans writes them so.
    """

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="lines")
    month = models.DateField(_("month"))
    node = models.ForeignKey(TeamNode, models.PROTECT, related_name="+", verbose_name=_("team"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="plan_lines",
        verbose_name=_("person"),
    )
    metric = models.CharField(_("metric"), max_length=30, default=Metric.REVENUE.value)
    level = models.CharField(
        _("level of the plan"), max_length=10, choices=PlanLevel.choices, default=PlanLevel.PLAN
    )
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)

    objects = PlanLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan line")
        verbose_name_plural = _("plan lines")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "month", "node", "user", "metric", "level"],
                nulls_distinct=False,
                name="one_plan_line_a_place",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="plan_not_negative"),
            models.CheckConstraint(condition=Q(month__day=1), name="plan_month_is_a_first_day"),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.node_id} {self.user_id or ''} {self.amount}"
