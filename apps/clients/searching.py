"""Clients and contacts for the global search; misspelt names only when nothing is found exactly."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz, process

from apps.clients.calculations import bare_name, digits_of, meant_beginnings, number_ways
from apps.clients.models import Client, Contact
from apps.clients.models.clients import some_of
from apps.core.access import allowed
from apps.core.phones import shown_phone
from apps.core.search import Hit, Provider, Rows, Usual, add_provider, among, found
from apps.core.words import prefix_query

ALIKE_FROM = 75
# Beyond so many names a misspelling is not looked for: the answer must come at once.
COMPARED = 8000
LEAST_LETTERS = 4
# Of what a text means so many are put in order, not all: "ООО" is the beginning of half of the base,
# and PostgreSQL would read it whole by the names.
FEW = 500
# With the dress of a company a name is somewhat less alike than without.
PERHAPS_ALIKE, PERHAPS = 60, 50


def offer_search() -> None:
    add_provider(Provider("clients", _("Clients"), "building", 20, find_clients, CLIENTS))
    add_provider(Provider("contacts", _("Contacts"), "person", 30, find_contacts, CONTACTS))


def seen_clients(user: Any) -> Any:
    return Client.objects.kept().visible_to(user)


def client_rows(user: Any, text: str, limit: int) -> Any:
    if not allowed(user, "clients.view_client"):
        return None
    return as_rows(seen_clients(user).some_said_by(text, FEW), limit)


def clients_by_words(person: Any, limit: int, words: Any) -> Any:
    return as_rows(some_of([seen_clients(person).found_by(words)], FEW), limit)


def clients_by_number(person: Any, limit: int, **ways: Any) -> Any:
    return as_rows(some_of(seen_clients(person).numbered(**ways), FEW), limit)


def as_rows(numbers: Any, limit: int) -> Any:
    """The clients of these numbers; whether they may be seen is asked where the numbers come from."""
    return found(
        Client.objects.filter(among(numbers)).order_by("name_key", "pk"),
        limit,
        name="name",
        key="name_key",
        inn="inn",
        city="city",
        first_name="owner__first_name",
        last_name="owner__last_name",
    )


def client_hit(row: dict[str, Any]) -> Hit:
    number = _("INN %(inn)s") % {"inn": row["inn"]} if row["inn"] else ""
    owner = f"{row['first_name'] or ''} {row['last_name'] or ''}".strip()
    return Hit(
        row["name"],
        reverse("clients:client", args=[row["pk"]]),
        noted(number, row["city"], owner),
    )


def contact_rows(user: Any, text: str, limit: int) -> Any:
    if not allowed(user, "clients.view_client"):
        return None
    return contacts_as_rows(seen_contacts(user).some_said_by(text, FEW), limit)


def contacts_by_words(person: Any, limit: int, words: Any) -> Any:
    return contacts_as_rows(some_of([seen_contacts(person).found_by(words)], FEW), limit)


def contacts_by_number(person: Any, limit: int, **ways: Any) -> Any:
    return contacts_as_rows(some_of(seen_contacts(person).numbered(**ways), FEW), limit)


def seen_contacts(user: Any) -> Any:
    return Contact.objects.kept().visible_to(user).filter(client__archived_at=None)


def contacts_as_rows(numbers: Any, limit: int) -> Any:
    return found(
        Contact.objects.filter(among(numbers)).order_by("name_key", "pk"),
        limit,
        name="name",
        key="name_key",
        client="client_id",
        of="client__name",
        position="position",
        phone="phone",
    )


def contact_hit(row: dict[str, Any]) -> Hit:
    return Hit(
        row["name"],
        reverse("clients:client", args=[row["client"]]),
        noted(row["of"], row["position"], shown_phone(row["phone"])),
    )


def by_name(row: dict[str, Any]) -> Any:
    return row["key"], row["pk"]


def misspelt_hits(user: Any, text: str, limit: int) -> list[Hit]:
    if not allowed(user, "clients.view_client"):
        return []
    near = misspelt(seen_clients(user), text, limit)
    rows = as_rows(Client.objects.filter(pk__in=near).values("pk"), limit)
    by_pk = {row["pk"]: row for row in rows.values_list("found", flat=True)} if near else {}
    return [client_hit(by_pk[pk]) for pk in near if pk in by_pk]


def words_alone(text: str) -> dict[str, str | int]:
    """What the index of words is asked; nothing where `ways` takes the text for more than words."""
    words = "" if "@" in text or digits_of(text) else prefix_query(text)
    return {"words": words} if words else {}


def number_alone(text: str) -> dict[str, str | int]:
    digits = "" if "@" in text else digits_of(text)
    return {**number_ways(digits)} if digits else {}


CLIENTS = Rows(
    client_rows,
    client_hit,
    by_name,
    misspelt_hits,
    (
        Usual(words_alone, clients_by_words, "clients.view_client"),
        Usual(number_alone, clients_by_number, "clients.view_client"),
    ),
)
CONTACTS = Rows(
    contact_rows,
    contact_hit,
    by_name,
    usual=(
        Usual(words_alone, contacts_by_words, "clients.view_client"),
        Usual(number_alone, contacts_by_number, "clients.view_client"),
    ),
)
find_clients, find_contacts = CLIENTS.find, CONTACTS.find


def misspelt(seen: Any, text: str, limit: int) -> list[int]:
    """The numbers of the clients whose names are nearest to `text`, when it has letters enough to be one.

    Names that begin as the words may have been meant come first; without one among them, any name.
    """
    wanted = bare_name(text)
    if sum(char.isalpha() for char in wanted) < LEAST_LETTERS:
        return []
    meant = " | ".join(f"{start}:*" for start in sorted(meant_beginnings(wanted)))
    for clients in (seen.found_by(meant), seen) if meant else (seen,):
        if near := nearest(wanted, clients, limit):
            return near
    return []


def nearest(wanted: str, clients: Any, limit: int) -> list[int]:
    """Numbers of the clients whose bare names are near `wanted`, a bare name; the nearest first."""
    names = dict(clients.order_by().values_list("pk", "name_key")[:COMPARED])
    # Undressing a name costs more than comparing it: it is done for those that look alike at all.
    likely = process.extract(
        wanted, names, scorer=fuzz.WRatio, score_cutoff=PERHAPS_ALIKE, limit=PERHAPS
    )
    near = process.extract(
        wanted,
        {pk: bare_name(name) for name, _score, pk in likely},
        scorer=fuzz.WRatio,
        score_cutoff=ALIKE_FROM,
        limit=limit,
    )
    return [pk for _name, _score, pk in near]


def noted(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)
