"""Whom a telephone number or an e-mail address belongs to, and which deal was talked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from apps.clients.models import Client, Contact
from apps.deals.models import Deal
from apps.staff.models import User


@dataclass(frozen=True)
class Party:
    """A client, and the contact of his whose number or address it is."""

    client_id: int
    contact_id: int | None = None


def parties_by(field: str, values: Iterable[str], *, by: User) -> dict[str, list[Party]]:
    """Clients that `by` sees by `field` ("phone", "email"), their own or a contact's.

    A contact comes before the client himself; a client stands once.
    """
    wanted = set(filter(None, values))
    found: dict[str, dict[int, Party]] = defaultdict(dict)
    contacts = Contact.objects.kept().visible_to(by).filter(client__archived_at=None)
    rows = contacts.filter(**{f"{field}__in": wanted}).order_by("pk")
    for value, client, contact in rows.values_list(field, "client_id", "pk"):
        found[value].setdefault(client, Party(client, contact))
    clients = Client.objects.kept().visible_to(by).filter(**{f"{field}__in": wanted})
    for value, client in clients.order_by("pk").values_list(field, "pk"):
        found[value].setdefault(client, Party(client))
    return {value: list(parties.values()) for value, parties in found.items()}


class OpenDeals:
    """The open deals of some clients: which one a talk was about."""

    def __init__(self, clients: Iterable[int]) -> None:
        rows = Deal.objects.open().filter(client__in=set(clients))
        latest_first = rows.order_by("client_id", "-last_activity_at", "-pk")
        self._deals: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for client, deal, owner in latest_first.values_list("client_id", "pk", "owner_id"):
            self._deals[client].append((deal, owner))

    def about(self, client: int, user: int) -> int | None:
        """The latest deal of that person with the client, else the client's only one."""
        deals = self._deals.get(client, [])
        own = [deal for deal, owner in deals if owner == user]
        if own:
            return own[0]
        return deals[0][0] if len(deals) == 1 else None
