"""For watchers: is the process alive, and is the product ready to work?"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.access import public
from apps.core.health import findings


@never_cache
@require_safe
@public
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
@public
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything behind the pages works, else 503; says which part does not.

    Names and figures only: an error's text could tell strangers about our servers.
    """
    found = findings()
    ready = all(finding.good for finding in found)
    body = {finding.name: finding.shown() for finding in found}
    return JsonResponse({"ready": ready, **body}, status=200 if ready else 503)
