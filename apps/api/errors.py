"""Refusals of the API in JSON, those that Django raises for a body included."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.api.parsing import BodyTooLarge


def answer(exception: Exception, context: dict[str, Any]) -> Response | None:
    """REST_FRAMEWORK["EXCEPTION_HANDLER"]; an outage stays the matter of FailureMiddleware."""
    if isinstance(exception, RequestDataTooBig):
        exception = BodyTooLarge()
    return exception_handler(exception, context)
