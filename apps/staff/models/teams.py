"""The team tree, positions and dated memberships."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Archived, ArchivedQuerySet, Versioned, audited
from apps.staff.choices import NodeKind, Role


def person_range() -> Func:
    """The person's id as a range: exclusion over it needs no extension of PostgreSQL."""
    return Func(F("user"), F("user"), models.Value("[]"), function="int8range", output_field=None)


def day_range(start: str, end: str) -> Func:
    """Half-open range of the two date columns."""
    return Func(
        F(start), F(end), RangeBoundary(), function="daterange", output_field=DateRangeField()
    )


class TeamNodeQuerySet(ArchivedQuerySet):
    def led_by(self, person):
        """The nodes that `person` leads, with everything below; the company for its director."""
        if person.role in (Role.DIRECTOR, Role.ADMIN):
            return self
        return self.below_leader(person)

    def below_leader(self, person):
        """The nodes at whose head `person` stands (an expression will do), with all below."""
        asked = ExpressionWrapper(OuterRef("path"), output_field=models.CharField())
        led = self.model.objects.filter(leader=person).alias(asked=asked)
        return self.filter(Exists(led.filter(asked__startswith=F("path"))))

    def below(self, node):
        """`node` and everything below it."""
        return self.filter(path__startswith=node.path)


@audited()
class TeamNode(Versioned, Archived):
    """A company (the root), department or team; `path` is "/1/4/", ids from the root to itself."""

    kind = models.CharField(_("kind"), max_length=10, choices=NodeKind.choices)
    name = models.CharField(_("name"), max_length=255)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    path = models.CharField(max_length=255, db_index=True, editable=False, default="/")
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("leader"),
    )

    objects = TeamNodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="company"), name="one_root_of_the_tree"
            ),
            models.CheckConstraint(
                condition=Q(kind="company", parent=None)
                | (~Q(kind="company") & Q(parent__isnull=False)),
                name="only_the_company_is_a_root",
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != self.path:
            self.path = path
            type(self).objects.filter(pk=self.pk).update(path=path)


@audited()
class Position(Versioned, Archived):
    """A position of the staff list."""

    name = models.CharField(_("name"), max_length=255, unique=True)

    objects = ArchivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["name"]

    def __str__(self):
        return self.name


class MembershipQuerySet(models.QuerySet):
    def current(self):
        """Memberships without an end."""
        return self.filter(ended_on=None)

    def on(self, day):
        """Memberships that hold on `day`."""
        return self.filter(started_on__lte=day).filter(Q(ended_on=None) | Q(ended_on__gt=day))


@audited()
class Membership(models.Model):
    """A person's place from `started_on` to `ended_on` (half-open; None: still there)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    node = models.ForeignKey(
        TeamNode, models.PROTECT, related_name="memberships", verbose_name=_("team")
    )
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, verbose_name=_("position")
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mentees",
        verbose_name=_("mentor"),
    )
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("place in a team")
        verbose_name_plural = _("places in teams")
        ordering = ["-started_on"]
        constraints = [
            ExclusionConstraint(
                name="one_team_at_a_time",
                expressions=[
                    (person_range(), RangeOperators.OVERLAPS),
                    (day_range("started_on", "ended_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The person already has a place in a team then."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gt=F("started_on")),
                name="membership_lasts",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.node_id} {self.started_on:%Y-%m-%d}"
