"""Saved views of any page: named, shared, pinned, removed."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.access import signed_in
from apps.core.actions.saved_views import change_view, pin_view, remove_view, save_view
from apps.core.forms.lists import ViewForm
from apps.core.idempotency import idempotent
from apps.core.models import SavedView
from apps.core.saved_views import views_of
from apps.core.toasts import tell
from apps.core.views.modals import gone_to, modal_form, page_before


@require_GET
@signed_in
def view_bar(request: HttpRequest, room: str) -> HttpResponse:
    """The views for the bar of a page: ?next=, or the one that the script stands on by now."""
    address = page_now(request)
    shown = QueryDict(urlsplit(address).query)
    columns = request.GET.get("columns", "").split(",")
    if "chosen" in shown or "columns" in shown:
        columns = shown.getlist("columns")
    columns = [name for name in columns if name][:30]
    views = views_of(request.user, room[:50], address=address, columns=columns)
    page = "core/_view_bar.html" if request.headers.get("HX-Request") else "core/view_bar.html"
    return render(request, page, {"views": views})


def page_now(request: HttpRequest) -> str:
    """Filters change the address without a new page: the script tells where it stands."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    if not parts.path or "next" in request.GET:
        return page_before(request, "/")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@idempotent
def view_create(request: HttpRequest, room: str) -> HttpResponse:
    back = page_before(request, "/")
    form = ViewForm(
        request.POST or None,
        action=reverse("core:view_create", args=[room[:50]]),
        back=back,
        initial={
            "query": request.GET.get("query", ""),
            "columns": request.GET.get("columns", ""),
            "next": back,
        },
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            view = save_view(
                by=request.user,
                room=room[:50],
                name=given["name"],
                query=given["query"],
                columns=form.column_names,
                is_shared=given["is_shared"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            tell(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return gone_to(request, back.split("?")[0] + view.address)
    return modal_form(request, form, _("Save the view"))


def visible_view(request: HttpRequest, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.visible_to(request.user).named(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.filter(owner_id=request.user.pk).named(), pk=pk)
    back = page_before(request, "/")
    form = ViewForm(
        request.POST or None,
        action=reverse("core:view_edit", args=[pk]),
        back=back,
        instance=view,
        initial={"next": back},
    )
    if request.method == "POST" and form.is_valid():
        name, is_shared = form.cleaned_data["name"], form.cleaned_data["is_shared"]
        try:
            change_view(view, by=request.user, name=name, is_shared=is_shared)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            tell(request, _("Saved."))
            return gone_to(request, back)
    return modal_form(request, form, _("Saved view"), removed=view)


@require_POST
@signed_in
def view_pin(request: HttpRequest, pk: int) -> HttpResponse:
    pin_view(visible_view(request, pk), by=request.user)
    return redirect(page_before(request, "/"))


@require_POST
@signed_in
def view_remove(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.filter(owner_id=request.user.pk).named(), pk=pk)
    remove_view(view, by=request.user)
    tell(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect(page_before(request, "/"))
