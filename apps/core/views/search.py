"""The search page; requests by script get the suggestions under the field."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core import search as registry
from apps.core.access import note_reading, signed_in
from apps.core.words import asked

SUGGESTED, LISTED = 5, 20


@require_GET
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    text = asked(request.GET)
    note_reading(request)
    is_fragment = bool(request.headers.get("HX-Request"))
    context = {
        "text": text,
        "is_long_enough": registry.is_long_enough(text),
        "groups": registry.find(request.user, text, SUGGESTED if is_fragment else LISTED),
    }
    return render(request, "core/_found.html" if is_fragment else "core/search.html", context)
