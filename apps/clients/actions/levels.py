"""Levels that a segmentation gives to many clients at once."""

from collections import defaultdict
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from apps.clients.models import Client


@transaction.atomic
def write_levels(levels: Mapping[int, str]) -> int:
    """Write the level of each client by number; how many changed.

    Whoever has an older version of such a client open sees a conflict when he saves. A client in
    the bin stays as he is; the same level again changes nothing. Nobody is notified.
    """
    wanted = defaultdict(list)
    for client, level in levels.items():
        wanted[level].append(client)
    locked = Client.objects.kept().filter(pk__in=levels).select_for_update().order_by("pk")
    list(locked.values_list("pk"))
    return sum(
        Client.objects.kept()
        .filter(pk__in=clients)
        .exclude(level=level)
        .update(level=level, version=F("version") + 1)
        for level, clients in wanted.items()
    )
