"""Pages by the last row seen: the hundredth page costs what the first one does."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

USUAL, LARGEST = 50, 200
LONGEST_CURSOR = 500


class KeysetPagination(BasePagination):
    """`?ordering=` one of the view's `orders`, `?cursor=` from `next`, `?page_size=` up to 200.

    `orders` maps the name in the address to a column that is never null; the number of the row
    decides between equals. Rows that come in meanwhile shift nothing.
    """

    names = ("cursor", "ordering", "page_size")

    def paginate_queryset(
        self, queryset: QuerySet, request: Request, view: Any = None
    ) -> list[Any]:
        self.request = request
        self.ordering, self.column, self.sign = wanted_order(request, view.orders)
        size = wanted_size(request)
        rows = queryset.order_by(f"{self.sign}{self.column}", f"{self.sign}pk")
        if cursor := request.query_params.get("cursor"):
            rows = rows.filter(self.after(queryset, cursor))
        found = list(rows[: size + 1])
        self.last = found[size - 1] if len(found) > size else None
        return found[:size]

    def after(self, queryset: QuerySet, cursor: str) -> Q:
        value, pk = self.decoded(queryset, cursor)
        side = "lt" if self.sign else "gt"
        if self.column == "pk":
            return Q(**{f"pk__{side}": pk})
        # The first condition is what an index is walked by; the second settles equals.
        return Q(**{f"{self.column}__{side}e": value}) & (
            Q(**{f"{self.column}__{side}": value}) | Q(**{f"pk__{side}": pk})
        )

    def decoded(self, queryset: QuerySet, cursor: str) -> tuple[Any, int]:
        try:
            ordering, value, pk = json.loads(urlsafe_b64decode(cursor[:LONGEST_CURSOR]))
            if ordering != self.ordering:
                raise ValueError("a cursor of another order")
            pk = queryset.model._meta.pk.to_python(pk)
            if self.column == "pk" or pk is None:
                return pk, pk
            return queryset.model._meta.get_field(self.column).to_python(value), pk
        except (ValueError, TypeError, RecursionError, ValidationError) as error:
            raise bad("cursor", _("Not a cursor of this list.")) from error

    def encoded(self, row: Any) -> str:
        value = None if self.column == "pk" else str(getattr(row, self.column))
        return urlsafe_b64encode(json.dumps([self.ordering, value, row.pk]).encode()).decode()

    def get_paginated_response(self, data: list[Any]) -> Response:
        following = None
        if self.last is not None:
            address = self.request.build_absolute_uri()
            following = replace_query_param(address, "cursor", self.encoded(self.last))
        return Response({"next": following, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "format": "uri", "nullable": True},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        orders = [f"{sign}{name}" for name in view.orders for sign in ("", "-")]
        schemas: dict[str, Any] = {
            "cursor": {"type": "string"},
            "ordering": {"type": "string", "enum": orders},
            "page_size": {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": USUAL},
        }
        return [
            {"name": name, "in": "query", "required": False, "schema": schemas[name]}
            for name in self.names
        ]


def wanted_order(request: Request, orders: dict[str, str]) -> tuple[str, str, str]:
    """The name in the address, the column, and "-" for the way down."""
    ordering = request.query_params.get("ordering") or next(iter(orders))
    sign = "-" if ordering.startswith("-") else ""
    column = orders.get(ordering.removeprefix("-"))
    if column is None:
        raise bad("ordering", _("Choose one of: %(names)s.") % {"names": ", ".join(orders)})
    return ordering, column, sign


def wanted_size(request: Request) -> int:
    """How many rows; more than is given at once is answered with as many as are."""
    text = request.query_params.get("page_size", str(USUAL))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise bad("page_size", _("A whole number from 1 to %(most)d.") % {"most": LARGEST})
    return min(int(text), LARGEST)


def bad(name: str, text: str) -> exceptions.ValidationError:
    return exceptions.ValidationError({name: [text]})
