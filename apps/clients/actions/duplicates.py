"""Is the client in the base already? Asked while a name or a number is being typed."""

from dataclasses import dataclass, field

from django.db.models import Q
from rapidfuzz import fuzz, process

from apps.clients.calculations import bare_name, normal_phone
from apps.clients.models import Client, Contact
from apps.core.words import words
from apps.staff.models import User

ALIKE_FROM = 88
COMPARED = 300
SHOWN = 5
# So many letters of a word must agree from its beginning for two names to be compared.
BEGINNING = 4


@dataclass(frozen=True)
class Duplicate:
    """A client that `viewer` sees, and by what it is alike: "inn", "phone", "email", "name"."""

    client: Client
    reasons: list[str]


@dataclass(frozen=True)
class Found:
    """`is_foreign`: somebody else has a client with this INN, phone or e-mail; no more is said."""

    duplicates: list[Duplicate] = field(default_factory=list)
    is_foreign: bool = False


def find_duplicates(
    name: str,
    inn: str,
    phone: str,
    email: str,
    viewer: User,
    *,
    but: int | None = None,
) -> Found:
    """Clients that may be the same one; `but` is the number of the client being edited."""
    same = same_requisites(inn, phone, email)
    reasons: dict[int, list[str]] = {}
    kept = Client.objects.kept().exclude(pk=but)
    for reason, condition in same.items():
        for pk in kept.filter(condition).values_list("pk", flat=True)[:SHOWN]:
            reasons.setdefault(pk, []).append(reason)
    seen = kept.visible_to(viewer).select_related("owner")
    found = seen.in_bulk(reasons)
    is_foreign = len(found) < len(reasons)
    for client in alike_names(name, seen):
        found.setdefault(client.pk, client)
        reasons.setdefault(client.pk, []).append("name")
    duplicates = [Duplicate(client, reasons[pk]) for pk, client in found.items()]
    return Found(duplicates[:SHOWN], is_foreign)


def same_requisites(inn: str, phone: str, email: str) -> dict[str, Q]:
    """How to find clients by what is written the same in them or in one of their contacts."""
    conditions = {}
    if inn := inn.strip():
        conditions["inn"] = Q(inn=inn)
    if number := whole_phone(phone):
        contacts = Contact.objects.kept().filter(phone=number)
        conditions["phone"] = Q(phone=number) | Q(pk__in=contacts.values("client"))
    if address := email.strip().lower():
        contacts = Contact.objects.kept().filter(email=address)
        conditions["email"] = Q(email=address) | Q(pk__in=contacts.values("client"))
    return conditions


def whole_phone(text: str) -> str:
    """The number in its stored form; "" while it is not typed to its end."""
    try:
        return normal_phone(text)
    except ValueError:
        return ""


def alike_names(name: str, clients) -> list[Client]:
    """The clients whose bare names are nearly that of `name`, the nearest first."""
    wanted = bare_name(name)
    beginnings = [word[:BEGINNING] for word in words(wanted) if len(word) >= BEGINNING]
    if not beginnings:
        return []
    query = " | ".join(f"{beginning}:*" for beginning in beginnings)
    candidates = list(clients.found_by(query)[:COMPARED])
    near = process.extract(
        wanted,
        {index: bare_name(client.name) for index, client in enumerate(candidates)},
        scorer=fuzz.token_sort_ratio,
        score_cutoff=ALIKE_FROM,
        limit=SHOWN,
    )
    return [candidates[index] for _, _, index in near]
