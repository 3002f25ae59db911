"""The history of any audited record, for those who see the record."""

from django.apps import apps
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.core.access import allowed, granted, note_reading, signed_in
from apps.core.history import history_of, is_audited


@require_GET
@signed_in
def history(request: HttpRequest, model: str, pk: int) -> HttpResponse:
    """`model` is "clients.client"; the viewer needs "clients.view_client" and must see the row."""
    rows = told_model(model)._default_manager
    if not allowed(request.user, view_permission(model)):
        raise Http404
    record = get_object_or_404(rows.visible_to(request.user), pk=pk)  # type: ignore[attr-defined]
    note_reading(request)
    context = {
        "entries": history_of(record, request.user),
        "record": record,
        "address": page_of(record),
    }
    is_fragment = bool(request.headers.get("HX-Request"))
    return render(request, "core/_history.html" if is_fragment else "core/history.html", context)


def page_of(record: models.Model) -> str:
    """The record's own page, "" for one without."""
    address = getattr(record, "get_absolute_url", None)
    return str(address()) if address else ""


def told_model(label: str) -> type[models.Model]:
    """The audited model with a scope of its own; any other name is a 404."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        raise Http404 from None
    if view_permission(label) not in granted() or not is_audited(model):
        raise Http404
    if not hasattr(model._default_manager, "visible_to"):
        raise Http404
    return model


def view_permission(label: str) -> str:
    room, _, noun = label.partition(".")
    return f"{room}.view_{noun}"
