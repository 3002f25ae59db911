"""Short answers after an act: on the next page by messages, after a script's request at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django_htmx.http import trigger_client_event

LEVELS = {"error": "bad", "warning": "warn"}
# Headers by which the answer itself leads to another page, where the messages will be shown.
LEADING_AWAY = ("HX-Redirect", "HX-Refresh", "HX-Location")


def tell(request: HttpRequest, text: Any, *, undo: str = "") -> None:
    """Say that it is done; `undo`, offered for 10 seconds, is the address that takes it back."""
    messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")


def warn(request: HttpRequest, text: Any) -> None:
    messages.error(request, text)


class ToastMiddleware:
    """Gives what was told during a script's request to the script, in the header it listens to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_answer_to_script(request, response):
            told = [as_toast(message) for message in messages.get_messages(request)]
            if told:
                trigger_client_event(response, "toast", told)  # type: ignore[arg-type]
        return response


def is_answer_to_script(request: HttpRequest, response: HttpResponse) -> bool:
    if not request.headers.get("HX-Request") or 300 <= response.status_code < 400:
        return False
    return not any(header in response for header in LEADING_AWAY)


def as_toast(message: Any) -> dict[str, str]:
    undo = next((tag[5:] for tag in (message.extra_tags or "").split() if tag[:5] == "undo:"), "")
    return {
        "text": str(message),
        "level": LEVELS.get(message.level_tag, "good"),
        "undo": undo,
    }
