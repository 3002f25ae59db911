"""Guessing passwords: slow for the guesser, never a locked office.

Failures are rows of the axes package in the database, so the limits hold without Redis. One account
is closed to one address for a while (`calculations.locked_until`); an address with many failures
is slowed down only for accounts that have not logged in from it before.
"""

from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessFailureLog, AccessLog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.staff.calculations import ADDRESS_FAILURES_ALLOWED, locked_until, pause_after

MEMORY = timedelta(days=1)
HOUR = timedelta(hours=1)
KNOWN_FOR = timedelta(days=30)


class LogInThrottle(AxesDatabaseHandler):
    """The handler named by AXES_HANDLER: a lock by our own rule."""

    def is_locked(self, request: Any, credentials: dict | None = None) -> bool:
        until = closed_until(get_client_username(request, credentials), request.axes_ip_address)
        return until is not None

    def get_failures(self, request: Any, credentials: dict | None = None) -> int:
        """The limit itself while the account is closed, otherwise 0."""
        return settings.AXES_FAILURE_LIMIT if self.is_locked(request, credentials) else 0


def closed_until(username: str | None, address: str | None) -> datetime | None:
    """When the account opens again to this address; None when it is open now."""
    now = timezone.now()
    since = max(now - MEMORY, last_success(username, address) or now - MEMORY)
    failures = AccessFailureLog.objects.filter(
        username=username, ip_address=address, attempt_time__gt=since
    )
    until = locked_until(failures.order_by("attempt_time").values_list("attempt_time", flat=True))
    return until if until is not None and until > now else None


def last_success(username: str | None, address: str | None) -> datetime | None:
    logs = AccessLog.objects.filter(username=username, ip_address=address)
    return logs.order_by("-attempt_time").values_list("attempt_time", flat=True).first()


def address_waits_until(username: str, address: str | None) -> datetime | None:
    """When a stranger at a much failing address may try; None: now."""
    now = timezone.now()
    failures = AccessFailureLog.objects.filter(ip_address=address, attempt_time__gt=now - HOUR)
    count = failures.count()
    if count <= ADDRESS_FAILURES_ALLOWED:
        return None
    known = last_success(username, address)
    if known is not None and known > now - KNOWN_FOR:
        return None
    last = failures.order_by("-attempt_time").values_list("attempt_time", flat=True)[0]
    until = last + pause_after(count)
    return until if until > now else None


def guess_one_at_a_time(username: str, address: str | None) -> None:
    """Queue up for this account and address until the transaction ends: no guesses in parallel."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"log-in {username} {address}"],
        )


def forgive(username: str) -> None:
    """The person has proved himself by e-mail: forget the failures at his account."""
    AccessFailureLog.objects.filter(username=username).delete()


def keep_response(
    request: HttpRequest, response: HttpResponse, credentials: dict | None
) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: the log-in page has already answered."""
    return response
