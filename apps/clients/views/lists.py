"""The list of clients and its export: one filter, two shapes."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from apps.clients.forms import ClientFilter
from apps.clients.models import Client
from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.export_limit import counts_exports
from apps.core.exporting import CONTENT_TYPES, streamed, table_response

PAGE = 50
ORDERS = {
    "name": ("name_key", "pk"),
    "city": ("city", "name_key", "pk"),
    "level": ("level", "name_key", "pk"),
    "owner": ("owner__name_key", "name_key", "pk"),
    "created": ("created_at", "pk"),
}
COLUMNS = [
    {"label": gettext_lazy("Client"), "sort": "name"},
    {"label": gettext_lazy("Level"), "sort": "level", "class": "d-only"},
    {"label": gettext_lazy("City"), "sort": "city", "class": "d-only"},
    {"label": gettext_lazy("Phone"), "class": "d-only"},
    {"label": gettext_lazy("Owner"), "sort": "owner"},
    {"label": gettext_lazy("Added"), "sort": "created", "is_number": True, "class": "d-only"},
]
EXPORTED = (
    "name", "kind", "inn", "kpp", "ogrn", "phone", "email", "site", "city", "address", "industry",
    "employees", "level", "potential", "source", "owner", "created_at",
)  # fmt: skip


@require_GET
@requires("clients.view_client")
def client_list(request: HttpRequest) -> HttpResponse:
    filters = ClientFilter(request.GET or None, viewer=request.user)
    rows = filtered(filters, request).select_related("owner", "source")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "columns": COLUMNS,
        "is_filtered": is_filtered(filters),
        "can_add": allowed(request.user, "clients.add_client"),
        "can_see_duplicates": allowed(request.user, "clients.view_duplicate"),
        "can_export": allowed(request.user, "clients.export_client"),
    }
    is_fragment = request.headers.get("HX-Target") == "client-table"
    template = "clients/_client_table.html" if is_fragment else "clients/client_list.html"
    return render(request, template, context)


def filtered(filters: ClientFilter, request: HttpRequest) -> QuerySet[Client]:
    """The rows of the filters in the order that the address asks for; 400 for an unknown order."""
    sort = request.GET.get("sort", "name")
    order = ORDERS.get(sort.removeprefix("-"))
    if order is None:
        raise BadRequest("unknown order")
    rows = filters.rows() if filters.is_bound else seen_by(request.user)
    if sort.startswith("-"):
        order = tuple(f"-{name}" for name in order)
    return rows.order_by(*order)


def seen_by(viewer: Any) -> QuerySet[Client]:
    return Client.objects.kept().visible_to(viewer)


def is_filtered(filters: ClientFilter) -> bool:
    return any(filters.data.get(name) for name in filters.fields)


@require_GET
@requires("clients.export_client")
@counts_exports
def client_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Exactly the rows of the list with the same address, in the same order."""
    if kind not in CONTENT_TYPES:
        raise Http404
    rows = filtered(ClientFilter(request.GET or None, viewer=request.user), request)
    fields = [Client._meta.get_field(name) for name in EXPORTED]
    headings = [str(field.verbose_name) for field in fields]
    name = f"{_('clients')}-{company_today():%Y-%m-%d}"
    return table_response(kind, name, headings, exported(rows))


def exported(rows: QuerySet[Client]) -> Iterator[list[Any]]:
    for client in streamed(rows.select_related("owner", "source")):
        values = {name: getattr(client, name) for name in EXPORTED}
        values["kind"] = client.get_kind_display()
        yield list(values.values())
