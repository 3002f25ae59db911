"""What hangs on a client: the owner's unfinished deals and tasks, which go along with him."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType

from apps.clients.models import Client
from apps.deals.actions.reassigning import unfinished
from apps.deals.models import Deal
from apps.tasks.models import Task


@dataclass
class Belongings:
    """Ids of open deals, of won ones that are not paid in full, and of open tasks."""

    deals: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)


def belongings_of(owners: Mapping[int, int | None]) -> dict[int, Belongings]:
    """By client: the unfinished deals of his owner with him, and the owner's tasks about either.

    Colleagues who have a deal of their own with the client keep it. Payment schedules and files hang
    on deals and need no moving. Three statements.
    """
    found: dict[int, Belongings] = defaultdict(Belongings)
    client_of: dict[int, int] = {}
    deals = unfinished().filter(client__in=owners).order_by("pk")
    for pk, client, owner in deals.values_list("pk", "client_id", "owner_id"):
        client_of[pk] = client
        if owners[client] == owner:
            found[client].deals.append(pk)
    kinds = ContentType.objects.get_for_models(Client, Deal)
    for kind, client_by_subject in (
        (kinds[Client].pk, {client: client for client in owners}),
        (kinds[Deal].pk, client_of),
    ):
        tasks = Task.objects.open().filter(content_type=kind, object_id__in=client_by_subject)
        for pk, subject, person in tasks.order_by("pk").values_list(
            "pk", "object_id", "assignee_id"
        ):
            client = client_by_subject[subject]
            if owners[client] == person:
                found[client].tasks.append(pk)
    return dict(found)
