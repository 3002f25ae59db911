"""What is fetched into the page of a client by requests of its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def panel(
    request: HttpRequest, fragment: str, context: dict[str, Any], *, sheet: str = ""
) -> HttpResponse:
    """The fragment for the page of the client; a page around it for those without scripts.

    `context` has the client; `sheet` is the file of styles that the page needs.
    """
    if request.headers.get("HX-Request"):
        return render(request, fragment, context)
    page = context | {"fragment": fragment, "sheet": sheet}
    return render(request, "clients/client_panel.html", page)
