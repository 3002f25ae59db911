"""The way of a plan from a draft to the approval, and what is said on it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.access import allowed
from apps.core.models import append_only
from apps.kpis.choices import PlanStatus
from apps.kpis.models.plans import PlanVersion


class ApprovalStepQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """What is said of drafts stays among those who may open them."""
        return self if allowed(viewer, "kpis.view_version") else self.none()


class ApprovalStep(models.Model):
    """`by` moved the version from one status to another and said `words`; who and when never change.

    A comment is a step that moves nothing. `answer_by` is the day an answer was asked for.
    """

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="steps")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)
    from_status = models.CharField(_("status before"), max_length=10, choices=PlanStatus.choices)
    to_status = models.CharField(_("status after"), max_length=10, choices=PlanStatus.choices)
    words = models.TextField(_("comment"), blank=True)
    answer_by = models.DateField(_("answer by"), null=True, blank=True)

    objects = ApprovalStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of approval")
        verbose_name_plural = _("steps of approval")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_status=F("to_status")) | ~Q(words=""),
                name="comment_on_a_plan_has_words",
            ),
            models.CheckConstraint(
                condition=~Q(to_status="returned") | ~Q(words=""),
                name="returned_plan_says_why",
            ),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.version_id} {self.from_status} → {self.to_status}"

    @property
    def is_comment(self) -> bool:
        return self.from_status == self.to_status
