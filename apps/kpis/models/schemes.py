"""KPI schemes: for whom, from which month, what counts how much. Versions never change once written."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from apps.core.models import append_only, audited
from apps.kpis.choices_schemes import Bound, Curve, ItemDirection, TargetKind
from apps.staff.choices import Role
from apps.staff.models import Position, TeamNode, User


class KpiSchemeQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Schemes that may concern the people whose work `viewer` sees; HR knows all of them."""
        if viewer.role in (Role.HR, Role.DIRECTOR):
            return self
        people = User.objects.work_visible_to(viewer)
        if viewer.role == Role.SELLER:
            return self.filter(self._concerning(viewer))
        led = TeamNode.objects.led_by(viewer).values("pk")
        above = Q(node__in=self._nodes_above(viewer))
        return self.filter(Q(user__in=people) | Q(user=None, node__in=led) | Q(user=None) & above)

    def changeable_by(self, viewer):
        """Schemes of the teams that `viewer` leads and of their people, not his own."""
        led = TeamNode.objects.led_by(viewer).values("pk")
        people = User.objects.work_visible_to(viewer).exclude(pk=viewer.pk)
        return self.filter(Q(user=None, node__in=led) | Q(user__in=people))

    def going_on(self, month):
        """Those that have not ended before the month."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=month))

    def _concerning(self, person):
        place = person.place()
        position = place.position_id if place else None
        return Q(user=person) | (
            Q(user=None, node__in=self._nodes_above(person))
            & (Q(position=None) | Q(position=position))
            & Q(role__in=["", person.role])
        )

    @staticmethod
    def _nodes_above(person):
        path = person.team.path if person.team else ""
        rows = TeamNode.objects.alias(asked=Value(path, output_field=models.CharField()))
        return rows.filter(asked__startswith=F("path")).values("pk")


@audited()
class KpiScheme(models.Model):
    """Rules for a person, or for the people of `node` and below, of a position or role if stated.

    `ends_on` is the first day of the month that it no longer rules; without one it goes on.
    """

    name = models.CharField(_("name"), max_length=100)
    node = models.ForeignKey(
        TeamNode, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    position = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("position"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="kpi_schemes",
        verbose_name=_("person"),
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)

    objects = KpiSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("KPI scheme")
        verbose_name_plural = _("KPI schemes")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "node", "position", "role"],
                condition=Q(ends_on=None),
                nulls_distinct=False,
                name="one_scheme_a_place",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, node=None, position=None, role="")
                | Q(user=None, node__isnull=False),
                name="scheme_is_for_a_person_or_a_team",
            ),
            models.CheckConstraint(
                condition=Q(position=None) | Q(role=""), name="scheme_names_position_or_role"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__day=1), name="scheme_ends_with_a_month"
            ),
        ]

    def __str__(self):
        return self.name


class KpiVersionQuerySet(models.QuerySet):
    def started(self):
        return self.filter(starts_on__isnull=False)

    def with_rules(self):
        """With everything that judging needs, in a fixed number of statements."""
        return self.select_related("scheme__node").prefetch_related("items", "gates")

    def in_force(self, month):
        """The version of each scheme that rules the month."""
        known = self.started().filter(starts_on__lte=month)
        known = known.filter(Q(scheme__ends_on=None) | Q(scheme__ends_on__gt=month))
        return known.order_by("scheme_id", "-starts_on", "-number").distinct("scheme_id")


class SchemeVersion(models.Model):
    """The rules of a scheme as somebody wrote them; in force from the month `starts_on`.

    Without it the version is a draft, which a later one replaces. `trial` keeps what it would have
    given over the last months (apps/kpis/scheme_trial.py).
    """

    scheme = models.ForeignKey(KpiScheme, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    note = models.CharField(_("note"), max_length=255, blank=True)
    trial = models.JSONField(null=True, editable=False)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField(_("started at"), null=True)

    objects = KpiVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a KPI scheme")
        verbose_name_plural = _("versions of KPI schemes")
        ordering = ["scheme", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="one_version_a_number"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(starts_on__day=1),
                name="scheme_starts_with_a_month",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="started_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__starts_on__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.scheme} v{self.number}"

    @property
    def is_started(self):
        return self.starts_on is not None


class SchemeItem(models.Model):
    """A line of the rules. `formula` is a metric's code or arithmetic over codes.

    `target` is in the metric's unit (a share is a fraction), used when it is fixed; `floor`, `cap`
    and the numbers of `steps` (pairs threshold, share) are shares of the target.
    """

    version = models.ForeignKey(SchemeVersion, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    formula = models.CharField(_("metric or formula"), max_length=200)
    name = models.CharField(_("name"), max_length=60, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    direction = models.CharField(max_length=4, choices=ItemDirection.choices, blank=True)
    target_kind = models.CharField(_("target"), max_length=10, choices=TargetKind.choices)
    target = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    floor = models.DecimalField(_("floor"), max_digits=5, decimal_places=4, default=0)
    cap = models.DecimalField(_("cap"), max_digits=5, decimal_places=4, default=1)
    curve = models.CharField(_("curve"), max_length=10, choices=Curve.choices, default=Curve.LINEAR)
    steps = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("line of a KPI scheme")
        verbose_name_plural = _("lines of KPI schemes")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "formula"], name="one_formula_once"),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=100), name="weight_is_a_part_of_100"
            ),
            models.CheckConstraint(
                condition=Q(floor__gte=0, floor__lte=F("cap")), name="floor_not_above_cap"
            ),
            models.CheckConstraint(
                condition=(Q(target_kind="fixed") & Q(target__gt=0))
                | (~Q(target_kind="fixed") & Q(target=None)),
                name="fixed_target_is_above_nothing",
            ),
        ]
        triggers = [append_only()]

    def __str__(self):
        return self.name or self.formula


class SchemeGate(models.Model):
    """A condition of the whole: when it is broken, the score is multiplied by `factor`."""

    version = models.ForeignKey(SchemeVersion, models.CASCADE, related_name="gates")
    order = models.PositiveSmallIntegerField()
    formula = models.CharField(_("metric or formula"), max_length=200)
    bound = models.CharField(_("must be"), max_length=8, choices=Bound.choices)
    limit = models.DecimalField(_("limit"), max_digits=18, decimal_places=4)
    factor = models.DecimalField(_("factor"), max_digits=3, decimal_places=2)

    class Meta:
        verbose_name = _("gate of a KPI scheme")
        verbose_name_plural = _("gates of KPI schemes")
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(factor__gte=0, factor__lt=1), name="gate_takes_something_away"
            )
        ]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.formula} {self.bound} {self.limit}"
