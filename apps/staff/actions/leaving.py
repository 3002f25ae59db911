"""A person leaves: the date, the place, the sessions and the open work, in one transaction."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.calendars import company_today
from apps.staff import leaving
from apps.staff.actions.accounts import end_sessions
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User
from apps.staff.rules import can_dismiss


@transaction.atomic
def dismiss(user: User, on: date, by: User, to: User | None = None) -> User:
    """End the work of `user` on the day `on`; his open objects go to `to` or to his leader.

    Raises ValidationError "not_allowed", "last_admin", "future", "before_hiring" or
    "no_successor". A second call changes nothing.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.dismissed_on is not None:
        return user
    check_dismissal(user, on, by)
    hand_over(user, to or successor_of(user), by)
    end_place(user, on)
    TeamNode.objects.filter(leader=user).update(leader=None)
    user.dismissed_on = on
    user.version += 1
    user.save(update_fields=["dismissed_on", "version"])
    end_sessions(user)
    return user


def check_dismissal(user: User, on: date, by: User) -> None:
    check_not_last_admin(user)
    if not can_dismiss(user, by=by):
        raise ValidationError(_("You may not dismiss this person."), "not_allowed")
    if on > company_today():
        raise ValidationError(_("The last day cannot lie in the future."), "future")
    if user.hired_on and on < user.hired_on:
        raise ValidationError(_("The person was hired later than that."), "before_hiring")


def check_not_last_admin(user: User) -> None:
    """Raises ValidationError "last_admin" when nobody else could keep the installation."""
    if user.role != Role.ADMIN:
        return
    admins = User.objects.working().filter(role=Role.ADMIN).select_for_update()
    if not [admin for admin in admins if admin.pk != user.pk]:
        raise ValidationError(_("The last administrator stays."), "last_admin")


def successor_of(user: User) -> User | None:
    """Whoever leads the person's team, or the nearest team above with another leader."""
    node = user.team
    while node is not None:
        leader = node.leader
        if leader is not None and leader.pk != user.pk and leader.is_active:
            return leader
        node = node.parent
    return None


def hand_over(user: User, to: User | None, by: User) -> None:
    if not leaving.left_by(user):
        return
    if to is None or to.pk == user.pk or not to.is_active:
        raise ValidationError(_("Choose who takes over the open work."), "no_successor")
    leaving.hand_over(user, to=to, by=by)


def end_place(user: User, on: date) -> None:
    """Close the current place; one that would begin on the last day or later never was."""
    user.memberships.filter(started_on__gte=on).delete()
    user.memberships.filter(ended_on=None).update(ended_on=on)
    user.memberships.filter(ended_on__gt=on).update(ended_on=on)
