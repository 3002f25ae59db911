"""The page of a client, and its forms."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.clients import rules
from apps.clients.actions import change_client, create_client, find_duplicates
from apps.clients.forms import ClientForm
from apps.clients.likeness import same_people
from apps.clients.models import Client, Contact, OwnerChange
from apps.core import toasts
from apps.core.access import allowed, granted, requires
from apps.core.idempotency import idempotent
from apps.core.versions import Conflict, chosen, conflict_page
from apps.core.words import asked
from apps.staff.card_watch import opens_card

OPTIONS = 20


def visible_client(request: HttpRequest, pk: int) -> Client:
    """The client, if the person sees it; otherwise there is no such page."""
    rows = Client.objects.visible_to(request.user).select_related("owner", "source", "parent")
    return get_object_or_404(rows, pk=pk)


@require_GET
@requires("clients.view_client")
@opens_card
def client(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_client(request, pk)
    by = request.user
    context = {
        "client": found,
        "tag_words": tags_context(found, can_edit=rules.can_change(found, by=by)),
        "contacts": shown_contacts(found),
        "parent": seen_one(found.parent_id, by),
        "subsidiaries": Client.objects.kept().visible_to(by).filter(parent=found)[:OPTIONS],
        "owner_changes": owner_changes(found),
        "can_change": rules.can_change(found, by=by),
        "can_assign": rules.can_assign(found, by=by),
        "merged_into": seen_one(found.merged_into_id, by),
        "can_merge": rules.can_merge(found, by=by),
        "can_archive": rules.can_archive(found, by=by),
        "can_restore": rules.can_restore(found, by=by, now=timezone.now()),
        "can_add_deal": "deals.add_deal" in granted() and allowed(by, "deals.add_deal"),
    }
    return render(request, "clients/client.html", context)


def tags_context(found: Client, *, can_edit: bool) -> dict[str, Any]:
    """What components/_tags.html needs."""
    return {
        "tags": found.tags.all(),
        "tags_url": reverse("clients:client_tag", args=[found.pk]),
        "list_url": reverse("clients:client_list"),
        "choices_url": reverse("clients:tag_options"),
        "can_edit": can_edit,
        "options": None,
    }


def shown_contacts(found: Client) -> list[Contact]:
    """The contacts with `twin`: the number of an earlier one that is likely the same person."""
    contacts = list(found.contacts.kept())
    twins = same_people({one.pk: (one.name, one.phone, one.email) for one in contacts})
    for one in contacts:
        one.twin = twins.get(one.pk)
    return contacts


def seen_one(pk: int | None, viewer: Any) -> Client | None:
    """The client that another one names, as far as `viewer` sees it."""
    return Client.objects.visible_to(viewer).filter(pk=pk).first() if pk else None


def owner_changes(found: Client) -> list[OwnerChange]:
    changes = found.owner_changes.select_related("old_owner", "new_owner", "author")
    return list(changes[:OPTIONS])


@require_http_methods(["GET", "POST"])
@requires("clients.add_client")
@idempotent
def client_create(request: HttpRequest) -> HttpResponse:
    form = ClientForm(
        request.POST or None, viewer=request.user, initial={"name": request.GET.get("name", "")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = create_client(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            toasts.tell(request, _("The client is added."))
            return redirect("clients:client", made.pk)
    context = {"form": form, "heading": _("New client")}
    return render(request, "clients/client_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires("clients.change_client")
def client_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A stale version gets the page with both; so does an edit of what was archived meanwhile."""
    found = visible_client(request, pk)
    posted = chosen(request, ClientForm(instance=found, viewer=request.user))
    form = ClientForm(posted or None, instance=found, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data.pop("version")
        if found.archived_at is not None:
            return conflict_page(request, form, None)
        try:
            change_client(found, by=request.user, expected_version=version, **form.cleaned_data)
        except Conflict as conflict:
            return conflict_page(request, form, conflict.current, cancel=address(found))
        except ValidationError as error:
            show_errors(form, error)
        else:
            toasts.tell(request, _("The client is saved."))
            return redirect(address(found))
    context = {"form": form, "client": found, "heading": _("Edit the client")}
    return render(request, "clients/client_form.html", context, status=422 if form.errors else 200)


def address(found: Client) -> str:
    return found.get_absolute_url()


def show_errors(form: Any, error: ValidationError) -> None:
    """The errors of an action stand at their fields, those of fields the form lacks on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


@require_GET
@requires("clients.add_client", "clients.change_client")
def duplicates(request: HttpRequest) -> HttpResponse:
    """Asked while the form is filled: who is alike? Of a stranger's client only that it is."""
    name, inn, phone, email = (
        request.GET.get(field, "")[:255] for field in ("name", "inn", "phone", "email")
    )
    but = request.GET.get("but", "")
    found = find_duplicates(
        name, inn, phone, email, request.user, but=int(but) if but.isdecimal() else None
    )
    return render(request, "clients/_duplicates.html", {"found": found})


@require_GET
@requires("clients.view_client")
def client_options(request: HttpRequest) -> JsonResponse:
    """What a select of clients offers for the typed text."""
    text = asked(request.GET)
    seen = Client.objects.kept().visible_to(request.user)
    rows = (seen.matching(text) if text else seen).order_by("name_key", "pk")[:OPTIONS]
    results = [
        {"id": row.pk, "text": row.name, "note": " · ".join(filter(None, [row.inn, row.city]))}
        for row in rows
    ]
    return JsonResponse({"results": results})
