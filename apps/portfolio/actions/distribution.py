"""A distribution is asked for, counted and adjusted; the proposal itself changes nothing."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.jobs import enqueue
from apps.portfolio.actions.proposing import Beat, Proposal, counted, silent
from apps.portfolio.choices import DistributionScope, DistributionState, SeatMode
from apps.portfolio.models import Distribution, DistributionMove, DistributionSeat
from apps.portfolio.rules import can_change_proposal, can_choose, can_distribute
from apps.staff.models import TeamNode, User

JOB_KIND = "distribution"
COUNTED_ANEW = (DistributionState.COUNTING, DistributionState.PROPOSED)


@transaction.atomic
def start_distribution(
    *,
    by: User,
    node: TeamNode,
    scope: str = DistributionScope.ALL,
    person: User | None = None,
    level: str = "",
    tolerance: Decimal = Decimal("0.10"),
    most_moved: Decimal = Decimal("0.20"),
    with_deals: bool = True,
) -> Distribution:
    """Ask for a proposal; it is counted by a job. `tolerance` and `most_moved` are fractions.

    Raises PermissionDenied unless `by` leads `node` (and sees `person`), ValidationError
    "no_person" for a scope of a person without one.
    """
    check_leads(by, node)
    if scope == DistributionScope.PERSON:
        check_person(person, by)
    distribution = Distribution.objects.create(
        node=node,
        scope=scope,
        person=person if scope == DistributionScope.PERSON else None,
        level=level if scope == DistributionScope.LEVEL else "",
        tolerance=tolerance,
        most_moved=most_moved,
        with_deals=with_deals,
        author=by,
    )
    return count_again(distribution, by)


def check_leads(by: User, node: TeamNode) -> None:
    if not can_distribute(by=by) or not TeamNode.objects.led_by(by).filter(pk=node.pk).exists():
        raise PermissionDenied


def check_person(person: User | None, by: User) -> None:
    if person is None:
        text = _("Choose the person whose clients are divided.")
        raise ValidationError({"person": ValidationError(text, "no_person")})
    if not User.objects.work_visible_to(by).filter(pk=person.pk).exists():
        raise PermissionDenied


def count_again(distribution: Distribution, by: User) -> Distribution:
    """A counting of its own: what an older one may still bring is dropped by its version."""
    distribution.version += 1
    distribution.state = DistributionState.COUNTING
    distribution.job = enqueue(
        JOB_KIND,
        key=f"distribution:{distribution.pk}:{distribution.version}",
        payload={"distribution": distribution.pk},
        author=by,
    )
    distribution.save(update_fields=["state", "job", "version"])
    return distribution


@transaction.atomic
def start_again(distribution: Distribution, *, by: User) -> Distribution:
    """Count the open proposal anew, on the base as it is now, also after a job that failed.

    Raises as `set_mode`.
    """
    distribution = locked(distribution)
    if distribution.state == DistributionState.COUNTING:
        check_leads(by, distribution.node)
        return count_again(distribution, by)
    return count_again(proposed(distribution, by), by)


def propose(distribution: Distribution, *, beat: Beat = silent) -> Distribution:
    """Count the proposal and keep it in place of the one before; no owner changes.

    Nothing is drawn by lot: the same base gives the same proposal. A repetition counts anew. While
    it counts, nothing is locked and `beat` tells the stage; what was changed meanwhile wins.
    """
    distribution.refresh_from_db()
    if distribution.state not in COUNTED_ANEW:
        return distribution
    return keep(distribution, counted(distribution, beat))


@transaction.atomic
def keep(asked: Distribution, found: Proposal) -> Distribution:
    """Write the proposal, unless it was asked for anew while it was counted."""
    distribution = locked(asked)
    if distribution.version != asked.version or distribution.state not in COUNTED_ANEW:
        return distribution
    distribution.seats.all().delete()
    distribution.moves.all().delete()
    DistributionSeat.objects.bulk_create(found.seats)
    DistributionMove.objects.bulk_create(found.moves, batch_size=1000)
    distribution.state, distribution.summary = DistributionState.PROPOSED, found.summary
    distribution.version += 1
    distribution.save(update_fields=["state", "summary", "version"])
    return distribution


@transaction.atomic
def set_mode(distribution: Distribution, *, person: User, mode: str, by: User) -> Distribution:
    """Pin or exclude a person, or let him take part again, and count anew.

    Raises PermissionDenied, and ValidationError "not_proposed" once it is applied.
    """
    distribution = proposed(distribution, by)
    if mode not in (SeatMode.TAKES, SeatMode.PINNED, SeatMode.EXCLUDED):
        raise ValidationError(_("People cannot choose that."), "mode")
    distribution.seats.filter(user=person).update(mode=mode)
    return count_again(distribution, by)


@transaction.atomic
def choose_move(move: DistributionMove, *, is_chosen: bool, by: User) -> DistributionMove:
    """Tick a move, or untick it: it will not be made. Raises as `set_mode`."""
    proposed(move.distribution, by)
    if can_choose(move):
        move.is_chosen = is_chosen
        move.save(update_fields=["is_chosen"])
    return move


def proposed(distribution: Distribution, by: User) -> Distribution:
    """The row, locked, while it may still be changed by `by`."""
    distribution = locked(distribution)
    check_leads(by, distribution.node)
    if not can_change_proposal(distribution):
        raise ValidationError(_("The distribution is not open any more."), "not_proposed")
    return distribution


def locked(distribution: Distribution) -> Distribution:
    rows = Distribution.objects.select_for_update(of=("self",)).select_related("node")
    return rows.get(pk=distribution.pk)
