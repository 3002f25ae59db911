"""Global search: rooms bring providers in AppConfig.ready, the frame shows what they find."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

# Shorter texts match half of the base and help nobody.
MIN_LENGTH = 2


@dataclass(frozen=True)
class Hit:
    """One found row: what it is called, where it opens, what tells it from its namesakes."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Provider:
    """Finds rows of one kind. `find(user, text, limit)` returns only what `user` may see.

    `label` is a lazy plural ("Deals"), `icon` a bootstrap-icons name, `order` its place.
    """

    name: str
    label: Any
    icon: str
    order: int
    find: Callable[[Any, str, int], Iterable[Hit]]


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
    groups = []
    for provider in sorted(_providers.values(), key=lambda one: one.order):
        hits = list(provider.find(user, text.strip(), limit))
        if hits:
            groups.append(Group(provider.label, provider.icon, hits))
    return groups
