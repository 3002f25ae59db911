"""Database sessions that know their person; the engine named by SESSION_ENGINE."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from apps.core.standing import Standing
from apps.staff.backends import offer


class SessionStore(DatabaseStore):
    # The row as it was read; None before the first read and for a new session.
    row = None

    @classmethod
    def get_model_class(cls):
        from apps.staff.models import UserSession  # models are not loaded when settings are read

        return UserSession

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.user_id = int(data["_auth_user_id"]) if data.get("_auth_user_id") else None
        row.ip_address = data.get("ip_address")
        row.browser = data.get("browser", "")
        return row

    def _get_session_from_db(self):
        """With the person, whom every page asks for next."""
        found = _living(key=self.session_key, now=timezone.now())
        self.row = found[0] if found else None
        if self.row is None:
            self._session_key = None
            return None
        offer(self.row.user)
        return self.row


_living = Standing(
    lambda key, now: (
        SessionStore.get_model_class()
        .objects.select_related("user")
        .filter(session_key=key, expire_date__gt=now)
    ),
    key=CharField(),
    now=DateTimeField(),
)
