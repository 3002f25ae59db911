"""Log-in sessions that a person can list and revoke, and requests for a new password."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

# What a request may write of its session; the moments are written by `touch` alone.
SAVED_FIELDS = ("session_data", "expire_date", "user", "ip_address", "browser")


class UserSession(AbstractBaseSession):
    """A session with its person, address and browser."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions"
    )
    ip_address = models.GenericIPAddressField(_("address"), null=True)
    browser = models.CharField(_("browser"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("signed in at"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last seen at"), null=True)

    objects = BaseSessionManager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def save(self, *args, force_update=False, update_fields=None, **kwargs):
        if force_update and update_fields is None:
            update_fields = SAVED_FIELDS
        super().save(*args, force_update=force_update, update_fields=update_fields, **kwargs)

    @classmethod
    def get_session_store_class(cls):
        from apps.staff.sessions import SessionStore  # the store imports this model

        return SessionStore

    @property
    def code(self) -> str:
        """Names the session on a page without giving its key away."""
        return salted_hmac("staff.session", self.session_key).hexdigest()[:16]


class PasswordResetRequestQuerySet(models.QuerySet):
    def recent(self):
        """Those that count towards the limits."""
        return self.filter(requested_at__gt=timezone.now() - PasswordResetRequest.WINDOW)

    def too_many_from(self, address):
        """Has the address asked more often than a whole office would?"""
        asked = self.recent().filter(ip_address=address).count()
        return asked >= PasswordResetRequest.LIMIT_PER_ADDRESS


class PasswordResetRequest(models.Model):
    """Somebody asked for a new password; kept for unknown e-mails too: both cost the same.

    `origin` ("https://sales.example.com") is where the link of the letter leads.
    """

    LIMIT_PER_EMAIL = 5
    LIMIT_PER_ADDRESS = 30
    WINDOW = timedelta(hours=1)

    email = models.EmailField(_("e-mail"))
    ip_address = models.GenericIPAddressField(_("address"), null=True)
    origin = models.CharField(max_length=255)
    requested_at = models.DateTimeField(_("asked at"), auto_now_add=True)

    objects = PasswordResetRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a new password")
        verbose_name_plural = _("requests for a new password")
        indexes = [
            models.Index(fields=["email", "requested_at"], name="reset_by_email"),
            models.Index(fields=["ip_address", "requested_at"], name="reset_by_address"),
        ]

    def __str__(self):
        return f"{self.requested_at:%Y-%m-%d %H:%M}"
