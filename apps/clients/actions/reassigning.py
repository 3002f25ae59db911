"""Many clients change owners in one transaction: for distributions and handovers of a base."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.clients.models import Client, OwnerChange
from apps.clients.rules import can_own
from apps.core.access import allowed
from apps.staff.choices import SELLING_ROLES
from apps.staff.models import User


@dataclass(frozen=True)
class Reassignment:
    """The client `client` goes from `old` to `new` (ids of people; None is nobody)."""

    client: int
    old: int | None
    new: int | None


@transaction.atomic
def reassign_clients(
    wanted: Iterable[Reassignment], *, by: User, reason: str, restoring: bool = False
) -> dict[int, int]:
    """Give the clients to their new owners and write the events; the event's id by client.

    A client that is in the bin, whose owner is not `old` any more, or whom `by` does not see, is left
    as it is and is missing from the answer. Nobody is told: the caller tells each person once, about
    everything. `restoring` gives clients back to whoever had them, nobody and leavers included.
    Raises PermissionDenied when `by` may not assign clients or one of the new owners cannot have
    them.
    """
    if not allowed(by, "clients.assign_client"):
        raise PermissionDenied
    in_order = sorted(wanted, key=lambda one: one.client)
    asked = {one.client: one for one in in_order if one.old != one.new}
    if not restoring:
        check_new_owners({one.new for one in asked.values()}, by)
    free = still_owned(asked, by, restoring)
    moved = [one for one in asked.values() if one.client in free]
    for new in {one.new for one in moved}:
        going = [one.client for one in moved if one.new == new]
        Client.objects.filter(pk__in=going).update(owner=new, version=F("version") + 1)
    return write_events(moved, by, reason)


def check_new_owners(people: set[int | None], by: User) -> None:
    """Raises PermissionDenied unless all of them sell, work here and are in the sight of `by`."""
    seen = User.objects.work_visible_to(by).filter(pk__in=people)
    able = {person.pk for person in seen if can_own(person)}
    if people - able:
        raise PermissionDenied


def still_owned(wanted: dict[int, Reassignment], by: User, restoring: bool) -> set[int]:
    """Locks the rows; of them, those that are where they were and that `by` may move.

    A client given back may have come from somebody whom `by` leads no more: then he may not.
    """
    rows = Client.objects.visible_to(by).kept().filter(pk__in=wanted)
    locked = rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", "owner_id")
    known = {pk for pk, owner in locked if wanted[pk].old == owner}
    if not restoring:
        return known
    seen = User.objects.work_visible_to(by).filter(role__in=SELLING_ROLES)
    backs = set(seen.values_list("pk", flat=True)) | {None}
    return {pk for pk in known if wanted[pk].new in backs}


def write_events(moved: list[Reassignment], by: User, reason: str) -> dict[int, int]:
    now = timezone.now()
    events = OwnerChange.objects.bulk_create(
        OwnerChange(
            client_id=one.client,
            old_owner_id=one.old,
            new_owner_id=one.new,
            happened_at=now,
            author=by,
            reason=reason.strip()[:255],
        )
        for one in moved
    )
    return {event.client_id: event.pk for event in events}
