"""Tokens of other systems, forms by which leads come, and what came by them."""

import secrets

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.api.choices import Scope
from apps.clients.models import Source
from apps.core.models import Archived, ArchivedQuerySet, Versioned, audited
from apps.deals.models import Deal, Pipeline

# "https://example.com" or "https://shop.example.com:8443": what stands in frame-ancestors.
SITE = RegexValidator(
    r"\Ahttps?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?\Z",
    _("Write a site as https://example.com, without a path."),
)


def new_form_key() -> str:
    return secrets.token_urlsafe(16)


class TokenQuerySet(models.QuerySet):
    def valid(self):
        """Neither revoked nor expired; whether the owner still works here is asked at each use."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class ApiToken(models.Model):
    """A key with which a system reads what its owner may see, within `scopes`.

    The secret itself is shown once and kept nowhere: `digest` is its SHA-256, and a secret of 256
    random bits needs no slower one. `prefix` lets a person tell his tokens apart.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_tokens", editable=False
    )
    name = models.CharField(_("what uses it"), max_length=100)
    prefix = models.CharField(max_length=8, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("may")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used last"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-created_at"]

    def __str__(self):
        return self.name


@audited()
class IntakeForm(Versioned, Archived):
    """A form on a site, or a key for a server, by which leads come; `key` is no secret.

    `allowed_sites` may show the form in a frame; with none the form opens on its own page only.
    """

    name = models.CharField(pgettext_lazy("thing", "name"), max_length=100)
    key = models.CharField(max_length=32, unique=True, default=new_form_key, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"))
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, verbose_name=_("pipeline"))
    heading = models.CharField(_("heading of the form"), max_length=100, blank=True)
    allowed_sites = ArrayField(
        models.CharField(max_length=200, validators=[SITE]),
        verbose_name=_("sites that may show it"),
        default=list,
        blank=True,
    )
    consent_text = models.TextField(_("text of the consent"))
    consent_version = models.CharField(_("version of the text"), max_length=50)

    objects = ArchivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("intake form")
        verbose_name_plural = _("intake forms")
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class Intake(models.Model):
    """What came by a form; `deal` is None for what the trap caught. `key` makes it single.

    Of the sender's address only a keyed hash is kept, for the limits.
    """

    form = models.ForeignKey(IntakeForm, models.PROTECT, related_name="intakes")
    key = models.CharField(max_length=64)
    body_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64)
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)

    class Meta:
        verbose_name = _("received inquiry")
        verbose_name_plural = _("received inquiries")
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(fields=["form", "key"], name="one_intake_a_key"),
            models.CheckConstraint(condition=~Q(key=""), name="intake_has_a_key"),
        ]
        indexes = [
            models.Index(fields=["form", "received_at"], name="intake_by_form"),
            models.Index(fields=["address_hash", "received_at"], name="intake_by_address"),
        ]

    def __str__(self):
        return f"{self.form_id} {self.received_at:%Y-%m-%d %H:%M}"


class CalendarFeedQuerySet(models.QuerySet):
    def living(self):
        return self.filter(revoked_at=None)


class CalendarFeed(models.Model):
    """A secret address by which a calendar outside fetches what its owner has to do.

    As with tokens the secret is shown once and kept as `digest`. A phone asks often and mostly in
    vain: `body_hash` and `changed_at` tell what was served last and since when it is the same.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_feeds", editable=False
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    used_at = models.DateTimeField(_("used last"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    body_hash = models.CharField(max_length=64, blank=True, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=Q(revoked_at=None), name="one_living_feed_a_person"
            )
        ]

    def __str__(self):
        return f"{self.owner_id} {self.created_at:%Y-%m-%d}"
