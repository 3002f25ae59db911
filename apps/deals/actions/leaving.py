"""What becomes of a leaver's open deals; won and lost ones stay his."""

from apps.deals.actions.locks import save_deal
from apps.deals.models import Deal
from apps.staff.models import User


def count_open_deals(person: User) -> int:
    return Deal.objects.open().filter(owner=person).count()


def hand_over_deals(leaver: User, *, to: User, by: User) -> int:
    """Every open deal of the leaver goes to `to`; for `dismiss`, which checked the rights."""
    deals = Deal.objects.open().filter(owner=leaver).select_for_update().order_by("pk")
    for deal in deals:
        save_deal(deal, owner=to)
    return len(deals)
