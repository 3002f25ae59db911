"""Pipelines, their stages, what is sold, and why it is refused."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Archived, ArchivedQuerySet, Versioned, audited
from apps.deals.choices import NOT_STATED, ExitField, StageKind


@audited()
class Pipeline(Versioned, Archived):
    """A way of selling with its own stages."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_default = models.BooleanField(_("default"), default=False)

    objects = ArchivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_pipeline"
            )
        ]

    def __str__(self):
        return self.name


@audited()
class Stage(Versioned, Archived):
    """A step of a pipeline.

    `probability` is a fraction; `max_idle_days` the days without activity after which a deal here
    is idle; `exit_fields` what must be filled in before a deal moves on (forwards or to won).
    """

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="stages")
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(
        _("kind"), max_length=5, choices=StageKind.choices, default=StageKind.OPEN
    )
    order = models.PositiveSmallIntegerField(_("order"))
    probability = models.DecimalField(
        _("probability of winning"), max_digits=4, decimal_places=3, default=0
    )
    max_idle_days = models.PositiveSmallIntegerField(_("idle limit, days"), default=7)
    exit_fields = ArrayField(
        models.CharField(max_length=20, choices=ExitField.choices),
        verbose_name=_("needed to move on"),
        default=list,
        blank=True,
    )
    guidance = models.TextField(_("what to do here"), blank=True)

    objects = ArchivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["pipeline__order", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pipeline", "name"], condition=Q(archived_at=None), name="one_stage_a_name"
            ),
            models.UniqueConstraint(
                fields=["pipeline", "kind"],
                condition=Q(archived_at=None, kind__in=["won", "lost"]),
                name="one_end_of_each_kind",
            ),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1),
                name="stage_probability_is_share",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def exit_labels(self):
        """What is needed to move on, in words."""
        return [ExitField(field).label for field in self.exit_fields if field in ExitField.values]


@audited()
class Product(Versioned, Archived):
    """What is sold; money in the company's currency, VAT as a fraction."""

    name = models.CharField(_("name"), max_length=255)
    code = models.CharField(_("code"), max_length=50, blank=True)
    series = models.CharField(_("series"), max_length=100, blank=True)
    list_price = models.DecimalField(_("list price"), max_digits=14, decimal_places=2)
    vat_rate = models.DecimalField(_("VAT"), max_digits=4, decimal_places=3, default=0)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)

    objects = ArchivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(archived_at=None), name="one_product_a_name"
            ),
            models.CheckConstraint(condition=Q(list_price__gte=0), name="list_price_not_negative"),
        ]

    def __str__(self):
        return self.name


class RefusalReasonQuerySet(ArchivedQuerySet):
    def selectable(self):
        """What people may choose: kept, not the product's own, ends of their branches."""
        parents = self.model.objects.kept().exclude(parent=None).values("parent")
        return self.kept().filter(is_system=False).exclude(pk__in=parents)

    def not_stated(self):
        """The reason of imported losses, which people cannot choose."""
        return self.get(code=NOT_STATED)


@audited()
class RefusalReason(Archived):
    """Why a deal is lost; a `is_system` reason is written by the product, never chosen by people."""

    name = models.CharField(_("name"), max_length=100)
    code = models.CharField(max_length=50, blank=True, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    is_controllable = models.BooleanField(_("we can influence it"), default=True)
    needs_comment = models.BooleanField(_("asks for a comment"), default=False)
    is_system = models.BooleanField(default=False, editable=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = RefusalReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("refusal reason")
        verbose_name_plural = _("refusal reasons")
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="one_reason_a_code"
            )
        ]

    def __str__(self):
        return self.name
