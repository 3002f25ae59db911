"""What the decisions of the head have moved: one measurement a decision, final once it is over."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Decision, append_only
from apps.core.periods import Period
from apps.kpis.effect_choices import EffectState, EffectVerdict
from apps.staff.choices import Role
from apps.staff.models import User


def decisions_visible_to(viewer):
    """Decisions that `viewer` made, and those about nobody but people whose work he sees.

    A decision about people of two departments shows figures of both, so neither head sees the
    other's; one about nobody in particular is for those who see the company.
    """
    if viewer.role == Role.DIRECTOR:
        return Decision.objects.all()
    through = Decision.people.through.objects.filter(decision=models.OuterRef("pk"))
    seen = User.objects.work_visible_to(viewer).values("pk")
    within = models.Exists(through) & ~models.Exists(through.exclude(user__in=seen))
    return Decision.objects.filter(Q(author=viewer) | within)


class DecisionEffectQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(decision__in=decisions_visible_to(viewer).values("pk"))

    def finished(self):
        return self.filter(state=EffectState.FINISHED)


VALUE: dict[str, Any] = {"max_digits": 24, "decimal_places": 6, "null": True}


class DecisionEffect(models.Model):
    """The measured effect of a decision on its metric, as of the night of `as_of`.

    Windows are half-open. Additive metrics are per person and week, ratios are what the metric
    is; `low` and `high` bound the 90 % interval of `effect`. `left_out_count` people of the decision
    were not there all the time or have no peer on their level; `also_decided_count` were meant by other
    decisions of these weeks as well. A finished row never changes.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="effects")
    metric = models.CharField(_("metric"), max_length=50)
    metric_version = models.PositiveSmallIntegerField(default=1)
    as_of = models.DateField(_("as of"))
    state = models.CharField(
        _("state"), max_length=10, choices=EffectState.choices, default=EffectState.MEASURING
    )
    verdict = models.CharField(
        _("verdict"), max_length=12, choices=EffectVerdict.choices, blank=True
    )
    before_start = models.DateField()
    before_end = models.DateField()
    after_start = models.DateField()
    after_end = models.DateField()
    treated_count = models.PositiveIntegerField(_("people"), default=0)
    peers_count = models.PositiveIntegerField(_("peers"), default=0)
    left_out_count = models.PositiveIntegerField(default=0)
    also_decided_count = models.PositiveIntegerField(default=0)
    treated_before = models.DecimalField(**VALUE)
    treated_after = models.DecimalField(**VALUE)
    peers_before = models.DecimalField(**VALUE)
    peers_after = models.DecimalField(**VALUE)
    effect = models.DecimalField(_("effect"), **VALUE)
    low = models.DecimalField(**VALUE)
    high = models.DecimalField(**VALUE)

    objects = DecisionEffectQuerySet.as_manager()

    class Meta:
        verbose_name = _("effect of a decision")
        verbose_name_plural = _("effects of decisions")
        constraints = [
            models.UniqueConstraint(fields=["decision"], name="one_effect_a_decision"),
            models.CheckConstraint(
                condition=Q(state="measuring", verdict="") | (Q(state="finished") & ~Q(verdict="")),
                name="finished_effect_has_a_verdict",
            ),
            models.CheckConstraint(
                condition=Q(effect=None, low=None, high=None)
                | Q(effect__gte=models.F("low"), effect__lte=models.F("high")),
                name="effect_lies_in_its_interval",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="finished_effect_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="finished"),
            )
        ]

    def __str__(self):
        return f"{self.decision_id} {self.metric} {self.state} {self.verdict}"

    @property
    def before(self) -> Period:
        return Period(self.before_start, self.before_end)

    @property
    def after(self) -> Period:
        return Period(self.after_start, self.after_end)

    @property
    def is_over(self) -> bool:
        return self.state == EffectState.FINISHED


class EffectPersonQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(user__in=User.objects.work_visible_to(viewer))


class EffectPerson(models.Model):
    """Who was compared, with the sums that the effect is made of."""

    measurement = models.ForeignKey(DecisionEffect, models.PROTECT, related_name="people")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_treated = models.BooleanField()
    before_top = models.DecimalField(max_digits=24, decimal_places=6)
    before_bottom = models.DecimalField(max_digits=24, decimal_places=6)
    after_top = models.DecimalField(max_digits=24, decimal_places=6)
    after_bottom = models.DecimalField(max_digits=24, decimal_places=6)

    objects = EffectPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person compared")
        verbose_name_plural = _("people compared")
        constraints = [
            models.UniqueConstraint(
                fields=["measurement", "user"], name="one_place_a_person_in_an_effect"
            )
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.measurement_id} {self.user_id}"
