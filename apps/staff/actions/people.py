"""Hiring, and what is changed about a person later."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.versions import save_version
from apps.staff.actions.accounts import end_sessions
from apps.staff.actions.leaving import check_not_last_admin
from apps.staff.actions.teams import join_team
from apps.staff.choices import Role
from apps.staff.models import Position, TeamNode, User
from apps.staff.rules import can_change_account, can_give_role

CAPACITY_FIELDS = ("hours_per_day", "ramp_share", "may_receive_clients")


@transaction.atomic
def hire(
    *,
    by: User | None,
    last_name: str,
    first_name: str,
    middle_name: str = "",
    email: str | None = None,
    phone: str = "",
    role: str = Role.SELLER,
    node: TeamNode | None = None,
    on: date,
    position: Position | None = None,
    mentor: User | None = None,
    ramp_share: Decimal = Decimal(1),
    may_receive_clients: bool = False,
    password: str | None = None,
    **fields: Any,
) -> User:
    """A new person with a place in `node` from `on`; without `password` he cannot log in yet.

    `by` None stands for the machine itself (set-up, import). Raises ValidationError
    "role_not_given" or "email_taken".
    """
    if by is not None and not can_give_role(role, by=by):
        raise ValidationError(_("You may not give this role."), "role_not_given")
    check_email_is_free(email)
    user = User.objects.create_user(
        email,
        password,
        last_name=last_name,
        first_name=first_name,
        middle_name=middle_name,
        phone=phone,
        role=role,
        hired_on=on,
        ramp_share=ramp_share,
        may_receive_clients=may_receive_clients,
        **fields,
    )
    if node is not None:
        join_team(user, node, on, position, mentor)
        user.refresh_from_db(fields=["team"])
    return user


def check_email_is_free(email: str | None, *, but_for: User | None = None) -> None:
    if not email:
        return
    others = User.objects.filter(email=email.strip().lower())
    if but_for is not None:
        others = others.exclude(pk=but_for.pk)
    if others.exists():
        raise ValidationError({"email": ValidationError(_("This e-mail is taken."), "email_taken")})


@transaction.atomic
def rehire(user: User, *, by: User, node: TeamNode, on: date, role: str | None = None) -> User:
    """A dismissed person comes back; his earlier places stay. Raises "role_not_given"."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not can_give_role(role or user.role, by=by):
        raise ValidationError(_("You may not give this role."), "role_not_given")
    if user.dismissed_on is not None and on < user.dismissed_on:
        raise ValidationError(_("The person still worked here then."), "before_dismissal")
    user.dismissed_on = None
    user.role = role or user.role
    user.hired_on = on
    user.version += 1
    user.save(update_fields=["dismissed_on", "role", "hired_on", "version"])
    join_team(user, node, on)
    return user


@transaction.atomic
def change_person(user: User, *, by: User, expected_version: int, **fields: Any) -> User:
    """Edit the card; raises Conflict, or ValidationError "not_allowed", "role_not_given",
    "email_taken", "last_admin". A new e-mail ends the person's sessions.
    """
    before = User.objects.select_for_update().get(pk=user.pk)
    email_changes = "email" in fields and (fields["email"] or None) != before.email
    if "role" in fields and fields["role"] != before.role:
        check_role_change(before, fields["role"], by)
    if email_changes:
        if not can_change_account(before, by=by):
            raise ValidationError(_("You may not change this account."), "not_allowed")
        fields["email"] = fields["email"].strip().lower() if fields["email"] else None
        check_email_is_free(fields["email"], but_for=before)
    for name, value in fields.items():
        setattr(user, name, value)
    saved = save_version(user, expected=expected_version, fields=list(fields))
    if email_changes:
        end_sessions(user)
    return saved


def check_role_change(user: User, role: str, by: User) -> None:
    if not (can_give_role(role, by=by) and can_give_role(user.role, by=by)) or user.pk == by.pk:
        raise ValidationError(_("You may not give this role."), "role_not_given")
    if role != Role.ADMIN:
        check_not_last_admin(user)


@transaction.atomic
def change_capacity(
    user: User,
    *,
    expected_version: int,
    hours_per_day: Decimal,
    ramp_share: Decimal,
    may_receive_clients: bool,
) -> User:
    """How much work a person can take; raises Conflict."""
    user.hours_per_day = hours_per_day
    user.ramp_share = ramp_share
    user.may_receive_clients = may_receive_clients
    return save_version(user, expected=expected_version, fields=list(CAPACITY_FIELDS))
