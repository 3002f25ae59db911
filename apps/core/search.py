"""Global search: rooms bring providers in AppConfig.ready, the frame shows what they find."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Value
from django.db.models.functions import JSONObject

# Shorter texts match half of the base and help nobody.
MIN_LENGTH = 2


@dataclass(frozen=True)
class Hit:
    """One found row: what it is called, where it opens, what tells it from its namesakes."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Rows:
    """Rows of one kind as a part of the statement that all kinds share.

    `query(user, text, limit)` gives them by `found` (below), only what `user` may see, or None when
    he may see none of the kind. `hit` shows one, `key` orders them. `otherwise` is asked when no
    kind has anything.
    """

    query: Callable[[Any, str, int], Any]
    hit: Callable[[dict[str, Any]], Hit]
    key: Callable[[dict[str, Any]], Any]
    otherwise: Callable[[Any, str, int], list[Hit]] | None = None

    def find(self, user: Any, text: str, limit: int) -> list[Hit]:
        """The kind alone."""
        query = self.query(user, text, limit)
        hits = [] if query is None else self.hits(query.values_list("found", flat=True))
        return hits or (self.otherwise(user, text, limit) if self.otherwise else [])

    def hits(self, rows: Iterable[dict[str, Any]]) -> list[Hit]:
        return [self.hit(row) for row in sorted(rows, key=self.key)]


def found(rows: Any, limit: int, **fields: Any) -> Any:
    """The first `limit` of the ordered queryset `rows`, each as one JSON object of `fields`."""
    return rows.annotate(found=JSONObject(pk="pk", **fields)).values("found")[:limit]


@dataclass(frozen=True)
class Provider:
    """Finds rows of one kind. `find(user, text, limit)` returns only what `user` may see.

    `label` is a lazy plural ("Deals"), `icon` a bootstrap-icons name, `order` its place. With `rows`
    the kind is read together with the others.
    """

    name: str
    label: Any
    icon: str
    order: int
    find: Callable[[Any, str, int], Iterable[Hit]]
    rows: Rows | None = None


@dataclass(frozen=True)
class Group:
    label: Any
    icon: str
    hits: list[Hit]


_providers: dict[str, Provider] = {}


def add_provider(provider: Provider) -> None:
    """Let the search ask `provider` too; a second one of the same name replaces the first."""
    _providers[provider.name] = provider


def is_long_enough(text: str) -> bool:
    return len(text.strip()) >= MIN_LENGTH


def find(user: Any, text: str, limit: int) -> list[Group]:
    """What `user` may see of `text`, at most `limit` rows of a kind; empty kinds are left out."""
    if not is_long_enough(text):
        return []
    text = text.strip()
    providers = sorted(_providers.values(), key=lambda one: one.order)
    together = _read_together(providers, user, text, limit)
    groups = [
        Group(provider.label, provider.icon, _hits(provider, together, user, text, limit))
        for provider in providers
    ]
    groups = [group for group in groups if group.hits]
    return groups or _find_otherwise(providers, user, text, limit)


def _hits(
    provider: Provider, together: dict[str, list[Any]], user: Any, text: str, limit: int
) -> list[Hit]:
    if provider.rows is None:
        return list(provider.find(user, text, limit))
    return provider.rows.hits(together.get(provider.name, ()))


def _find_otherwise(providers: Iterable[Provider], user: Any, text: str, limit: int) -> list[Group]:
    """Misspelt names, when nothing at all was found exactly."""
    found_near = [
        Group(provider.label, provider.icon, provider.rows.otherwise(user, text, limit))
        for provider in providers
        if provider.rows and provider.rows.otherwise
    ]
    return [group for group in found_near if group.hits]


def _read_together(
    providers: Iterable[Provider], user: Any, text: str, limit: int
) -> dict[str, list[dict[str, Any]]]:
    """What each kind found, by its name, in one statement."""
    queries = []
    for provider in providers:
        query = provider.rows.query(user, text, limit) if provider.rows else None
        if query is not None:
            queries.append(query.annotate(what=Value(provider.name)).values_list("what", "found"))
    read: dict[str, list[dict[str, Any]]] = {}
    if queries:
        first, *others = queries
        for name, row in first.union(*others, all=True):
            read.setdefault(name, []).append(row)
    return read
