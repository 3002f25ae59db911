"""Touches of clients: calls, meetings and e-mails about them or about their deals."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from apps.deals.choices import ActivityKind
from apps.deals.models import Activity


def touches_since(days: Mapping[int, date]) -> dict[int, int]:
    """How often each client was touched after his day; one query for all of `days`."""
    if not days:
        return {}
    about = Q(client__in=days) | Q(client=None, deal__client__in=days)
    rows = (
        Activity.objects.standing()
        .exclude(kind=ActivityKind.NOTE)
        .filter(about, happened_on__gt=min(days.values()))
        .order_by()
        .values_list(Coalesce("client", "deal__client"), "happened_on")
        .annotate(Count("pk"))
    )
    found: dict[int, int] = {}
    for client, day, count in rows:
        if day > days[client]:
            found[client] = found.get(client, 0) + count
    return found
