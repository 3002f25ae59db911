"""Accounts: the first administrator, passwords, sessions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.calendars import company_today
from apps.staff.choices import Role
from apps.staff.models import User, UserSession


@transaction.atomic
def create_first_admin(
    *, email: str, password: str, last_name: str = "", first_name: str = ""
) -> User:
    """The one who sets the installation up; raises ValidationError "admin_exists"."""
    if User.objects.working().filter(role=Role.ADMIN).exists():
        raise ValidationError(_("There is an administrator already."), "admin_exists")
    return User.objects.create_superuser(
        email,
        password,
        last_name=last_name or _("Administrator"),
        first_name=first_name,
        hired_on=company_today(),
    )


@transaction.atomic
def change_password(user: User, *, password: str, keep: str | None = None) -> None:
    """A new password; all sessions but the one with key `keep` end at once."""
    user.set_password(password)
    user.save(update_fields=["password"])
    end_other_sessions(user, keep=keep)


def change_preferences(user: User, **fields: Any) -> None:
    """What a person sets for himself. Not a save of the card: HR may be editing it meanwhile."""
    User.objects.filter(pk=user.pk).update(**fields)


def end_sessions(user: User) -> int:
    """Sign the person out everywhere; returns how many sessions ended."""
    return user.sessions.all().delete()[0]


def end_other_sessions(user: User, *, keep: str | None) -> int:
    """Sign the person out everywhere but in the session `keep`."""
    return user.sessions.exclude(session_key=keep).delete()[0]


def end_session(session: UserSession) -> None:
    session.delete()
