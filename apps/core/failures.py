"""Which page answers a failure that is nobody's mistake in the code."""

import sys

import redis.exceptions
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from apps.core.views import errors

RETRY_AFTER_SECONDS = "10"
OUTAGES = (
    OperationalError,
    InterfaceError,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
)
OVERSIZE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def answer(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """The page for an outage (503) or an oversize request (413); None for anything else."""
    if isinstance(exception, OUTAGES):
        response = errors.unavailable(request, exception)
        response["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    if isinstance(exception, OVERSIZE):
        return errors.too_large(request, exception)
    return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: a request that is too large for a middleware ends here as well."""
    return answer(request, exception) or errors.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: an outage that struck a middleware ends here as well."""
    return answer(request, sys.exc_info()[1]) or errors.server_error(request)
