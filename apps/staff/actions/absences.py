"""Absences: written by those who lead the person."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.versions import save_version
from apps.staff.models import Absence, User


@transaction.atomic
def add_absence(
    user: User, *, kind: str, starts_on: date, ends_on: date, note: str = ""
) -> Absence:
    """`user` is away from `starts_on` and back on `ends_on`; raises "already_away"."""
    absence = Absence(user=user, kind=kind, starts_on=starts_on, ends_on=ends_on, note=note)
    check_absence(absence)
    absence.save()
    return absence


@transaction.atomic
def change_absence(
    absence: Absence,
    *,
    expected_version: int,
    kind: str,
    starts_on: date,
    ends_on: date,
    note: str = "",
) -> Absence:
    """Raises Conflict or ValidationError "already_away", "ends_before"."""
    absence.kind, absence.note = kind, note
    absence.starts_on, absence.ends_on = starts_on, ends_on
    check_absence(absence)
    return save_version(
        absence, expected=expected_version, fields=["kind", "starts_on", "ends_on", "note"]
    )


def remove_absence(absence: Absence) -> None:
    """The person is not away after all; the audit keeps what was written."""
    absence.delete()


def check_absence(absence: Absence) -> None:
    """The person's row is locked, so that two writers do not both find the days free."""
    User.objects.select_for_update().get(pk=absence.user_id)
    if absence.ends_on <= absence.starts_on:
        message = _("The day of return must come after the first day.")
        raise ValidationError({"ends_on": ValidationError(message, "ends_before")})
    others = Absence.objects.filter(
        user=absence.user_id, starts_on__lt=absence.ends_on, ends_on__gt=absence.starts_on
    )
    if others.exclude(pk=absence.pk).exists():
        raise ValidationError(_("The person is already away then."), "already_away")
