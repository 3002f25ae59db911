"""What happens around every request: its id, its sender, the person's language, outages."""

import logging
import re
import time
import uuid
import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from apps.core import failures, logs
from apps.core.models import Company
from apps.core.scrubbing import told

GetResponse = Callable[[HttpRequest], HttpResponse]

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

requests_log = logging.getLogger("sales.requests")
failures_log = logging.getLogger("sales.failures")


class RequestIdMiddleware:
    """Names the request in every log line and in the answer; logs one line per request.

    The path is logged without its query: searches hold names and telephone numbers; and without
    the secrets that stand in some paths.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = given_id(request) or uuid.uuid4().hex
        logs.request_id.set(name)
        logs.user_id.set(None)
        begun = time.monotonic()
        response = self.get_response(request)
        response["X-Request-ID"] = name
        log_request(request, response, time.monotonic() - begun)
        return response


def given_id(request: HttpRequest) -> str | None:
    """The id that the proxy gave the request, if it looks like one."""
    text = request.headers.get("X-Request-ID", "")
    return text if REQUEST_ID.fullmatch(text) else None


def log_request(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    requests_log.info(
        "%s %s %s",
        request.method,
        logs.without_secrets(request.path),
        response.status_code,
        extra={"status": response.status_code, "milliseconds": round(seconds * 1000)},
    )


class ClientAddressMiddleware:
    """Puts the sender's real address into REMOTE_ADDR, behind PROXY_COUNT proxies of our own.

    Each proxy appends the address it saw, so only the last PROXY_COUNT entries are believed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.headers.get("X-Forwarded-For", "").split(",")
        count = settings.PROXY_COUNT
        if count and len(seen) >= count and (address := seen[-count].strip()):
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


class PersonLocaleMiddleware:
    """Speaks the person's language and shows the person's time.

    Before log-in the cookie and the browser's preference choose the language.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        logs.user_id.set(person.pk)
        language = getattr(person, "language", None)
        translation.activate(language or translation.get_language_from_request(request))
        if person.is_authenticated:
            activate_zone(person.time_zone or Company.current().time_zone)
        else:
            timezone.deactivate()  # nothing asks the database for a stranger: /healthz is one
        response = self.get_response(request)
        if not person.is_authenticated:
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


def activate_zone(name: str) -> None:
    """Show times in the zone `name`; in UTC when there is no such zone."""
    try:
        timezone.activate(zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        timezone.deactivate()


class NoStoreMiddleware:
    """Pages stay in no cache: a shared computer must not show them after the log-out.

    Static files are answered before this one, and a view may say otherwise.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class FailureMiddleware:
    """Turns an outage in a view into a 503 page and an oversize request into a 413 page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        response = failures.answer(request, exception)
        if response is not None:
            failures_log.warning("%s", told(exception))
        return response
