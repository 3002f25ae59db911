"""Clients and contacts for the global search; misspelt names only when nothing is found exactly."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz, process

from apps.clients.calculations import bare_name, shown_phone
from apps.clients.models import Client, Contact
from apps.core.access import allowed
from apps.core.search import Hit, Provider, add_provider

ALIKE_FROM = 75
# Beyond so many names a misspelling is not looked for: the answer must come at once.
COMPARED = 50_000
LEAST_LETTERS = 4


def offer_search() -> None:
    add_provider(Provider("clients", _("Clients"), "building", 20, find_clients))
    add_provider(Provider("contacts", _("Contacts"), "person", 30, find_contacts))


def find_clients(user: Any, text: str, limit: int) -> Iterable[Hit]:
    if not allowed(user, "clients.view_client"):
        return []
    seen = Client.objects.kept().visible_to(user).select_related("owner")
    found = list(seen.said_by(text).order_by("name_key", "pk")[:limit])
    return [as_hit(client) for client in found or misspelt(seen, text, limit)]


def find_contacts(user: Any, text: str, limit: int) -> Iterable[Hit]:
    if not allowed(user, "clients.view_client"):
        return []
    seen = Contact.objects.kept().visible_to(user).filter(client__archived_at=None)
    found = seen.said_by(text).select_related("client").order_by("name_key", "pk")[:limit]
    return [
        Hit(
            contact.name,
            reverse("clients:client", args=[contact.client_id]),
            noted(contact.client.name, contact.position, shown_phone(contact.phone)),
        )
        for contact in found
    ]


def misspelt(seen: QuerySet[Client], text: str, limit: int) -> list[Client]:
    """The clients whose names are nearest to `text`, when it has letters enough to be one."""
    wanted = bare_name(text)
    if sum(char.isalpha() for char in wanted) < LEAST_LETTERS:
        return []
    names = dict(seen.order_by().values_list("pk", "name_key")[:COMPARED])
    near = process.extract(
        wanted, names, scorer=fuzz.WRatio, processor=bare_name, score_cutoff=ALIKE_FROM, limit=limit
    )
    found = seen.in_bulk([pk for _, _, pk in near])
    return [found[pk] for _, _, pk in near]


def as_hit(client: Client) -> Hit:
    number = _("INN %(inn)s") % {"inn": client.inn} if client.inn else ""
    note = noted(number, client.city, str(client.owner) if client.owner else "")
    return Hit(client.name, reverse("clients:client", args=[client.pk]), note)


def noted(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)
