"""Many open deals change owners in one transaction; won and lost ones stay whose they are."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from apps.deals import rules
from apps.deals.choices import StageKind
from apps.deals.models import Deal
from apps.staff.models import User


@transaction.atomic
def reassign_deals(wanted: Mapping[int, tuple[int, int]], *, by: User) -> set[int]:
    """Give the open deals `wanted` (id: present owner, new owner) away; the ids of those that went.

    A deal that is closed, in the bin or another owner's by now is left as it is. The caller has
    checked the new owners. Raises PermissionDenied when `by` leads nobody.
    """
    if by.role not in rules.LEADING:
        raise PermissionDenied
    return move_open_deals(wanted)


@transaction.atomic
def route_lead(deal: Deal, *, to: User) -> bool:
    """Give a deal that still is a lead to `to`, as a rule for leads decided; False when it is none."""
    row = Deal.objects.open().filter(pk=deal.pk).select_related("stage").first()
    if row is None or row.stage.kind != StageKind.LEAD:
        return False
    if row.owner_id != to.pk:
        move_open_deals({row.pk: (row.owner_id, to.pk)})
    return True


def move_open_deals(wanted: Mapping[int, tuple[int, int]]) -> set[int]:
    """Locks the rows and writes each new owner by one statement."""
    rows = Deal.objects.open().filter(pk__in=wanted).select_for_update().order_by("pk")
    going: dict[int, list[int]] = {}
    for pk, owner in rows.values_list("pk", "owner_id"):
        if wanted[pk][0] == owner and wanted[pk][1] != owner:
            going.setdefault(wanted[pk][1], []).append(pk)
    for new, deals in going.items():
        Deal.objects.filter(pk__in=deals).update(owner=new, version=F("version") + 1)
    return {pk for deals in going.values() for pk in deals}
