"""Runs of the segmentation, what they said of each client, and the rules they count by."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.core.models import Versioned, append_only, audited
from apps.portfolio.calculations.thresholds import Thresholds
from apps.portfolio.choices import AbcClass, Lifecycle, RfmSegment, XyzClass


@audited()
class SegmentRules(Versioned):
    """The thresholds of the next run; one row, read through `current()`."""

    a_share = models.DecimalField(
        _("A up to this share of revenue"), max_digits=4, decimal_places=3, default=Decimal("0.8")
    )
    b_share = models.DecimalField(
        _("B up to this share of revenue"), max_digits=4, decimal_places=3, default=Decimal("0.95")
    )
    margin = models.DecimalField(
        _("margin of a change of class"), max_digits=4, decimal_places=3, default=Decimal("0.02")
    )
    x_limit = models.DecimalField(
        _("X up to this variation"), max_digits=4, decimal_places=2, default=Decimal("0.5")
    )
    y_limit = models.DecimalField(
        _("Y up to this variation"), max_digits=4, decimal_places=2, default=Decimal("1")
    )
    new_days = models.PositiveSmallIntegerField(
        _("days for which a client is new"), default=90, validators=[MaxValueValidator(365)]
    )
    few_clients = models.PositiveSmallIntegerField(
        _("RFM by three steps below this many clients"),
        default=100,
        validators=[MinValueValidator(15)],
    )

    class Meta:
        verbose_name = _("rules of segmentation")
        verbose_name_plural = _("rules of segmentation")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_set_of_segment_rules"),
            models.CheckConstraint(
                condition=Q(a_share__gt=0) & Q(b_share__gt=F("a_share")) & Q(b_share__lt=1),
                name="abc_shares_rise",
                violation_error_message=_("The share of B must be above that of A, below 1."),
            ),
            models.CheckConstraint(
                condition=Q(margin__gte=0, margin__lte=Decimal("0.1")),
                name="margin_is_small",
                violation_error_message=_("The margin lies between 0 and 0.1."),
            ),
            models.CheckConstraint(
                condition=Q(x_limit__gt=0) & Q(y_limit__gt=F("x_limit")),
                name="xyz_limits_rise",
                violation_error_message=_("The limit of Y must be above that of X, X above 0."),
            ),
        ]

    def __str__(self):
        return f"{self.a_share} / {self.b_share}"

    @classmethod
    def current(cls):
        """The rules in force: the defaults until somebody changes them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def thresholds(self) -> Thresholds:
        return Thresholds(
            a_share=float(self.a_share),
            b_share=float(self.b_share),
            margin=float(self.margin),
            x_limit=float(self.x_limit),
            y_limit=float(self.y_limit),
            new_days=self.new_days,
            few_clients=self.few_clients,
        )


class SegmentRunQuerySet(models.QuerySet):
    def latest_run(self):
        """The run whose classes people see, None before the first one."""
        return self.order_by("-day", "-pk").first()

    def before_month_of(self, day):
        """The newest run of an earlier month: what a run of `day` is compared with."""
        return self.filter(day__lt=day.replace(day=1)).order_by("-day", "-pk").first()


class SegmentRun(models.Model):
    """One segmentation of the whole base as it stood at the end of `day`.

    Written together with its rows in one transaction, so there is no half of one; never changed.
    `rhythm` (days) and `repeat_share` are what it learned about the base; see FORMULAS.md.
    """

    day = models.DateField(_("day"))
    period_start = models.DateField(_("from"))
    thresholds = models.JSONField(_("thresholds"))
    rfm_bins = models.PositiveSmallIntegerField(_("steps of RFM"))
    rhythm = models.DecimalField(_("rhythm of the base"), max_digits=7, decimal_places=1)
    repeat_share = models.DecimalField(_("repeat share"), max_digits=5, decimal_places=4)
    clients = models.PositiveIntegerField(_("clients"))
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("calculated at"), auto_now_add=True)

    objects = SegmentRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("segmentation")
        verbose_name_plural = _("segmentations")
        ordering = ["-day", "-pk"]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} #{self.pk}"


class ClientSegmentQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Of the clients whose owners' work `viewer` may see."""
        return self.filter(client__in=Client.objects.visible_to(viewer))

    def of(self, run):
        return self.filter(run=run)

    def quiet(self):
        """Clients who bought and have gone quiet."""
        return self.filter(lifecycle__in=["cooling", "sleeping", "lost"])


class ClientSegment(models.Model):
    """What a run said of a client.

    `revenue` is that of the run's 12 months, `last_year` that of the 12 months up to the client's
    last order. `abc` is the class in force, `abc_raw` what the thresholds alone would say.
    `rhythm` and `silence` are days. Bit k of `quarters` says that he ordered in the k-th calendar
    quarter after that of his first order (bit 0).
    """

    run = models.ForeignKey(SegmentRun, models.PROTECT, related_name="rows")
    client = models.ForeignKey(Client, models.PROTECT, related_name="segments")
    revenue = models.DecimalField(_("revenue of 12 months"), max_digits=18, decimal_places=2)
    last_year = models.DecimalField(max_digits=18, decimal_places=2)
    orders = models.PositiveIntegerField(_("orders in 12 months"))
    share_before = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    abc = models.CharField(_("ABC"), max_length=1, choices=AbcClass.choices, blank=True)
    abc_raw = models.CharField(max_length=1, choices=AbcClass.choices, blank=True)
    cv = models.DecimalField(_("variation"), max_digits=7, decimal_places=3, null=True)
    xyz = models.CharField(_("XYZ"), max_length=1, choices=XyzClass.choices, blank=True)
    r = models.PositiveSmallIntegerField(null=True)
    f = models.PositiveSmallIntegerField(null=True)
    m = models.PositiveSmallIntegerField(null=True)
    rfm = models.CharField(_("RFM"), max_length=12, choices=RfmSegment.choices, blank=True)
    lifecycle = models.CharField(_("state"), max_length=10, choices=Lifecycle.choices)
    first_on = models.DateField(_("first order"), null=True)
    last_on = models.DateField(_("last order"), null=True)
    silence = models.PositiveIntegerField(_("days without an order"), null=True)
    rhythm = models.DecimalField(_("rhythm, days"), max_digits=7, decimal_places=1)
    has_own_rhythm = models.BooleanField(default=False)
    chance = models.DecimalField(_("chance of an order"), max_digits=5, decimal_places=4)
    quarters = models.BigIntegerField(default=0)

    objects = ClientSegmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment of a client")
        verbose_name_plural = _("segments of clients")
        constraints = [
            models.UniqueConstraint(fields=["run", "client"], name="one_segment_a_run"),
        ]
        indexes = [
            models.Index("run", F("revenue").desc(), "client", name="segment_by_revenue"),
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.client_id} {self.abc}{self.xyz}"
