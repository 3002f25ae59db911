"""Proposals to divide the base anew, what became of them, and the norms they are counted by."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.clients.choices import ClientLevel
from apps.clients.models import Client
from apps.core.models import Decision, Job, Versioned, audited
from apps.portfolio.choices import (
    DistributionScope,
    DistributionState,
    Ineligible,
    MoveState,
    SeatMode,
    SkipReason,
)
from apps.staff.models import TeamNode, User

MINUTES = [MinValueValidator(0), MaxValueValidator(600)]


def minutes(label, default):
    return models.PositiveSmallIntegerField(label, default=default, validators=MINUTES)


@audited()
class LoadNorms(Versioned):
    """How much work a client, a deal and a task make; one row, read through `LoadNorms.current()`.

    Minutes are of one touch with the way to it. How often a client of a level is touched is said by
    the norms of service (`ServiceNorm`); `touches_other` is for those without a level, a month.
    """

    minutes_a = minutes(_("minutes of a touch, A"), 40)
    minutes_b = minutes(_("minutes of a touch, B"), 30)
    minutes_c = minutes(_("minutes of a touch, C"), 20)
    touches_other = models.DecimalField(
        _("touches of a client without a level a month"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("0.25"),
        validators=[MinValueValidator(0), MaxValueValidator(30)],
    )
    minutes_other = minutes(_("minutes of a touch, no level"), 15)
    minutes_lead = minutes(_("minutes of a lead a month"), 40)
    minutes_deal = minutes(_("minutes of an open deal a month"), 90)
    minutes_task = minutes(_("minutes of an open task"), 20)
    client_time_share = models.DecimalField(
        _("share of working time that is for clients"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("0.75"),
        validators=[MinValueValidator(Decimal("0.1")), MaxValueValidator(1)],
    )
    absence_days = models.PositiveSmallIntegerField(
        _("who is away for more days receives nothing"),
        default=5,
        validators=[MaxValueValidator(90)],
    )

    class Meta:
        verbose_name = _("norms of load")
        verbose_name_plural = _("norms of load")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_row_of_load_norms")]

    def __str__(self):
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls) -> "LoadNorms":
        """The norms; until the head has saved some, an unsaved row with the defaults."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class SellerFocusQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(user__in=User.objects.work_visible_to(viewer))


@audited()
class SellerFocus(Versioned):
    """Which cities and industries a person sells to; empty lists leave it to his experience."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="focus")
    cities = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    industries = ArrayField(models.CharField(max_length=100), default=list, blank=True)

    objects = SellerFocusQuerySet.as_manager()

    class Meta:
        verbose_name = _("focus of a seller")
        verbose_name_plural = _("focuses of sellers")

    def __str__(self):
        return str(self.user_id)


class DistributionQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Those of the teams that `viewer` leads."""
        return self.filter(node__in=TeamNode.objects.led_by(viewer))


class Distribution(Versioned):
    """A proposal to divide clients of `node` anew; written by apps.portfolio.actions only.

    `tolerance` and `most_moved` are fractions. `summary` is what the counting found: `level` (load ÷
    capacity that everybody comes to), `moved_share`, `keeps_limits`, `of_bound`, `clients`, `seconds`,
    `point` (potential in the company's currency behind one point of score).
    """

    node = models.ForeignKey(
        TeamNode, models.PROTECT, related_name="+", verbose_name=_("team or department")
    )
    scope = models.CharField(
        _("which clients"),
        max_length=10,
        choices=DistributionScope.choices,
        default=DistributionScope.ALL,
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("whose clients"),
    )
    level = models.CharField(
        _("level"), max_length=1, choices=ClientLevel.choices, blank=True, default=""
    )
    tolerance = models.DecimalField(
        _("load may differ by"), max_digits=3, decimal_places=2, default=Decimal("0.10")
    )
    most_moved = models.DecimalField(
        _("move at most"), max_digits=3, decimal_places=2, default=Decimal("0.20")
    )
    with_deals = models.BooleanField(_("deals, debts and tasks go along"), default=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=DistributionState.choices,
        default=DistributionState.COUNTING,
    )
    summary = models.JSONField(default=dict)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("taken back at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = DistributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("distribution of clients")
        verbose_name_plural = _("distributions of clients")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(tolerance__gt=0, tolerance__lte=Decimal("0.5")),
                name="tolerance_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(most_moved__gte=0, most_moved__lte=1), name="most_moved_is_a_share"
            ),
            models.CheckConstraint(
                condition=~Q(scope="person") | Q(person__isnull=False),
                name="distribution_of_a_person_names_him",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["applied", "undone"])
                | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="applied_distribution_says_by_whom",
            ),
        ]

    def __str__(self):
        return f"{self.node_id} {self.created_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("portfolio:distribution", args=[self.pk])


class DistributionSeat(models.Model):
    """A person in a distribution as he stood before it: hours a month, potential a year.

    `hour_price` is what an hour of his is worth to the whole, in points of score: high for whom the
    clients would compete, below zero where work has to be brought.
    """

    distribution = models.ForeignKey(Distribution, models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    mode = models.CharField(max_length=10, choices=SeatMode.choices, default=SeatMode.TAKES)
    obstacle = models.CharField(max_length=12, choices=Ineligible.choices, blank=True, default="")
    capacity_hours = models.FloatField()
    load_hours = models.FloatField()
    potential = models.DecimalField(max_digits=16, decimal_places=2)
    clients = models.PositiveIntegerField()
    clients_a = models.PositiveIntegerField()
    hour_price = models.FloatField(default=0)

    class Meta:
        verbose_name = _("seat in a distribution")
        verbose_name_plural = _("seats in a distribution")
        constraints = [
            models.UniqueConstraint(fields=["distribution", "user"], name="one_seat_a_person")
        ]

    def __str__(self):
        return f"{self.distribution_id} {self.user_id}"


class DistributionMove(models.Model):
    """A client that changes hands in a distribution, and what became of that.

    `why` holds codes with their figures (apps.portfolio.reasons); `deals` and `tasks` the ids of what
    went along, `owner_change` the event that made it: nothing later may have happened when it is
    taken back.
    """

    distribution = models.ForeignKey(Distribution, models.CASCADE, related_name="moves")
    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    old_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    new_owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    level = models.CharField(max_length=1, blank=True)
    hours = models.FloatField()
    potential = models.DecimalField(max_digits=14, decimal_places=2)
    why = models.JSONField(default=list)
    is_chosen = models.BooleanField(_("to be made"), default=True)
    state = models.CharField(max_length=10, choices=MoveState.choices, default=MoveState.PROPOSED)
    skipped_for = models.CharField(
        max_length=10, choices=SkipReason.choices, blank=True, default=""
    )
    owner_change = models.BigIntegerField(null=True)
    deals = ArrayField(models.BigIntegerField(), default=list)
    tasks = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("move of a client")
        verbose_name_plural = _("moves of clients")
        ordering = ["-potential", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["distribution", "client"], name="one_move_a_client"),
            models.CheckConstraint(
                condition=Q(old_owner=None) | ~Q(old_owner=models.F("new_owner")),
                name="a_move_changes_the_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["distribution", "-potential", "id"], name="move_of_distribution")
        ]

    def __str__(self):
        return f"{self.client_id} → {self.new_owner_id}"
