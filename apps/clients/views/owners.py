"""Who owns a client, and whether it is in the bin."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.clients.actions import archive_client, assign_client, restore_client
from apps.clients.forms import AssignForm
from apps.clients.views.clients import visible_client
from apps.core import toasts
from apps.core.access import requires
from apps.core.idempotency import idempotent


@require_http_methods(["GET", "POST"])
@requires("clients.assign_client")
@idempotent
def client_assign(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_client(request, pk)
    form = AssignForm(request.POST or None, viewer=request.user, initial={"to": found.owner_id})
    if request.method == "POST" and form.is_valid():
        try:
            assign_client(found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("to", error)
        else:
            toasts.tell(request, _("The owner is changed."))
            return gone_to(request, found.get_absolute_url())
    context = {"form": form, "client": found}
    is_fragment = bool(request.headers.get("HX-Request"))
    template = "clients/_assign.html" if is_fragment else "clients/assign.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@requires("clients.archive_client")
def client_archive(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_client(request, pk)
    try:
        archive_client(found, by=request.user)
    except ValidationError as error:
        for text in error.messages:
            toasts.warn(request, text)
        return redirect(found.get_absolute_url())
    text = _("%(client)s is in the bin for 30 days.") % {"client": found.name}
    toasts.tell(request, text, undo=reverse("clients:client_restore", args=[pk]))
    return redirect("clients:client_list")


@require_POST
@requires("clients.archive_client")
def client_restore(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_client(request, pk)
    try:
        restore_client(found, by=request.user)
    except ValidationError as error:
        for text in error.messages:
            toasts.warn(request, text)
    else:
        toasts.tell(request, _("%(client)s is back.") % {"client": found.name})
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return redirect(page if is_ours else found.get_absolute_url())


def gone_to(request: HttpRequest, url: str) -> HttpResponse:
    """Lead to another page, from a modal as well."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(url)
    return redirect(url)
