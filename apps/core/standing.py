"""Statements that are described once, by a queryset, and asked many times with other values.

Django builds and compiles a queryset anew for each request: for the small statements that every page
makes this takes several times what PostgreSQL needs to answer. Here the SQL is kept, and so is how
rows become objects; the queryset stays the one description of what is read.

    _by_email = Standing(lambda email: User.objects.filter(email=email), email=models.CharField())
    found = _by_email(email="anna@example.com")
"""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, QuerySet

Statement = tuple[str, tuple[Any, ...]]


class Given(Expression):
    """A value that will be given when the statement is asked; to be compared with columns."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [_Slot(self.name, self.output_field)]


class Someone(Given):
    """A person of whom only the role is known yet; `visible_to` of most rows needs no more."""

    is_authenticated = is_active = True

    def __init__(self, name: str, output_field: Field, role: str) -> None:
        super().__init__(name, output_field)
        self.role = role

    @property
    def pk(self) -> "Someone":
        return self


class _Slot:
    """Where a given value stands among the parameters of a statement."""

    def __init__(self, name: str, field: Field) -> None:
        self.name, self.field = name, field

    def filled(self, given: dict[str, Any], connection: Any) -> Any:
        return self.field.get_db_prep_value(given[self.name], connection)


class Standing:
    """Rows described by a queryset over given values; called with them it answers a list.

    `describe` gets an expression for each of `fields` and may do with it what the database can do,
    no more: it is called once for all values. It gives objects or a `values_list`. Moments are to be
    given, or today would stand for ever; a day or moment among the parameters is refused with
    TypeError.
    """

    def __init__(self, describe: Callable[..., QuerySet[Any]], **fields: Field) -> None:
        self._describe, self._fields = describe, fields
        self._ready: tuple[QuerySet[Any], Any, str, tuple[Any, ...]] | None = None

    def __call__(self, **given: Any) -> list[Any]:
        queryset, compiler, _sql, _params = self._compiled()
        asked = copy.copy(compiler)
        asked.connection = connections[DEFAULT_DB_ALIAS]
        statement = self.statement(**given)
        asked.as_sql = lambda *_args, **_kwargs: statement
        rows: Any = queryset._iterable_class(cast("QuerySet[Any]", _Asked(queryset, asked)))
        return list(rows)

    def statement(self, **given: Any) -> Statement:
        """SQL and parameters, to be part of a larger statement."""
        _queryset, _compiler, sql, params = self._compiled()
        connection = connections[DEFAULT_DB_ALIAS]
        return sql, tuple(
            param.filled(given, connection) if isinstance(param, _Slot) else param
            for param in params
        )

    def _compiled(self) -> tuple[QuerySet[Any], Any, str, tuple[Any, ...]]:
        if self._ready is None:
            given = {name: Given(name, field) for name, field in self._fields.items()}
            queryset = self._describe(**given)
            compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
            sql, params = compiler.as_sql()
            if any(isinstance(param, date) for param in params):
                raise TypeError("a day or a moment would stand for ever: let it be given")
            self._ready = queryset, compiler, sql, tuple(params)
        return self._ready


class _Asked:
    """What the iterables of Django ask of a queryset and its query, with the compiled statement."""

    def __init__(self, queryset: QuerySet[Any], compiler: Any) -> None:
        self.query, self.compiler = self, compiler
        self.db = DEFAULT_DB_ALIAS
        self.model = queryset.model
        self._known_related_objects: dict[Any, Any] = {}

    def get_compiler(self, *_args: Any, **_kwargs: Any) -> Any:
        return self.compiler
