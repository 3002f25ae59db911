"""What each person has in the base: clients added, and whether they can be reached."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import is_now, moments_of
from apps.core.metrics import Metric, Source, Sums, Unit, add_metrics, add_source, summed
from apps.core.periods import Period

# Whose a client was at a moment: the old owner of the first change since, else the present one.
OWNED = """
SELECT client.*, CASE WHEN later.client_id IS NULL THEN client.owner_id ELSE later.old_owner_id END
    AS owned_by
FROM clients_client client
LEFT JOIN (
    SELECT DISTINCT ON (client_id) client_id, old_owner_id FROM clients_ownerchange
    WHERE happened_at >= %(ended)s ORDER BY client_id, happened_at, id
) later ON later.client_id = client.id
"""

ADDED = f"""
SELECT owned_by, count(*) AS client_count FROM ({OWNED}) client
WHERE created_at >= %(begun)s AND created_at < %(ended)s AND merged_into_id IS NULL
    AND owned_by IS NOT NULL
GROUP BY 1
"""  # noqa: S608 - of our own columns

REACHED = """
SELECT owner_id, count(*) AS client_count,
    count(*) FILTER (WHERE phone <> '' OR email <> '' OR EXISTS (
        SELECT FROM clients_contact contact WHERE contact.client_id = client.id
            AND contact.archived_at IS NULL AND (contact.phone <> '' OR contact.email <> '')
    )) AS reachable_count
FROM clients_client client
WHERE archived_at IS NULL AND owner_id IS NOT NULL
GROUP BY 1
"""


def added(period: Period) -> Sums:
    """Clients added within the period, by their owner at its end."""
    begun, ended = moments_of(period)
    return summed(ADDED, {"begun": begun, "ended": ended})


def cards(period: Period) -> Sums:
    """The base as it is; of days before yesterday nothing is known."""
    return summed(REACHED, {}) if is_now(period) else {}


def clients_of(person: int | None, _period: Period) -> str:
    asked: dict[str, Any] = {} if person is None else {"owner": person}
    address = reverse("clients:client_list")
    return f"{address}?{urlencode(asked)}" if asked else address


def register() -> None:
    add_source(Source("added", _("Clients added"), added, ("client_count",)))
    columns = ("client_count", "reachable_count")
    add_source(Source("cards", _("Cards of clients"), cards, columns, is_stock=True))
    base = _("Client base")
    add_metrics(
        Metric(
            code="clients_added",
            label=_("Clients added"),
            formula=_("clients added in the period, by their owner at its end"),
            unit=Unit.COUNT,
            owner=base,
            top=("added.client_count",),
            n=("added.client_count",),
            subject="base",
        ),
        Metric(
            code="clients",
            label=_("Clients in the base"),
            formula=_("clients of the person that are not in the bin"),
            unit=Unit.COUNT,
            owner=base,
            top=("cards.client_count",),
            n=("cards.client_count",),
            subject="base",
            rows=clients_of,
        ),
        Metric(
            code="clients_reachable",
            label=_("Clients that can be reached"),
            formula=_("clients with a telephone number or an e-mail address ÷ clients"),
            unit=Unit.SHARE,
            owner=base,
            top=("cards.reachable_count",),
            bottom=("cards.client_count",),
            n=("cards.client_count",),
            subject="base",
            rows=clients_of,
        ),
    )
