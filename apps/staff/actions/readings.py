"""An administrator states why he reads clients and deals; the directors and heads hear of it."""

import logging
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.notifying import notify
from apps.staff.choices import Role
from apps.staff.models import DataReading, User

security_log = logging.getLogger("sales.security")

KIND = "data_reading"
SHORTEST_REASON = 10
LONGEST = timedelta(hours=4)


@transaction.atomic
def open_reading(admin: User, *, reason: str, minutes: int) -> DataReading:
    """Let `admin` read clients and deals for `minutes` from now; an earlier reading ends.

    The same reason again returns the reading that is open. Raises PermissionDenied for other roles,
    ValidationError "no_reason" for one of under ten characters, "too_long" beyond four hours.
    """
    if admin.role != Role.ADMIN:
        raise PermissionDenied
    reason = " ".join(reason.split())
    check(reason, timedelta(minutes=minutes))
    User.objects.select_for_update(no_key=True).get(pk=admin.pk)
    known = DataReading.objects.filter(admin=admin, closed_at=None).first()
    now = timezone.now()
    if known is not None and known.until > now and known.reason == reason:
        return known
    if known is not None:
        end(known)
    reading = DataReading.objects.create(
        admin=admin, reason=reason, opened_at=now, until=now + timedelta(minutes=minutes)
    )
    security_log.warning("an administrator reads business data", extra={"reading": reading.pk})
    tell(reading)
    return reading


def check(reason: str, length: timedelta) -> None:
    if len(reason) < SHORTEST_REASON:
        raise ValidationError(
            _("Say in a sentence what you look for and who asked for it."), code="no_reason"
        )
    if not timedelta(0) < length <= LONGEST:
        raise ValidationError(_("At most four hours at once."), code="too_long")


@transaction.atomic
def close_reading(admin: User) -> None:
    """End the reading before its time; without one nothing happens."""
    rows = DataReading.objects.select_for_update().filter(admin=admin, closed_at=None)
    for reading in rows:
        end(reading)


def end(reading: DataReading) -> None:
    """A reading whose time has run out ended then, not now."""
    reading.closed_at = min(timezone.now(), reading.until)
    reading.save(update_fields=["closed_at"])


def tell(reading: DataReading) -> None:
    people = User.objects.working().filter(role__in=[Role.DIRECTOR, Role.HEAD])
    notify(
        people,
        kind=KIND,
        title=format_lazy(
            gettext_lazy("The administrator {person} reads clients and deals"),
            person=str(reading.admin),
        ),
        body=format_lazy(gettext_lazy("The reason: {reason}"), reason=reading.reason),
        url=reverse("staff:data_reading", args=[reading.pk]),
        dedupe_key=f"data_reading:{reading.pk}",
    )
