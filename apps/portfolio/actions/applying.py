"""A distribution is applied, recorded as a decision, and may be taken back."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clients.actions.reassigning import Reassignment, reassign_clients
from apps.clients.models import Client, OwnerChange
from apps.core.calendars import company_today
from apps.core.jobs import enqueue
from apps.core.models import Decision
from apps.core.periods import DAY
from apps.deals.actions.reassigning import reassign_deals
from apps.portfolio.actions.belongings import Belongings, belongings_of
from apps.portfolio.actions.distribution import check_leads, locked, proposed
from apps.portfolio.actions.eligibility import obstacles_to_clients
from apps.portfolio.actions.telling import tell_receivers
from apps.portfolio.choices import DistributionState, MoveState, SkipReason
from apps.portfolio.models import Distribution, DistributionMove, LoadNorms
from apps.portfolio.rules import can_undo
from apps.staff.models import User
from apps.tasks.actions import reassign_tasks

APPLY_KIND = "distribution.apply"
DECISION_KIND = "redistribution"
# What a distribution should move unless the head says otherwise, and how long it is watched.
METRIC, WATCHED = "revenue", timedelta(days=90)


@transaction.atomic
def start_applying(
    distribution: Distribution,
    *,
    by: User,
    with_deals: bool,
    expected_change: Decimal | None = None,
    until: date | None = None,
    note: str = "",
) -> Any:
    """Apply a large distribution by a job, which is returned. Raises as `set_mode`."""
    distribution = proposed(distribution, by)
    return enqueue(
        APPLY_KIND,
        key=f"distribution:{distribution.pk}:apply",
        payload={
            "distribution": distribution.pk,
            "with_deals": with_deals,
            "expected_change": str(expected_change) if expected_change is not None else "",
            "until": until.isoformat() if until else "",
            "note": note,
        },
        author=by,
    )


@transaction.atomic
def apply_distribution(
    distribution: Distribution,
    *,
    by: User,
    with_deals: bool | None = None,
    expected_change: Decimal | None = None,
    until: date | None = None,
    note: str = "",
) -> Distribution:
    """Make the ticked moves, in one transaction, and record the decision.

    A client whose owner has changed since the proposal, or whose receiver may not receive any more,
    is skipped and says why. Each receiver is told once. The same call again changes nothing.
    Raises PermissionDenied, ValidationError "not_proposed" or "nothing_chosen".
    """
    distribution = locked(distribution)
    check_leads(by, distribution.node)
    if distribution.state == DistributionState.APPLIED:
        return distribution
    distribution = proposed(distribution, by)
    if with_deals is not None:
        distribution.with_deals = with_deals
    chosen = list(distribution.moves.filter(is_chosen=True).select_related("new_owner"))
    if not chosen:
        raise ValidationError(_("No move is ticked."), "nothing_chosen")
    distribution.moves.filter(is_chosen=False).update(state=MoveState.KEPT)
    make_moves(distribution, chosen, by)
    distribution.decision = decide(distribution, chosen, by, expected_change, until, note)
    distribution.state, distribution.applied_by = DistributionState.APPLIED, by
    distribution.applied_at = timezone.now()
    distribution.version += 1
    distribution.save()
    tell_receivers(distribution, chosen, by)
    return distribution


def make_moves(distribution: Distribution, chosen: list[DistributionMove], by: User) -> None:
    people = list({move.new_owner_id: move.new_owner for move in chosen}.values())
    obstacles = obstacles_to_clients(people, LoadNorms.current())
    seen = set(User.objects.work_visible_to(by).values_list("pk", flat=True))
    able = [
        move for move in chosen if not obstacles[move.new_owner_id] and move.new_owner_id in seen
    ]
    goods = belongings_of({move.client_id: move.old_owner_id for move in able})
    changes = reassign_clients(
        [Reassignment(move.client_id, move.old_owner_id, move.new_owner_id) for move in able],
        by=by,
        reason=_("Distribution of clients no. %(number)d") % {"number": distribution.pk},
    )
    gone = set(
        Client.objects.exclude(archived_at=None)
        .filter(pk__in=[move.client_id for move in chosen])
        .values_list("pk", flat=True)
    )
    is_able = {move.pk for move in able}
    for move in chosen:
        settle(move, changes, move.pk in is_able, gone)
    if distribution.with_deals:
        move_belongings([move for move in chosen if move.owner_change], goods, by)
    DistributionMove.objects.bulk_update(
        chosen, ["state", "skipped_for", "owner_change", "deals", "tasks"], batch_size=1000
    )


def settle(move: DistributionMove, changes: dict[int, int], is_able: bool, gone: set[int]) -> None:
    """What became of the move."""
    move.owner_change = changes.get(move.client_id)
    if move.owner_change is not None:
        move.state = MoveState.APPLIED
        return
    move.state = MoveState.SKIPPED
    if not is_able:
        move.skipped_for = SkipReason.INELIGIBLE
    else:
        in_bin = move.client_id in gone
        move.skipped_for = SkipReason.GONE if in_bin else SkipReason.CHANGED


def move_belongings(moves: list[DistributionMove], goods: dict[int, Belongings], by: User) -> None:
    """Open deals and tasks of the clients go along; each move keeps the ids of what went."""
    deals: dict[int, tuple[int, int]] = {}
    tasks: dict[int, tuple[int, int]] = {}
    for move in moves:
        old, own = move.old_owner_id, goods.get(move.client_id)
        if old is None or own is None:
            continue
        deals |= dict.fromkeys(own.deals, (old, move.new_owner_id))
        tasks |= dict.fromkeys(own.tasks, (old, move.new_owner_id))
    went, done = reassign_deals(deals, by=by), reassign_tasks(tasks)
    for move in moves:
        own = goods.get(move.client_id)
        if own is not None and move.old_owner_id is not None:
            move.deals = [pk for pk in own.deals if pk in went]
            move.tasks = [pk for pk in own.tasks if pk in done]


def decide(
    distribution: Distribution,
    chosen: list[DistributionMove],
    by: User,
    expected_change: Decimal | None,
    until: date | None,
    note: str,
) -> Decision:
    """What was decided, about whom, and what it should move until when."""
    today = company_today()
    decision = Decision.objects.create(
        kind=DECISION_KIND,
        subject=distribution,
        metric=METRIC,
        expected_change=expected_change,
        starts_on=today,
        ends_on=until or today + WATCHED,
        note=note,
        author=by,
    )
    old = {move.old_owner_id for move in chosen if move.old_owner_id}
    decision.people.set(old | {move.new_owner_id for move in chosen})
    return decision


@transaction.atomic
def undo_distribution(distribution: Distribution, *, by: User) -> Distribution:
    """Give every client back to the owner before, with the deals and tasks that went along.

    A client whose owner has changed since, or whose former owner has left since, stays and says
    why. The same call again changes nothing. Raises PermissionDenied, ValidationError
    "not_applied".
    """
    distribution = locked(distribution)
    check_leads(by, distribution.node)
    if distribution.state == DistributionState.UNDONE:
        return distribution
    if not can_undo(distribution):
        raise ValidationError(_("It has not been applied."), "not_applied")
    moves = list(distribution.moves.filter(state=MoveState.APPLIED))
    give_back(distribution, moves, by)
    end(distribution.decision)
    distribution.state, distribution.undone_by = DistributionState.UNDONE, by
    distribution.undone_at = timezone.now()
    distribution.version = F("version") + 1
    distribution.save(update_fields=["state", "undone_by", "undone_at", "version"])
    distribution.refresh_from_db()
    return distribution


def end(decision: Decision | None) -> None:
    """What is taken back works no longer; a decision lasts a day at least."""
    if decision is not None:
        decision.ends_on = max(company_today(), decision.starts_on + DAY)
        decision.save(update_fields=["ends_on"])


def give_back(distribution: Distribution, moves: list[DistributionMove], by: User) -> None:
    left = left_since(distribution)
    changed = changed_since(moves)
    free = [
        move for move in moves if move.client_id not in changed and move.old_owner_id not in left
    ]
    back = reassign_clients(
        [Reassignment(move.client_id, move.new_owner_id, move.old_owner_id) for move in free],
        by=by,
        reason=_("Distribution no. %(number)d is taken back") % {"number": distribution.pk},
        restoring=True,
    )
    for move in moves:
        if move.client_id in back:
            move.state = MoveState.UNDONE
        else:
            is_left = move.old_owner_id in left
            move.skipped_for = SkipReason.OWNER_LEFT if is_left else SkipReason.CHANGED
    returning = [move for move in moves if move.client_id in back and move.old_owner_id]
    reassign_deals(ways_back(returning, "deals"), by=by)
    reassign_tasks(ways_back(returning, "tasks"))
    DistributionMove.objects.bulk_update(moves, ["state", "skipped_for"], batch_size=1000)


def ways_back(moves: list[DistributionMove], goods: str) -> dict[int, tuple[int, int]]:
    """Who has each deal or task now, and to whom it returns."""
    return {
        pk: (move.new_owner_id, move.old_owner_id)
        for move in moves
        if move.old_owner_id
        for pk in getattr(move, goods)
    }


def left_since(distribution: Distribution) -> set[int]:
    """People who have left after the distribution was applied."""
    applied = distribution.applied_at
    assert applied is not None, "only an applied distribution is taken back"
    gone = User.objects.filter(dismissed_on__gte=applied.date())
    was_here = distribution.seats.exclude(obstacle="dismissed").values("user")
    return set(gone.filter(pk__in=was_here).values_list("pk", flat=True))


def changed_since(moves: list[DistributionMove]) -> set[int]:
    """Clients whose owner changed after the event of their move, even if he is the same again."""
    latest: dict[int, int] = defaultdict(int)
    ids = [move.client_id for move in moves]
    for pk, client in OwnerChange.objects.filter(client__in=ids).values_list("pk", "client_id"):
        latest[client] = max(latest[client], pk)
    return {move.client_id for move in moves if latest[move.client_id] != move.owner_change}
