"""May this person receive clients, and may this happen now? Questions about loaded objects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from apps.core.access import allowed
from apps.portfolio.choices import DistributionState, HandoverState, Ineligible, MoveState
from apps.staff.choices import SELLING_ROLES, Role

if TYPE_CHECKING:
    from apps.portfolio.models import Distribution, Handover
    from apps.staff.models import User

LEADERS = (Role.LEAD, Role.HEAD)


def is_away_long(absences: Iterable[Any], today: date, days: int) -> bool:
    """Is one of `absences` on within `days` days, with more than `days` days of it to come?"""
    return any(
        one.starts_on <= today + timedelta(days=days)
        and (one.ends_on - max(one.starts_on, today)).days > days
        for one in absences
    )


def obstacle_to_clients(
    person: User, absences: Iterable[Any], *, today: date, days: int
) -> Ineligible:
    """Why `person` must receive no clients (invariant 10), Ineligible.NONE when he may."""
    if not person.is_active:
        return Ineligible.DISMISSED
    if person.role not in SELLING_ROLES:
        return Ineligible.NOT_SELLING
    if not person.may_receive_clients:
        return Ineligible.UNCERTIFIED
    return Ineligible.AWAY if is_away_long(absences, today, days) else Ineligible.NONE


def obstacle_to_leads(person: User, absences: Iterable[Any], *, today: date) -> Ineligible:
    """The same for a lead, which waits for nobody: whoever is away today gets none."""
    found = obstacle_to_clients(person, (), today=today, days=0)
    is_away = any(one.starts_on <= today < one.ends_on for one in absences)
    return found or (Ineligible.AWAY if is_away else Ineligible.NONE)


def obstacle_to_base(
    person: User, absences: Iterable[Any], *, today: date, days: int
) -> Ineligible:
    """The same for a handover: a leader may keep a base until it is divided, certified or not."""
    found = obstacle_to_clients(person, absences, today=today, days=days)
    if found != Ineligible.UNCERTIFIED or person.role not in LEADERS:
        return found
    return Ineligible.AWAY if is_away_long(absences, today, days) else Ineligible.NONE


def can_distribute(*, by: User) -> bool:
    return allowed(by, "portfolio.distribute")


def can_change_proposal(distribution: Distribution) -> bool:
    return distribution.state == DistributionState.PROPOSED


def can_undo(distribution: Distribution) -> bool:
    return distribution.state == DistributionState.APPLIED


def can_choose(move: Any) -> bool:
    return move.state == MoveState.PROPOSED


def can_accept(handover: Handover, *, by: User) -> bool:
    """The receiver alone says that he has it."""
    return handover.state == HandoverState.SENT and handover.receiver_id == by.pk


def can_tick(handover: Handover, *, by: User) -> bool:
    return handover.state != HandoverState.RETURNED and handover.receiver_id == by.pk


def can_give_back(handover: Handover, *, by: User) -> bool:
    """Leaders take a base back; not to somebody who has left."""
    return (
        handover.state != HandoverState.RETURNED
        and handover.giver.is_active
        and allowed(by, "portfolio.hand_over")
    )
