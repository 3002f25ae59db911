"""Which client a row means: by INN first, by exact name second, within what the author may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client, OwnerChange
from apps.core.importing.messages import explain
from apps.core.importing.problems import Problem, shown
from apps.core.importing.references import fold
from apps.staff.models import User

explain(
    unknown_client=(
        _("There is no such client."),
        _("Correct the name, or choose to create missing clients."),
    ),
    client_not_seen=(
        _("A client with this INN is kept by another person."),
        _("Ask your head to hand the client over."),
    ),
)


@dataclass
class ClientWish:
    """A client as a row names it; `client` is set once it is known or created."""

    name: str
    inn: str = ""
    owner: User | None = None
    client: Client | None = None

    @property
    def identity(self) -> tuple[str, str]:
        return self.inn, "" if self.inn else fold(self.name)


@dataclass
class _Known:
    by_inn: dict[str, Client] = field(default_factory=dict)
    by_name: dict[str, list[Client]] = field(default_factory=dict)
    hidden_inns: set[str] = field(default_factory=set)


class ClientFinder:
    """Finds the clients of a chunk in two queries and creates the missing ones in one."""

    def __init__(self, author: User):
        self._author = author
        self._known = _Known()
        self._made: dict[tuple[str, str], ClientWish] = {}

    def load(self, wishes: Iterable[ClientWish]) -> None:
        """Read what is known about the clients of a chunk."""
        wishes = list(wishes)
        inns = {wish.inn for wish in wishes if wish.inn}
        names = {wish.name for wish in wishes}
        kept = Client.objects.kept()
        # Folding in the base treats ё as е; the exact comparison follows in `_by_name`.
        keys = {name.lower().replace("ё", "е") for name in names}
        seen = kept.visible_to(self._author).filter(
            Q(inn__in=inns) | Q(name__in=names) | Q(name_key__in=keys)
        )
        self._known = _Known()
        for client in seen.order_by("pk"):
            if client.inn:
                self._known.by_inn.setdefault(client.inn, client)
            self._known.by_name.setdefault(fold(client.name), []).append(client)
        taken = kept.filter(inn__in=inns - set(self._known.by_inn)).values_list("inn", flat=True)
        self._known.hidden_inns = set(taken)

    def find(self, wish: ClientWish) -> Client | None:
        """The known client; one with another INN is another client."""
        if wish.inn and (client := self._known.by_inn.get(wish.inn)):
            return client
        namesakes = self._known.by_name.get(fold(wish.name), [])
        fitting = [client for client in namesakes if not (client.inn and wish.inn)]
        return fitting[0] if fitting else None

    def settle(self, wish: ClientWish, *, create: bool) -> ClientWish | Problem:
        """The wish with its client, or a new one to be made by `create_missing`, or the problem."""
        if client := self.find(wish):
            wish.client = client
            return wish
        if wish.inn in self._known.hidden_inns:
            return Problem("client_not_seen", "inn", wish.inn)
        if not create:
            return Problem("unknown_client", "client", shown(wish.name))
        return self._made.setdefault(wish.identity, wish)

    def create_missing(self, wishes: Sequence[ClientWish], *, at: datetime) -> list[Client]:
        """Create the clients of `wishes` that are still missing, each once."""
        missing = {id(wish): wish for wish in wishes if wish.client is None}
        clients = [
            Client(name=wish.name, inn=wish.inn, owner=wish.owner) for wish in missing.values()
        ]
        created = create_clients(clients, by=self._author, at=at)
        for wish, client in zip(missing.values(), created, strict=True):
            wish.client = client
        return created


def create_clients(clients: Sequence[Client], *, by: User, at: datetime) -> list[Client]:
    """Insert clients with the event of their first owner."""
    created = Client.objects.bulk_create(clients)
    OwnerChange.objects.bulk_create(
        OwnerChange(client=client, new_owner_id=client.owner_id, happened_at=at, author=by)
        for client in created
        if client.owner_id
    )
    return created
