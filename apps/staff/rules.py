"""Yes/no questions about loaded people and teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.staff.choices import Role

if TYPE_CHECKING:
    from apps.staff.models import User

# HR brings in those who sell and colleagues of their own; who sees the whole company's money or
# keeps the installation is an administrator's decision.
ROLES_HR_GIVES = (Role.SELLER, Role.LEAD, Role.HEAD, Role.HR)


def roles_given_by(giver: User) -> list[Role]:
    """The roles that `giver` may put a person into."""
    if giver.role == Role.ADMIN:
        return list(Role)
    return list(ROLES_HR_GIVES) if giver.role == Role.HR else []


def can_give_role(role: str, *, by: User) -> bool:
    return role in roles_given_by(by)


def can_change_account(person: User, *, by: User) -> bool:
    """May `by` edit the e-mail of `person`? Whoever sets the e-mail can take the account over."""
    return by.role == Role.ADMIN or can_give_role(person.role, by=by)


def can_dismiss(person: User, *, by: User) -> bool:
    """Nobody dismisses himself; HR only those whom HR may hire."""
    return person.is_active and person.pk != by.pk and can_give_role(person.role, by=by)
