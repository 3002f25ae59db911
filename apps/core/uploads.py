"""Uploads counted while they stream: what is too large is refused before it is read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from apps.core.importing.intake import SizeLimit
from apps.core.importing.limits import MEGABYTE
from apps.core.views import errors

View = Callable[..., HttpResponse]

# What the other fields and the frontiers between them may add to the files.
FORM_BYTES = MEGABYTE


def takes_upload(limit: int) -> Callable[[View], View]:
    """Refuse with 413 a POST whose files together have more than `limit` bytes.

    Checking the token reads the whole body. So the middleware leaves the view alone, and the token is
    checked here, once the body is counted: under `@requires`, over `@idempotent`.
    """

    def mark(view: View) -> View:
        @csrf_protect
        def read(request: HttpRequest, counted: SizeLimit, *args: Any, **kwargs: Any) -> Any:
            list(request.FILES)  # reads the body, which a token in a header leaves unread
            if counted.is_exceeded:
                return too_large(request, limit)
            return view(request, *args, **kwargs)

        @csrf_exempt
        @wraps(view)
        def streamed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if claimed_bytes(request) > limit + FORM_BYTES:
                return too_large(request, limit)
            counted = SizeLimit(request, limit=limit)
            request.upload_handlers.insert(0, counted)
            return read(request, counted, *args, **kwargs)

        return streamed

    return mark


def claimed_bytes(request: HttpRequest) -> int:
    """What Content-Length says; nothing for a header that is no number."""
    claimed = request.META.get("CONTENT_LENGTH") or ""
    return int(claimed) if claimed.isascii() and claimed.isdigit() else 0


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    advice = _("At most %(limit)s MB are accepted at once. Split it or make it smaller.")
    return errors.error_page(request, 413, advice % {"limit": limit // MEGABYTE})
