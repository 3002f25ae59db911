"""A base goes to another person in one go: clients, deals, debts, tasks; and may come back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clients.actions.reassigning import Reassignment, reassign_clients
from apps.clients.models import Client, OwnerChange
from apps.core.access import allowed
from apps.core.calendars import company_today
from apps.core.models import Decision
from apps.deals.actions.reassigning import reassign_deals, unfinished
from apps.deals.choices import Outcome
from apps.deals.models import Deal
from apps.portfolio.actions.belongings import belongings_of
from apps.portfolio.actions.eligibility import obstacles_to_base
from apps.portfolio.actions.telling import tell_receiver
from apps.portfolio.choices import HandoverCause, HandoverKind, HandoverState, HandoverStep
from apps.portfolio.models import Handover, HandoverItem
from apps.portfolio.rules import can_accept, can_give_back, can_tick
from apps.staff.models import User
from apps.tasks.actions import reassign_tasks
from apps.tasks.models import Task

DECISION_KIND = "handover"
METRIC = "revenue"
# Deals are watched for so long after they changed hands.
WATCH_DAYS = 30


@transaction.atomic
def hand_over(
    *,
    giver: User,
    receiver: User,
    by: User,
    cause: str,
    clients: Collection[int] | None = None,
    note: str = "",
) -> Handover:
    """Give `clients` of `giver` (ids; None is the whole base) to `receiver` with what hangs on them.

    Clients, the giver's unfinished deals with them and his tasks about either; the whole base also
    brings his other deals and tasks. Files and payment schedules hang on the deals. One
    transaction; the receiver is told once. Clients that are not the giver's are left out.
    Raises PermissionDenied unless `by` leads both, ValidationError "same", "ineligible"
    (invariant 10) or "nothing".
    """
    check_people(giver, receiver, by)
    ids = list(Client.objects.kept().filter(owner=giver).values_list("pk", flat=True))
    is_whole = clients is None
    if clients is not None:
        ids = [pk for pk in ids if pk in set(clients)]
    handover = begin(giver, receiver, by, cause, is_whole, note)
    count = move_everything(handover, ids, by, is_whole)
    if not count:
        raise ValidationError(_("There is nothing to hand over."), "nothing")
    decide(handover, by)
    tell_receiver(handover, len(ids))
    return handover


def check_people(giver: User, receiver: User, by: User) -> None:
    seen = User.objects.work_visible_to(by).filter(pk__in=[giver.pk, receiver.pk])
    if not allowed(by, "portfolio.hand_over") or seen.count() < len({giver.pk, receiver.pk}):
        raise PermissionDenied
    if giver.pk == receiver.pk:
        raise refusal("receiver", _("That is the same person."), "same")
    if obstacle := obstacles_to_base([receiver])[receiver.pk]:
        text = _("%(person)s may not receive a base: %(why)s.")
        raise refusal("receiver", text % {"person": receiver, "why": obstacle.label}, "ineligible")


def refusal(field: str, text: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(text, code)})


def begin(giver: User, receiver: User, by: User, cause: str, is_whole: bool, note: str) -> Handover:
    now = timezone.now()
    return Handover.objects.create(
        giver=giver,
        receiver=receiver,
        cause=cause,
        is_whole_base=is_whole,
        note=note.strip(),
        author=by,
        handed_at=now,
        watch_until=now + timedelta(days=WATCH_DAYS),
    )


def move_everything(handover: Handover, clients: list[int], by: User, is_whole: bool) -> int:
    """Moves the rows and keeps an item of each; how many there were."""
    giver, receiver = handover.giver_id, handover.receiver_id
    deals, tasks = goods_of(giver, clients, is_whole)
    changes = reassign_clients(
        [Reassignment(pk, giver, receiver) for pk in clients],
        by=by,
        reason=_("Handover no. %(number)d") % {"number": handover.pk},
    )
    went = reassign_deals(dict.fromkeys(deals, (giver, receiver)), by=by)
    done = reassign_tasks(dict.fromkeys(tasks, (giver, receiver)))
    return keep_items(handover, changes, sorted(went), sorted(done))


def goods_of(giver: int, clients: list[int], is_whole: bool) -> tuple[list[int], list[int]]:
    """Ids of the unfinished deals and open tasks that go along."""
    if is_whole:
        deals = unfinished().filter(owner=giver).values_list("pk", flat=True)
        tasks = Task.objects.open().filter(assignee=giver).values_list("pk", flat=True)
        return list(deals), list(tasks)
    own = belongings_of(dict.fromkeys(clients, giver)).values()
    return [pk for one in own for pk in one.deals], [pk for one in own for pk in one.tasks]


def keep_items(
    handover: Handover,
    changes: Mapping[int, int | None],
    deals: Iterable[int],
    tasks: Iterable[int],
) -> int:
    items = [
        HandoverItem(handover=handover, kind=HandoverKind.CLIENT, client_id=pk, owner_change=event)
        for pk, event in changes.items()
    ]
    items += [deal_item(handover, pk, outcome) for pk, outcome in outcomes(deals)]
    items += [HandoverItem(handover=handover, kind=HandoverKind.TASK, task_id=pk) for pk in tasks]
    return len(HandoverItem.objects.bulk_create(items, batch_size=1000))


def outcomes(deals: Iterable[int]) -> Iterable[tuple[int, str]]:
    return Deal.objects.filter(pk__in=deals).order_by("pk").values_list("pk", "outcome")


def deal_item(handover: Handover, deal: int, outcome: str) -> HandoverItem:
    kind = HandoverKind.DEAL if outcome == Outcome.OPEN else HandoverKind.DEBT
    return HandoverItem(handover=handover, kind=kind, deal_id=deal)


def decide(handover: Handover, by: User) -> None:
    today = company_today()
    handover.decision = Decision.objects.create(
        kind=DECISION_KIND,
        subject=handover,
        metric=METRIC,
        # Nothing is to be lost by it.
        expected_change=Decimal(0),
        starts_on=today,
        ends_on=today + timedelta(days=WATCH_DAYS),
        note=handover.note,
        author=by,
    )
    handover.decision.people.set([handover.giver_id, handover.receiver_id])
    handover.save(update_fields=["decision"])


@transaction.atomic
def record_leaving(leaver: User, *, to: User, by: User) -> int:
    """Before a dismissal moves the open work: keep what goes, so that `to` gets a brief of it.

    Registered with the leaving of staff, which checks the rights and lets each room move its rows.
    """
    # A dismissal moves what is open; debts stay with the leaver's team.
    deals = list(Deal.objects.open().filter(owner=leaver).values_list("pk", flat=True))
    _deals, tasks = goods_of(leaver.pk, [], is_whole=True)
    clients = Client.objects.kept().filter(owner=leaver).values_list("pk", flat=True)
    if not (deals or tasks or clients) or leaver.pk == to.pk:
        return 0
    handover = begin(leaver, to, by, HandoverCause.LEAVES, True, "")
    keep_items(handover, dict.fromkeys(clients), deals, tasks)
    decide(handover, by)
    tell_receiver(handover, len(clients))
    return 0


@transaction.atomic
def accept_handover(handover: Handover, *, by: User) -> Handover:
    """The receiver has it; a second call changes nothing. Raises PermissionDenied."""
    handover = locked(handover)
    if handover.state == HandoverState.ACCEPTED and handover.receiver_id == by.pk:
        return handover
    if not can_accept(handover, by=by):
        raise PermissionDenied
    handover.state, handover.accepted_at = HandoverState.ACCEPTED, timezone.now()
    handover.save(update_fields=["state", "accepted_at"])
    return handover


@transaction.atomic
def tick_step(handover: Handover, *, step: str, is_done: bool, by: User) -> Handover:
    """A step of the checklist is done, or not after all. Raises PermissionDenied."""
    handover = locked(handover)
    if not can_tick(handover, by=by) or step not in HandoverStep.values:
        raise PermissionDenied
    done = set(handover.steps_done) - {step}
    handover.steps_done = sorted(done | {step}) if is_done else sorted(done)
    handover.save(update_fields=["steps_done"])
    return handover


@transaction.atomic
def give_back(handover: Handover, *, by: User) -> int:
    """Back to the giver (he has returned from his leave): what has not changed hands since.

    How many objects stayed where they are is returned. Raises PermissionDenied when the giver has
    left or `by` does not lead both.
    """
    handover = locked(handover)
    if handover.state == HandoverState.RETURNED:
        return handover.items.filter(is_returned=False).count()
    people = [handover.giver_id, handover.receiver_id]
    seen = User.objects.work_visible_to(by).filter(pk__in=people)
    if not can_give_back(handover, by=by) or seen.count() < len(people):
        raise PermissionDenied
    stayed = return_items(handover, by)
    handover.state, handover.returned_at = HandoverState.RETURNED, timezone.now()
    handover.save(update_fields=["state", "returned_at"])
    return stayed


def return_items(handover: Handover, by: User) -> int:
    items = list(handover.items.all())
    giver, receiver = handover.giver_id, handover.receiver_id
    changed = changed_since(items)
    back = reassign_clients(
        [
            Reassignment(item.client_id, receiver, giver)
            for item in items
            if item.client_id and item.client_id not in changed
        ],
        by=by,
        reason=_("Handover no. %(number)d is taken back") % {"number": handover.pk},
        restoring=True,
    )
    deals = {item.deal_id: (receiver, giver) for item in items if item.deal_id}
    tasks = {item.task_id: (receiver, giver) for item in items if item.task_id}
    went, done = reassign_deals(deals, by=by), reassign_tasks(tasks)
    for item in items:
        item.is_returned = item.client_id in back or item.deal_id in went or item.task_id in done
    HandoverItem.objects.bulk_update(items, ["is_returned"], batch_size=1000)
    return sum(not item.is_returned for item in items)


def changed_since(items: list[Any]) -> set[int]:
    """Clients whose owner changed again after the handover."""
    events = {item.client_id: item.owner_change for item in items if item.owner_change}
    later = OwnerChange.objects.filter(client__in=events).values_list("pk", "client_id")
    return {client for pk, client in later if pk > events[client]}


def locked(handover: Handover) -> Handover:
    rows = Handover.objects.select_for_update(of=("self",)).select_related("giver", "receiver")
    return rows.get(pk=handover.pk)
