"""Contacts, edited in their place on the client's page; without scripts on pages of their own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from apps.clients import rules
from apps.clients.actions import archive_contact, change_contact, create_contact, restore_contact
from apps.clients.forms import ContactForm
from apps.clients.models import Client, Contact
from apps.clients.views.clients import show_errors, shown_contacts, visible_client
from apps.core import toasts
from apps.core.access import requires
from apps.core.idempotency import idempotent
from apps.core.versions import Conflict, chosen, conflict_page


def visible_contact(request: HttpRequest, pk: int) -> Contact:
    rows = Contact.objects.visible_to(request.user).select_related("client")
    return get_object_or_404(rows, pk=pk)


@require_GET
@requires("clients.view_client")
def contact_list(request: HttpRequest, client: int) -> HttpResponse:
    """The section of the client's page; without scripts the page itself."""
    found = visible_client(request, client)
    if not request.headers.get("HX-Request"):
        return redirect(found.get_absolute_url())
    return section(request, found)


@require_http_methods(["GET", "POST"])
@requires("clients.change_client")
@idempotent
def contact_create(request: HttpRequest, client: int) -> HttpResponse:
    found = visible_client(request, client)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            create_contact(by=request.user, client=found, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            toasts.tell(request, _("The contact is added."))
            return done(request, found)
    action = reverse("clients:contact_create", args=[found.pk])
    return form_page(request, form, found, action, _("New contact"))


@require_http_methods(["GET", "POST"])
@requires("clients.change_client")
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    contact = visible_contact(request, pk)
    form = ContactForm(chosen(request, ContactForm(instance=contact)) or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data.pop("version")
        try:
            change_contact(contact, by=request.user, expected_version=version, **form.cleaned_data)
        except Conflict as conflict:
            back = contact.client.get_absolute_url()
            return conflict_page(request, form, conflict.current, cancel=back)
        except ValidationError as error:
            show_errors(form, error)
        else:
            toasts.tell(request, _("The contact is saved."))
            return done(request, contact.client)
    action = reverse("clients:contact_edit", args=[pk])
    return form_page(request, form, contact.client, action, _("Edit the contact"))


@require_POST
@requires("clients.change_client")
def contact_archive(request: HttpRequest, pk: int) -> HttpResponse:
    contact = visible_contact(request, pk)
    archive_contact(contact, by=request.user)
    undo = reverse("clients:contact_restore", args=[pk])
    toasts.tell(request, _("%(name)s is removed.") % {"name": contact.name}, undo=undo)
    return done(request, contact.client)


@require_POST
@requires("clients.change_client")
def contact_restore(request: HttpRequest, pk: int) -> HttpResponse:
    contact = visible_contact(request, pk)
    restore_contact(contact, by=request.user)
    toasts.tell(request, _("%(name)s is back.") % {"name": contact.name})
    return done(request, contact.client)


def done(request: HttpRequest, client: Client) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect(client.get_absolute_url())
    return retarget(reswap(section(request, client), "outerHTML"), "#contacts")


def section(request: HttpRequest, client: Client) -> HttpResponse:
    context = {
        "client": client,
        "contacts": shown_contacts(client),
        "can_change": rules.can_change(client, by=request.user),
    }
    return render(request, "clients/_contacts.html", context)


def form_page(
    request: HttpRequest, form: ContactForm, client: Client, action: str, heading: str
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "client": client,
        "action": action,
        "heading": heading,
    }
    is_fragment = bool(request.headers.get("HX-Request"))
    template = "clients/_contact_form.html" if is_fragment else "clients/contact_form.html"
    return render(request, template, context, status=422 if form.errors else 200)
