"""Trust of the buyer, told from what he does and anybody can check (F16)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from apps.core.models import Archived, ArchivedQuerySet, Versioned, append_only, audited
from apps.deals.choices import Outcome
from apps.deals.models.deals import Deal
from apps.deals.models.events import Activity
from apps.deals.models.files import DealFile
from apps.deals.models.pipelines import Stage
from apps.staff.models import User

HEAVIEST = 100


@audited()
class TrustSignal(Versioned, Archived):
    """An act of the buyer that is due by the time a deal stands in `stage`, and its weight.

    A change holds for deals that are open: the index of a closed one was kept when it was closed
    (TrustAtClose), so that no edit here rewrites what has been.
    """

    stage = models.ForeignKey(
        Stage, models.PROTECT, related_name="trust_signals", verbose_name=_("due by the stage")
    )
    name = models.CharField(_("act of the buyer"), max_length=150)
    hint = models.CharField(_("how to check it"), max_length=255, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), validators=[MinValueValidator(1), MaxValueValidator(HEAVIEST)], default=10
    )

    objects = ArchivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("act of trust")
        verbose_name_plural = _("acts of trust")
        ordering = ["stage__pipeline__order", "stage__order", "-weight", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "name"], condition=Q(archived_at=None), name="one_act_a_stage"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=HEAVIEST), name="act_weighs_something"
            ),
        ]

    def __str__(self):
        return self.name


class TrustMarkQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Those of the deals that `viewer` may see."""
        return self.filter(deal__owner__in=User.objects.work_visible_to(viewer))

    def standing(self):
        return self.filter(taken_back_at=None)


class TrustMark(models.Model):
    """The buyer did it on `done_on`; a file, an activity or a word of ours is the evidence."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="trust_marks")
    signal = models.ForeignKey(TrustSignal, models.PROTECT, related_name="marks")
    done_on = models.DateField(_("when"))
    file = models.ForeignKey(DealFile, models.PROTECT, null=True, blank=True, related_name="+")
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("how we know"), max_length=255, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, editable=False)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = TrustMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark of trust")
        verbose_name_plural = _("marks of trust")
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "signal"],
                condition=Q(taken_back_at=None),
                name="one_mark_an_act",
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=False) | Q(activity__isnull=False) | ~Q(note=""),
                name="mark_has_its_evidence",
            ),
        ]

    def __str__(self):
        return f"{self.deal_id} {self.signal_id}"


class TrustAtCloseQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(deal__owner__in=User.objects.work_visible_to(viewer))

    def standing(self):
        """The closings that hold: the deal was neither reopened nor thrown away since."""
        held = ~Q(deal__outcome=Outcome.OPEN) & Q(deal__stage_since=F("closed_at"))
        return self.filter(held, deal__archived_at=None)


class TrustAtClose(models.Model):
    """What trust a deal had when it left the open state, kept in the act that closed it.

    `done` of the `due` weights; `tenth` is the tenth of the scale, 0 (0–9) to 9 (90–100).
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="trust_at_close")
    outcome = models.CharField(max_length=4, choices=Outcome.choices)
    closed_on = models.DateField(_("closed on"))
    closed_at = models.DateTimeField(_("closed at"))
    done = models.PositiveIntegerField()
    due = models.PositiveIntegerField()
    tenth = models.GeneratedField(
        expression=Least(F("done") * Value(10) / F("due"), Value(9)),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = TrustAtCloseQuerySet.as_manager()

    class Meta:
        verbose_name = _("trust at closing")
        verbose_name_plural = _("trust at closing")
        constraints = [
            models.UniqueConstraint(fields=["deal", "closed_at"], name="one_trust_a_closing"),
            models.CheckConstraint(
                condition=Q(due__gt=0, done__lte=F("due")), name="trust_within_the_scale"
            ),
        ]
        indexes = [models.Index(fields=["closed_on"], name="trust_by_closing_day")]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.deal_id} {self.done}/{self.due}"
