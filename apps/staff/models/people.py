"""The person. A log-in is optional, the row is never deleted."""

import zoneinfo
from datetime import time

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _

from apps.core.choices import Language, Theme
from apps.core.models import Versioned, audited
from apps.staff.choices import SELLING_ROLES, Role
from apps.staff.models.readings import has_stated_reason
from apps.staff.models.teams import TeamNode


def name_key(*fields: str) -> models.Expression:
    """Lower-case text with ё as е: its code-point order is the Russian alphabetical order."""
    joined: Combinable = models.F(fields[0])
    for field in fields[1:]:
        joined = models.expressions.CombinedExpression(
            models.expressions.CombinedExpression(joined, "||", models.Value(" ")),
            "||",
            models.F(field),
        )
    folded = Replace(joined, models.Value("Ё"), models.Value("Е"))
    return Lower(Replace(folded, models.Value("ё"), models.Value("е")))


class UserQuerySet(models.QuerySet):
    """The two scopes of access: whose work one sees, and whose card."""

    def work_visible_to(self, viewer):
        """People whose deals, money and activity `viewer` may see; for HR, nobody.

        A seller sees himself; leads and heads the people of the teams they lead, with what those
        people left behind when dismissed; the director the company. So does the administrator
        while he has stated a reason (see `readings`); without one only what is his own.
        """
        if viewer.role == Role.DIRECTOR:
            return self
        if viewer.role == Role.ADMIN:
            return self.filter(Q(pk=viewer.pk) | Q(has_stated_reason(viewer)))
        if viewer.role == Role.HR:
            return self.none()
        if viewer.role == Role.SELLER:
            return self.filter(pk=viewer.pk)
        return self.filter(Q(pk=viewer.pk) | Q(team__in=TeamNode.objects.led_by(viewer)))

    def card_visible_to(self, viewer):
        """People whose card `viewer` may open: everyone who works here sees colleagues."""
        return self if viewer.is_authenticated else self.none()

    def managed_by(self, viewer):
        """People whose hours, ramp and absences `viewer` may write: never his own, unless HR."""
        if viewer.role == Role.HR:
            return self
        if viewer.role not in (Role.LEAD, Role.HEAD):
            return self.none()
        return self.filter(team__in=TeamNode.objects.led_by(viewer)).exclude(pk=viewer.pk)

    def visible_to(self, viewer):
        """People whose whole record `viewer` may know: hours, ramp, places, absences, history."""
        if viewer.role in (Role.HR, Role.ADMIN):
            return self
        return self.work_visible_to(viewer)

    def found_by(self, text):
        """People whose name, e-mail or telephone number holds every word of `text`."""
        people = self
        for word in text.lower().replace("ё", "е").split():
            known = Q(name_key__contains=word) | Q(email__contains=word) | Q(phone__contains=word)
            people = people.filter(known)
        return people

    def matching(self, choice, today):
        """What the filter of the team page asks for: `q`, `team`, `state`."""
        people = self.filter(dismissed_on__isnull=choice.get("state") != "gone")
        people = people.found_by(choice.get("q") or "")
        if choice.get("team"):
            people = people.filter(team__path__startswith=choice["team"].path)
        if choice.get("state") == "away":
            absences = self.model._meta.get_field("absences").related_model.objects.on(today)
            people = people.filter(pk__in=absences.values("user"))
        if choice.get("state") == "ramping":
            people = people.filter(ramp_share__lt=1)
        if choice.get("state") == "ready":
            people = people.filter(may_receive_clients=True)
        return people

    def working(self):
        """Not dismissed."""
        return self.filter(dismissed_on=None)

    def selling(self):
        """People who have deals and a plan."""
        return self.filter(role__in=SELLING_ROLES)

    def in_name_order(self):
        return self.order_by("name_key", "pk")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email=None, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, **{"role": Role.ADMIN, **fields})

    def get_by_natural_key(self, username):
        return self.get(email=username.strip().lower())


@audited(exclude=["password", "last_login"])
class User(AbstractBaseUser, PermissionsMixin, Versioned):
    """A person of the company, whether or not he logs in.

    `team` is the place of the latest membership (of the last one after a dismissal): the column
    that every scope of access reads. It is written by the actions over memberships only.
    """

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    middle_name = models.CharField(_("patronymic"), max_length=100, blank=True)
    name_key = models.GeneratedField(
        expression=name_key("last_name", "first_name"),
        output_field=models.CharField(max_length=201),
        db_persist=True,
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.SELLER)
    team = models.ForeignKey(
        TeamNode,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        editable=False,
        verbose_name=_("team"),
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    dismissed_on = models.DateField(_("dismissed on"), null=True, blank=True)
    hours_per_day = models.DecimalField(
        _("working hours a day"), max_digits=4, decimal_places=2, default=8
    )
    ramp_share = models.DecimalField(
        _("share of the full plan while ramping up"),
        max_digits=3,
        decimal_places=2,
        default=1,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("1 is the full plan; newcomers begin with 0.25."),
    )
    may_receive_clients = models.BooleanField(_("may receive clients"), default=False)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.RUSSIAN
    )
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        help_text=_("For display only; empty means the company's."),
    )
    quiet_from = models.TimeField(_("no e-mail from"), default=time(20))
    quiet_until = models.TimeField(_("no e-mail until"), default=time(8))
    external_id = models.CharField(_("external code"), max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["last_name", "first_name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=Q(ramp_share__gte=0, ramp_share__lte=1), name="ramp_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(email=None) | Q(email=Lower("email")), name="email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(hours_per_day__gt=0, hours_per_day__lte=24), name="hours_fit_a_day"
            ),
        ]
        indexes = [models.Index(fields=["name_key"]), models.Index(fields=["external_id"])]

    def __str__(self):
        return self.get_full_name()

    @property
    def is_active(self):
        return self.dismissed_on is None

    @property
    def is_staff(self):
        """May open the admin panel; what is found there is the matter of its own rules."""
        return self.is_active and self.role in (Role.HR, Role.ADMIN)

    @property
    def zone(self) -> zoneinfo.ZoneInfo | None:
        return zoneinfo.ZoneInfo(self.time_zone) if self.time_zone else None

    def place(self):
        """The place the person holds, with team, position and mentor; None after a dismissal."""
        places = self.memberships.filter(ended_on=None)
        return places.select_related("node", "position", "mentor").first()

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self):
        return self.last_name or self.first_name
