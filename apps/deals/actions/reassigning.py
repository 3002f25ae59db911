"""Many deals change owners in one transaction: what is open, and what is won and not paid yet.

A win stays with who won it: facts and bonuses go by the owner on the day of the event.
"""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q, QuerySet

from apps.deals import rules
from apps.deals.choices import Outcome
from apps.deals.models import Deal, ScheduleLine
from apps.staff.models import User


def unfinished() -> QuerySet[Deal]:
    """Deals with something to be done: open ones, and won ones whose payments are still expected."""
    owed = ScheduleLine.objects.owed().values("deal")
    return Deal.objects.kept().filter(Q(outcome=Outcome.OPEN) | Q(pk__in=owed))


@transaction.atomic
def reassign_deals(wanted: Mapping[int, tuple[int, int]], *, by: User) -> set[int]:
    """Give the deals `wanted` (id: present owner, new owner) away; the ids of those that went.

    A deal that has nothing to be done, is in the bin or another owner's by now is left as it is. The
    caller has checked the new owners. Raises PermissionDenied when `by` leads nobody.
    """
    if by.role not in rules.LEADING:
        raise PermissionDenied
    rows = unfinished().filter(pk__in=wanted).select_for_update().order_by("pk")
    going: dict[int, list[int]] = {}
    for pk, owner in rows.values_list("pk", "owner_id"):
        if wanted[pk][0] == owner and wanted[pk][1] != owner:
            going.setdefault(wanted[pk][1], []).append(pk)
    for new, deals in going.items():
        Deal.objects.filter(pk__in=deals).update(owner=new, version=F("version") + 1)
    return {pk for deals in going.values() for pk in deals}
