"""Every building block once, for developers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import toasts
from apps.core.access import requires
from apps.core.samples import sample
from apps.core.views import errors

FRAGMENTS = {"modal", "confirm", "conflict"}


@require_GET
@requires("core.view_styleguide")
def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "core/styleguide.html", sample(request))


@require_http_methods(["GET", "POST"])
@requires("core.view_styleguide")
def fragment(request: HttpRequest, name: str) -> HttpResponse:
    """What the buttons of the page bring: a modal, a toast, a refusal, an error page."""
    if name.isdigit() and int(name) in errors.PAGES:
        return errors.error_page(request, int(name))
    if name == "toast":
        toasts.tell(request, _("The call is written down."), undo=request.path)
        return HttpResponse(status=204)
    if name == "warning":
        toasts.warn(request, _("The stage needs a signing date."))
        return HttpResponse(status=204)
    if name not in FRAGMENTS:
        raise Http404
    return render(request, f"core/_styleguide_{name}.html", sample(request))
