"""Log-in sessions that a person can list and revoke."""

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserSession(AbstractBaseSession):
    """A session with its person, address and browser."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions"
    )
    ip_address = models.GenericIPAddressField(_("address"), null=True)
    browser = models.CharField(_("browser"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("signed in at"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last seen at"), null=True)

    objects = BaseSessionManager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls):
        from apps.staff.sessions import SessionStore  # the store imports this model

        return SessionStore
