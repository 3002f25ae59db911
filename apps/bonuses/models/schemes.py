"""Bonus schemes: whom they are for, and dated versions that never change once they are in force."""

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.bonuses.choices import Base, Kind
from apps.core.models import Archived, ArchivedQuerySet, append_only, audited
from apps.staff.choices import Role
from apps.staff.models import Position, TeamNode, User

SHARE = [MinValueValidator(0), MaxValueValidator(1)]


class BonusSchemeQuerySet(ArchivedQuerySet):
    def visible_to(self, viewer):
        """Of the whole company for the director and HR; a head sees what his people are paid by."""
        if viewer.role in (Role.DIRECTOR, Role.HR):
            return self
        if viewer.role != Role.HEAD:
            return self.none()
        nodes = TeamNode.objects.led_by(viewer)
        return self.filter(
            Q(user=None, node=None)
            | Q(node__in=nodes)
            | Q(user__in=User.objects.work_visible_to(viewer))
        )


@audited()
class BonusScheme(Archived):
    """Whose bonus is counted how. Exactly one of role, team, position and person is named; where
    several schemes fit, the person's own wins, then the position's, the nearest team's, the role's."""

    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, blank=True)
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
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = BonusSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("bonus scheme")
        verbose_name_plural = _("bonus schemes")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    (~Q(role="") & Q(node=None, position=None, user=None))
                    | Q(role="", node__isnull=False, position=None, user=None)
                    | Q(role="", node=None, position__isnull=False, user=None)
                    | Q(role="", node=None, position=None, user__isnull=False)
                ),
                name="bonus_scheme_names_one_target",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("bonuses:scheme", args=[self.pk])

    @property
    def target(self):
        """For whom it is, in words."""
        return str(self.user or self.position or self.node or self.get_role_display())


class BonusVersionQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        return self.filter(scheme__in=BonusScheme.objects.visible_to(viewer))

    def started(self):
        return self.filter(started_at__isnull=False)


# Everything but the start itself is written once; once started, nothing changes any more.
STARTED_ONCE = pgtrigger.Trigger(
    name="started_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func=pgtrigger.Func(
        """
        IF OLD.started_at IS NOT NULL THEN
            RAISE EXCEPTION 'a bonus scheme version in force does not change';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """
    ),
)
WITH_ITS_VERSION = pgtrigger.Trigger(
    name="with_its_version",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=pgtrigger.Func(
        """
        IF EXISTS (SELECT FROM bonuses_schemeversion version
            WHERE version.id = NEW.version_id AND version.started_at IS NOT NULL) THEN
            RAISE EXCEPTION 'a bonus scheme version in force gets no new steps';
        END IF;
        RETURN NEW;
        """
    ),
)


class SchemeVersion(models.Model):
    """The rules from the month `starts_on` on. A draft has no start; to change it, save another one.

    Shares are fractions. `starts_at` and `rate` of the steps mean an amount and a fraction of it, for
    a scale an attainment and a fraction of `target_bonus`. `overdue_limit` and `hygiene_limit` are the
    gates: beyond them only `…_keeps` of the bonus is paid.
    """

    scheme = models.ForeignKey(BonusScheme, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    base = models.CharField(_("counted from"), max_length=10, choices=Base.choices)
    with_vat = models.BooleanField(_("with VAT"), default=True)
    kind = models.CharField(_("how it is counted"), max_length=12, choices=Kind.choices)
    target_bonus = models.DecimalField(
        _("target bonus"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    accelerator = models.DecimalField(
        _("accelerator above the last point"), max_digits=5, decimal_places=2, default=1
    )
    ceiling = models.DecimalField(
        _("at most this share of the target bonus"),
        max_digits=6,
        decimal_places=4,
        null=True,
        blank=True,
    )
    cap = models.DecimalField(
        _("cap of a month"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    overdue_limit = models.DecimalField(
        max_digits=5, decimal_places=4, null=True, blank=True, validators=SHARE
    )
    overdue_keeps = models.DecimalField(max_digits=5, decimal_places=4, default=1, validators=SHARE)
    hygiene_limit = models.DecimalField(
        max_digits=5, decimal_places=4, null=True, blank=True, validators=SHARE
    )
    hygiene_keeps = models.DecimalField(max_digits=5, decimal_places=4, default=1, validators=SHARE)
    unpaid_days = models.PositiveSmallIntegerField(
        _("days after the due day"), null=True, blank=True
    )
    note = models.CharField(_("what has changed"), max_length=255, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    starts_on = models.DateField(_("in force from"), null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = BonusVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a bonus scheme")
        verbose_name_plural = _("versions of bonus schemes")
        ordering = ["scheme", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="one_bonus_version_a_number"),
            models.UniqueConstraint(
                fields=["scheme", "starts_on"], name="one_bonus_version_a_month"
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None, started_at=None, started_by=None)
                | Q(
                    starts_on__day=1,
                    starts_on__isnull=False,
                    started_at__isnull=False,
                    started_by__isnull=False,
                ),
                name="bonus_version_starts_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind="scale") | Q(target_bonus__gt=0),
                name="bonus_scale_has_its_target",
            ),
            models.CheckConstraint(
                condition=Q(cap=None) | Q(cap__gt=0), name="bonus_cap_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(started_by=None) | ~Q(started_by=models.F("author")),
                name="nobody_starts_his_own_bonus_version",
            ),
        ]
        triggers = [STARTED_ONCE]

    def __str__(self):
        return f"{self.scheme_id} / {self.number}"

    @property
    def is_scale(self):
        return self.kind == Kind.SCALE


class Tier(models.Model):
    """A step of the scale, see `SchemeVersion`; the lowest of a commission may begin above 0."""

    version = models.ForeignKey(SchemeVersion, models.CASCADE, related_name="tiers")
    starts_at = models.DecimalField(_("from"), max_digits=16, decimal_places=4)
    rate = models.DecimalField(_("rate"), max_digits=7, decimal_places=5)

    class Meta:
        verbose_name = _("step of the scale")
        verbose_name_plural = _("steps of the scale")
        ordering = ["version", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["version", "starts_at"], name="one_tier_a_place"),
            models.CheckConstraint(
                condition=Q(starts_at__gte=0, rate__gte=0), name="tier_not_negative"
            ),
        ]
        triggers = [append_only(), WITH_ITS_VERSION]

    def __str__(self):
        return f"{self.starts_at} {self.rate}"
