"""Ten exports an hour for each person: whoever carries the base away in parts is slowed down.

Counted by rows of PostgreSQL, so that the limit holds without Redis, between processes and for requests
at the same moment; the rows are the record of who took what.
"""

import logging
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext

from apps.core.models import ExportRecord
from apps.core.views import errors

security_log = logging.getLogger("sales.security")
exports_log = logging.getLogger("sales.exports")

View = Callable[..., HttpResponse]

WINDOW = timedelta(hours=1)


def counts_exports(view: View) -> View:
    """Let a person's export through while the hour has room, else answer 429 with the time.

    Stands under `@requires`. A refused or empty-handed answer (300 and above) counts for nothing.
    """

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            export_one_at_a_time(request.user.pk)
            opens_at = closed_until(request.user)
            if opens_at is not None:
                security_log.warning("export refused: too many within the hour")
                return too_many(request, opens_at)
            response = view(request, *args, **kwargs)
            if response.status_code < 300:
                write_down(request, request.user)
        return response

    counted.counts_exports = True  # type: ignore[attr-defined]
    return counted


def export_one_at_a_time(person_id: Any) -> None:
    """Queue up until the transaction ends: requests at the same moment cannot share one turn."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"export {person_id}"]
        )


def closed_until(person: Any) -> datetime | None:
    """When the next export of `person` is possible; None: now."""
    recent = ExportRecord.objects.filter(user=person).since(timezone.now() - WINDOW)
    limit = settings.EXPORTS_PER_HOUR
    latest = list(recent.order_by("-at").values_list("at", flat=True)[:limit])
    return latest[-1] + WINDOW if len(latest) >= limit else None


def write_down(request: HttpRequest, person: Any) -> None:
    match = request.resolver_match
    ExportRecord.objects.create(
        user=person, what=match.view_name if match else "", path=request.path[:255]
    )
    exports_log.info("exported: %s", request.path)


def too_many(request: HttpRequest, opens_at: datetime) -> HttpResponse:
    limit = settings.EXPORTS_PER_HOUR
    heading = ngettext(
        "%(count)d export an hour is the limit", "%(count)d exports an hour are the limit", limit
    )
    seconds = (opens_at - timezone.now()).total_seconds()
    response = errors.too_many_exports(request, heading % {"count": limit}, opens_at)
    response["Retry-After"] = str(max(math.ceil(seconds), 1))
    return response
