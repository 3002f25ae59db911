"""Where clients come from: a short list in the settings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.clients.forms import SourceForm
from apps.clients.models import Source
from apps.core import toasts
from apps.core.access import requires


@require_http_methods(["GET", "POST"])
@requires("clients.change_source")
def source_list(request: HttpRequest) -> HttpResponse:
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        toasts.tell(request, _("The source is added."))
        return redirect("clients:source_list")
    context = {"form": form, "sources": Source.objects.order_by("archived_at", "name")}
    return render(request, "clients/source_list.html", context, status=422 if form.errors else 200)


@require_POST
@requires("clients.change_source")
def source_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename it, or with `archive` take it out of the choices and back."""
    source = get_object_or_404(Source, pk=pk)
    if "archive" in request.POST:
        source.archived_at = None if source.archived_at else timezone.now()
        source.save(update_fields=["archived_at"])
        return redirect("clients:source_list")
    form = SourceForm(request.POST, instance=source)
    if form.is_valid():
        form.save()
        toasts.tell(request, _("The source is saved."))
    else:
        toasts.warn(request, " ".join(form.errors["name"]))
    return redirect("clients:source_list")
