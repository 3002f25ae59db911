"""Plans: every save is a new version, whose lines never change."""

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
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

    def waiting(self):
        """Those sent to the director that he has not answered yet."""
        return self.filter(status=PlanStatus.SUBMITTED)

    def waiting_for(self, person):
        """Those `person` may answer if he approves plans at all: neither written nor sent by him."""
        return self.waiting().exclude(author=person).exclude(submitted_by=person)


# What was approved keeps every word; only a later approval may put it out of force.
ALTERS_AN_APPROVED_PLAN = pgtrigger.Condition("""
    OLD.status = 'replaced'
    OR (OLD.status = 'approved' AND (
        NEW.status NOT IN ('approved', 'replaced')
        OR (NEW.year, NEW.number, NEW.note, NEW.author_id, NEW.created_at, NEW.submitted_by_id,
            NEW.answer_by, NEW.approved_by_id, NEW.approved_at)
        IS DISTINCT FROM
            (OLD.year, OLD.number, OLD.note, OLD.author_id, OLD.created_at, OLD.submitted_by_id,
            OLD.answer_by, OLD.approved_by_id, OLD.approved_at)
    ))
""")

ONLY_DRAFTS_TAKE_LINES = """
IF EXISTS (SELECT FROM kpis_planversion WHERE id = NEW.version_id AND status <> 'draft') THEN
    RAISE EXCEPTION 'lines are added to a draft of a plan only';
END IF;
RETURN NEW;
"""


@audited()
class PlanVersion(models.Model):
    """The plan of one calendar `year`; nobody approves what he wrote himself.

    Its way from draft to approval is written in `steps` (ApprovalStep). `answer_by` is the day by
    which the director is asked to answer what `submitted_by` has sent him last.
    """

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
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
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
            models.UniqueConstraint(
                fields=["year"], condition=Q(status="submitted"), name="one_waiting_plan_a_year"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["approved", "replaced"])
                | Q(approved_by=None, approved_at=None),
                name="only_approved_plan_has_approver",
            ),
            models.CheckConstraint(
                condition=~Q(status="submitted")
                | Q(submitted_by__isnull=False, answer_by__isnull=False),
                name="waiting_plan_has_its_term",
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
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("submitted_by")),
                name="nobody_approves_what_he_sent",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="approved_stays",
                operation=pgtrigger.Update,
                condition=ALTERS_AN_APPROVED_PLAN,
            ),
            pgtrigger.Protect(
                name="only_drafts_go",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(
                    old__status__in=["submitted", "returned", "approved", "replaced"]
                ),
            ),
        ]

    def __str__(self):
        return f"{self.year} / {self.number}"

    def get_absolute_url(self):
        return reverse("kpis:plan_version", args=[self.pk])

    def is_late(self, today: date) -> bool:
        """Does it wait although the day of the answer is over?"""
        is_waiting = self.status == PlanStatus.SUBMITTED
        return is_waiting and self.answer_by is not None and self.answer_by < today


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
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="only_drafts_take_lines",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=ONLY_DRAFTS_TAKE_LINES,
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.node_id} {self.user_id or ''} {self.amount}"
