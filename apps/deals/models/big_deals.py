"""Big deals: from which sum, by whose word, who decides, what may go wrong, what is agreed."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Contact
from apps.core.choices import Currency
from apps.core.models import Archived, ArchivedQuerySet, Versioned, append_only, audited
from apps.deals.big_choices import Attitude, DealPart, Grade, RiskEnd, RiskGrade, Side
from apps.deals.models.deals import Deal
from apps.deals.models.pipelines import Pipeline
from apps.staff.models import User


@audited()
class BigThreshold(models.Model):
    """From which amount, in the company's currency, a deal is big.

    The row without a pipeline holds for all that have no row of their own. No row at all: only
    marked deals are big.
    """

    pipeline = models.OneToOneField(
        Pipeline, models.CASCADE, null=True, blank=True, related_name="big_threshold"
    )
    big_from = models.DecimalField(_("big from the sum"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("threshold of a big deal")
        verbose_name_plural = _("thresholds of big deals")
        constraints = [
            models.UniqueConstraint(
                Value(1), condition=Q(pipeline=None), name="one_threshold_for_all"
            ),
            models.CheckConstraint(condition=Q(big_from__gt=0), name="threshold_is_positive"),
        ]

    def __str__(self):
        return f"{self.big_from}"

    @classmethod
    def by_pipeline(cls) -> dict[int | None, Decimal]:
        """The sums by the number of the pipeline; under None the one for all others."""
        return dict(cls.objects.values_list("pipeline_id", "big_from"))


@audited()
class BigMark(models.Model):
    """The word of a leader against the threshold: this deal is big, or is not, and why."""

    deal = models.OneToOneField(Deal, models.PROTECT, related_name="big_mark")
    is_big = models.BooleanField()
    reason = models.CharField(_("reason"), max_length=255)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(_("marked at"), auto_now=True)

    class Meta:
        verbose_name = _("mark of a big deal")
        verbose_name_plural = _("marks of big deals")

    def __str__(self):
        return f"{self.deal_id} {self.is_big}"


def is_big():
    """An expression for a row of deals: by the mark of a leader, without one by the sum.

    It rides in the statement that reads the rows, so that no page asks for thresholds besides.
    """
    own_first = F("pipeline").asc(nulls_last=True)
    known = BigThreshold.objects.filter(Q(pipeline=OuterRef("pipeline_id")) | Q(pipeline=None))
    big_from = Subquery(known.order_by(own_first).values("big_from")[:1])
    by_sum = Case(When(amount_base__gte=big_from, then=Value(True)), default=Value(False))
    marked = BigMark.objects.filter(deal=OuterRef("pk")).values("is_big")[:1]
    return Coalesce(Subquery(marked), by_sum, output_field=models.BooleanField())


class Bigness:
    """Thresholds and marks, read once a page, that narrow deals to big ones.

    As plain numbers they let the database go along its indexes of sums and of keys, where a
    subquery in the condition would make it look at every deal. Marks are set by hand, so few.
    """

    def __init__(self):
        self.thresholds = BigThreshold.by_pipeline()
        self.marks = dict(BigMark.objects.values_list("deal_id", "is_big"))

    def only_big(self, deals):
        marked = [pk for pk, is_big in self.marks.items() if is_big]
        unmarked = [pk for pk, is_big in self.marks.items() if not is_big]
        return deals.filter(self.by_sum() & ~Q(pk__in=unmarked) | Q(pk__in=marked))

    def by_sum(self):
        own = {pipeline: big_from for pipeline, big_from in self.thresholds.items() if pipeline}
        found = Q(pk__in=[])
        for pipeline, big_from in own.items():
            found |= Q(pipeline=pipeline, amount_base__gte=big_from)
        if None in self.thresholds:
            usual = Q(amount_base__gte=self.thresholds[None])
            found |= usual & ~Q(pipeline__in=list(own))
        return found


def only_big(deals):
    """Those of `deals` that are big."""
    return Bigness().only_big(deals)


class OfDealQuerySet(ArchivedQuerySet):
    def visible_to(self, viewer):
        """Those of the deals that `viewer` may see."""
        return self.filter(deal__owner__in=User.objects.work_visible_to(viewer))


class StakeholderQuerySet(OfDealQuerySet):
    def shown(self):
        """Kept, and still people of the deal's client."""
        return self.kept().filter(
            contact__client=F("deal__client"),
            contact__archived_at=None,
            contact__merged_into=None,
        )


