"""Tags of a deal."""

from collections.abc import Iterable

from django.db import transaction

from apps.core.models import Tag
from apps.deals.actions.locks import lock_deal, save_deal
from apps.deals.models import Deal
from apps.staff.models import User


@transaction.atomic
def tag_deal(deal: Deal, *, by: User, add: Iterable[Tag] = (), remove: Iterable[Tag] = ()) -> Deal:
    """Put tags on the deal and take others off: its next version, unless it has them so already."""
    deal = lock_deal(deal, by=by)
    had = set(deal.tags.all())
    wanted = (had | set(add)) - set(remove)
    if wanted == had:
        return deal
    deal.tags.set(wanted)
    return save_deal(deal)
