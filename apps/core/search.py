"""Global search: rooms bring providers in AppConfig.ready, the frame shows what they find."""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, TextField, Value
from django.db.models.functions import JSONObject

from apps.core.access import allowed
from apps.core.phones import is_code_of_country
from apps.core.standing import Someone, Standing, Statement

# Shorter texts match half of the base and help nobody.
MIN_LENGTH = 2


@dataclass(frozen=True)
class Hit:
    """One found row: what it is called, where it opens, what tells it from its namesakes."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Usual:
    """A usual question (some words, a number), described once for each role.

    `given(text)` is what the indexes are asked, by name, always the same names; empty for a text
    that is another question. `describe(person, limit, **given)` gives the rows of `query` below for
    such a text, from expressions (see `apps/core/standing.py`). Who lacks `permission` is asked for
    by `query`; so is who has a role beyond `roles`, whose rights need more than role and number.
    """

    given: Callable[[str], dict[str, str | int]]
    describe: Callable[..., Any]
    permission: str
    roles: frozenset[str] = frozenset({"seller", "lead", "head", "director"})

    def answers(self, user: Any) -> bool:
        return user.role in self.roles and allowed(user, self.permission)


@dataclass(frozen=True)
class Rows:
    """Rows of one kind as a part of the statement that all kinds share.

    `query(user, text, limit)` gives them by `found` (below), only what `user` may see, or None when
    he may see none of the kind. `hit` shows one, `key` orders them. `otherwise` is asked when no
    kind has anything. `usual` spares the usual questions their compilation.
    """

    query: Callable[[Any, str, int], Any]
    hit: Callable[[dict[str, Any]], Hit]
    key: Callable[[dict[str, Any]], Any]
    otherwise: Callable[[Any, str, int], list[Hit]] | None = None
    usual: tuple[Usual, ...] = ()

    def find(self, user: Any, text: str, limit: int) -> list[Hit]:
        """The kind alone."""
        query = self.query(user, text, limit)
        hits = [] if query is None else self.hits(query.values_list("found", flat=True))
        return hits or (self.otherwise(user, text, limit) if self.otherwise else [])

    def hits(self, rows: Iterable[dict[str, Any]]) -> list[Hit]:
        return [self.hit(row) for row in sorted(rows, key=self.key)]


def among(numbers: Any) -> Any:
    """Whether a row is one of the queryset `numbers` (of primary keys), read first and as a whole.

    Told by `in`, PostgreSQL may walk all rows in the order asked and look each up among the numbers.
    """
    return Func(
        F("pk"),
        ArraySubquery(numbers),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


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
    return len(text.strip()) >= MIN_LENGTH and not is_code_of_country(text)


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
    statements = []
    for provider in providers:
        with suppress(EmptyResultSet):
            if provider.rows and (asked := _statement(provider, user, text, limit)):
                statements.append(asked)
    read: dict[str, list[dict[str, Any]]] = {}
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join(f"({sql})" for sql, _params in statements),
                [param for _sql, params in statements for param in params],
            )
            for name, row in cursor.fetchall():
                read.setdefault(name, []).append(json.loads(row))
    return read


def _statement(provider: Provider, user: Any, text: str, limit: int) -> Statement | None:
    """The part of one kind; None when `user` may see none of it."""
    rows = provider.rows
    assert rows is not None
    for usual in rows.usual:
        if usual.answers(user) and (given := usual.given(text)):
            kinds = tuple((name, type(value)) for name, value in given.items())
            standing = _standing(provider.name, usual, user.role, limit, kinds)
            return standing.statement(person=user.pk, **given)
    query = rows.query(user, text, limit)
    return None if query is None else _named(query, provider.name).query.sql_with_params()


@cache
def _standing(
    name: str, usual: Usual, role: str, limit: int, kinds: tuple[tuple[str, type], ...]
) -> Standing:
    return Standing(
        lambda person, **given: _named(
            usual.describe(Someone(person.name, person.output_field, role), limit, **given), name
        ),
        person=BigIntegerField(),
        **{one: BigIntegerField() if kind is int else TextField() for one, kind in kinds},
    )


def _named(query: Any, name: str) -> Any:
    return query.annotate(what=Value(name)).values_list("what", "found")