@audited()
class Stakeholder(Versioned, Archived):
    """A contact of the client with his part in the decision about a deal."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="stakeholders")
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="stakes", verbose_name=_("contact")
    )
    part = models.CharField(_("part in the decision"), max_length=10, choices=DealPart.choices)
    attitude = models.CharField(
        _("attitude"), max_length=10, choices=Attitude.choices, default=Attitude.UNKNOWN
    )
    influence = models.PositiveSmallIntegerField(
        _("influence"), choices=Grade.choices, default=Grade.MIDDLE
    )

    objects = StakeholderQuerySet.as_manager()

    class Meta:
        verbose_name = _("stakeholder")
        verbose_name_plural = _("stakeholders")
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "contact"],
                condition=Q(archived_at=None),
                name="one_part_a_contact",
            ),
            models.CheckConstraint(
                condition=Q(influence__in=Grade.values), name="influence_is_graded"
            ),
        ]

    def __str__(self):
        return f"{self.contact_id} {self.part}"


class RiskQuerySet(OfDealQuerySet):
    def open(self):
        return self.kept().filter(end=RiskEnd.OPEN)


@audited()
class DealRisk(Versioned, Archived):
    """What may go wrong with a deal, and who does what about it until when."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="risks")
    title = models.CharField(_("what may go wrong"), max_length=255)
    probability = models.PositiveSmallIntegerField(
        _("how probable"), choices=RiskGrade.choices, default=RiskGrade.MIDDLE
    )
    impact = models.PositiveSmallIntegerField(
        _("how bad"), choices=RiskGrade.choices, default=RiskGrade.MIDDLE
    )
    response = models.CharField(_("what we do about it"), max_length=500, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    due_on = models.DateField(_("until"), null=True, blank=True)
    end = models.CharField(
        _("how it ended"), max_length=4, choices=RiskEnd.choices, blank=True, default=RiskEnd.OPEN
    )
    ended_on = models.DateField(_("ended on"), null=True, editable=False)

    objects = RiskQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk of a deal")
        verbose_name_plural = _("risks of deals")
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__in=RiskGrade.values, impact__in=RiskGrade.values),
                name="risk_is_graded",
            ),
            models.CheckConstraint(
                condition=Q(end="", ended_on=None) | (~Q(end="") & Q(ended_on__isnull=False)),
                name="ended_risk_has_its_day",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def weight(self):
        """1 to 9: probability times impact."""
        return self.probability * self.impact


class PlanStepQuerySet(OfDealQuerySet):
    def overdue(self, today):
        return self.kept().filter(done_on=None, due_on__lt=today)


@audited()
class PlanStep(Versioned, Archived):
    """A dated step of the plan that we and the client agreed upon."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="plan_steps")
    title = models.CharField(_("step"), max_length=255)
    side = models.CharField(_("who does it"), max_length=6, choices=Side.choices)
    due_on = models.DateField(_("until"))
    done_on = models.DateField(_("done on"), null=True, editable=False)

    objects = PlanStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a mutual plan")
        verbose_name_plural = _("steps of mutual plans")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(done_on=None, archived_at=None),
                name="plan_step_waiting",
            )
        ]

    def __str__(self):
        return self.title


class ConcessionQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(deal__owner__in=User.objects.work_visible_to(viewer))

    def standing(self):
        """Not a reversal and not reversed."""
        return self.filter(reversal_of=None, reversed_by=None)


class Concession(models.Model):
    """An event: what we gave in the talks and what we got in return; a wrong one is struck out.

    `worth` is in `currency`, the deal's on that day; `agreed_by` is who allowed it on our side.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="concessions")
    given = models.CharField(_("what we gave"), max_length=255)
    worth = models.DecimalField(_("worth"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices)
    in_return = models.CharField(_("what we got in return"), max_length=255, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("agreed by")
    )
    given_on = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reversal_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    objects = ConcessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("concession")
        verbose_name_plural = _("concessions")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(worth__gte=0), name="concession_costs_something")
        ]
        triggers = [append_only()]

    def __str__(self):
        return self.given
