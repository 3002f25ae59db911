"""Pages for what went wrong: what, and how to go on.

500 and 503 are rendered without the database and without the frame of the person.
"""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Status: (heading, what it means and what to do, icon).
PAGES = {
    400: (
        _("The request is not understood"),
        _("The address or the form was damaged on the way. Go back and try again."),
        "question-circle",
    ),
    403: (
        _("This page is not open to your role"),
        _("If you need it for your work, ask your head or the administrator."),
        "lock",
    ),
    404: (
        _("There is no such page"),
        _("It may have been moved or archived, or the link has a mistake in it."),
        "signpost-split",
    ),
    409: (
        _("Somebody changed this before you"),
        _("Nothing of yours is lost: go back, compare both versions and save again."),
        "arrow-left-right",
    ),
    413: (
        _("Too much at once"),
        _("The file or the form is larger than allowed. Split it or remove what is not needed."),
        "file-earmark-arrow-up",
    ),
    429: (
        _("Too many attempts"),
        _("Wait a few minutes and try again. Your password has not changed."),
        "hourglass-split",
    ),
    500: (
        _("Something broke on our side"),
        _("It is written down. What you sent may not be saved: go back and check."),
        "tools",
    ),
    503: (
        _("We will be back in a moment"),
        _("A part of the system is not answering. Nothing is lost; try again in a minute."),
        "plug",
    ),
}


def error_page(
    request: HttpRequest, status: int, text: Any = None, *, heading: Any = None
) -> HttpResponse:
    """The page for `status`; a request by script gets the sentence alone, for its toast."""
    usual, advice, icon = PAGES[status]
    heading, advice = heading or usual, text or advice
    if request.headers.get("HX-Request"):
        return HttpResponse(f"{heading}. {advice}", status=status, content_type="text/plain")
    context = {"status": status, "heading": heading, "advice": advice, "icon_name": icon}
    context["home"] = status not in (500, 503)
    # Without the request: no context processor runs, so a dead database cannot break the page.
    return HttpResponse(render_to_string("errors/error.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403, explained(exception))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def conflict(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 409)


def too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 413)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 429)


def too_many_exports(request: HttpRequest, heading: str, opens_at: datetime) -> HttpResponse:
    clock = timezone.localtime(opens_at + timedelta(minutes=1))
    advice = _("The next one is possible at %(time)s. To take less at once, narrow the list down.")
    return error_page(request, 429, advice % {"time": f"{clock:%H:%M}"}, heading=heading)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 503)


def explained(exception: Exception | None) -> str:
    """The sentence given to PermissionDenied, if there was one."""
    return str(exception) if exception and exception.args else ""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open for too long, or in another log-in."""
    return error_page(
        request, 403, _("The form has become too old. Reload the page and send it again.")
    )
