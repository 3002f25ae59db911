import json

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from apps.core import toasts
from apps.core.toasts import ToastMiddleware


def answered(response, *, by_script):
    """The response after the middleware, and the messages that wait for the next page."""
    headers = {"HX-Request": "true"} if by_script else {}
    request = RequestFactory().post("/", headers=headers)
    request.session = {}
    request._messages = FallbackStorage(request)

    def view(request):
        toasts.tell(request, "Звонок записан.", undo="/calls/7/undo/")
        toasts.warn(request, "Этап не изменён.")
        return response

    response = ToastMiddleware(view)(request)
    return response, [str(message) for message in get_messages(request)]


def test_a_script_is_told_at_once():
    response, _waiting = answered(HttpResponse(), by_script=True)

    assert json.loads(response["HX-Trigger"]) == {
        "toast": [
            {"text": "Звонок записан.", "level": "good", "undo": "/calls/7/undo/"},
            {"text": "Этап не изменён.", "level": "bad", "undo": ""},
        ]
    }


@pytest.mark.parametrize(
    ("response", "by_script"),
    [
        (HttpResponse(), False),
        (HttpResponseRedirect("/"), True),
        (HttpResponse(headers={"HX-Redirect": "/"}), True),
    ],
)
def test_otherwise_the_next_page_tells(response, by_script):
    response, waiting = answered(response, by_script=by_script)

    assert "HX-Trigger" not in response
    assert waiting == ["Звонок записан.", "Этап не изменён."]


def test_events_of_the_view_are_kept():
    response, _waiting = answered(
        HttpResponse(headers={"HX-Trigger": '{"closeModal": {}}'}), by_script=True
    )

    assert set(json.loads(response["HX-Trigger"])) == {"closeModal", "toast"}
