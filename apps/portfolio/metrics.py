"""How the base lives, and whether clients get the care that their class asks for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.clients.metrics import OWNED
from apps.core.calendars import moments_of
from apps.core.metrics import Direction, Metric, Source, Sums, Unit, add_metrics, add_source, summed
from apps.core.periods import Period
from apps.portfolio.choices import Lifecycle

STATES = [state.value for state in Lifecycle if state != Lifecycle.PROSPECT]
COUNTS = ",\n    ".join(
    f"count(*) FILTER (WHERE segment.lifecycle = '{state}') AS {state}_count" for state in STATES
)
# The newest segmentation of the period, by who had the clients at its end.
BASE = f"""
SELECT client.owned_by, count(*) AS buyer_count,
    {COUNTS}
FROM portfolio_clientsegment segment
JOIN ({OWNED}) client ON client.id = segment.client_id AND client.archived_at IS NULL
    AND client.owned_by IS NOT NULL
WHERE segment.lifecycle <> 'prospect' AND segment.run_id = (
    SELECT id FROM portfolio_segmentrun WHERE day >= %(start)s AND day < %(end)s
    ORDER BY day DESC, id DESC LIMIT 1)
GROUP BY 1
"""  # noqa: S608 - of words of our own

SERVICE = """
SELECT client.owner_id, count(*) AS client_count,
    count(*) FILTER (WHERE state.touches >= state.norm) AS kept_count,
    sum(state.norm) AS norm_touches, sum(least(state.touches, state.norm)) AS counted_touches
FROM portfolio_servicestate state
JOIN clients_client client ON client.id = state.client_id AND client.archived_at IS NULL
    AND client.owner_id IS NOT NULL
WHERE state.day >= %(start)s AND state.day < %(end)s
GROUP BY 1
"""


def base(period: Period) -> Sums:
    ended = moments_of(period)[1]
    return summed(BASE, {"start": period.start, "end": period.end, "ended": ended})


def service(period: Period) -> Sums:
    """The care counted on the last night, when its day lies within the period."""
    return summed(SERVICE, {"start": period.start, "end": period.end})


def listed(name: str, **filters: Any) -> Any:
    """A list of clients as they are now, narrowed to those of the person."""

    def address(person: int | None, _period: Period) -> str:
        query = urlencode(filters if person is None else {**filters, "owner": person})
        return f"{reverse(name)}?{query}" if query else reverse(name)

    return address


def register() -> None:
    counts = tuple(f"{state}_count" for state in STATES)
    add_source(
        Source("base", _("Segments of clients"), base, ("buyer_count", *counts), is_stock=True)
    )
    columns = ("client_count", "kept_count", "norm_touches", "counted_touches")
    add_source(Source("service", _("Norms of service"), service, columns, is_stock=True))
    add_metrics(*states(), *care())


def states() -> list[Metric]:
    asleep = ("base.sleeping_count", "base.lost_count")
    return [
        state("clients_active", _("Active clients"), ("base.active_count",),
              _("clients that order in their usual rhythm")),
        state("clients_new", _("New clients"), ("base.new_count",),
              _("clients whose first order is at most 90 days old")),
        state("clients_returned", _("Returned clients"), ("base.returned_count",),
              _("clients that ordered again after a long silence")),
        state("clients_cooling", _("Clients cooling down"), ("base.cooling_count",),
              _("clients silent for longer than usual, not yet asleep"), direction=Direction.LESS),
        state("clients_asleep", _("Clients asleep or lost"), asleep,
              _("clients silent for more than three of their usual gaps"),
              direction=Direction.LESS),
        state("live_share", _("Share of the base alive"),
              ("base.active_count", "base.new_count", "base.returned_count"),
              _("(active + new + returned) ÷ clients that have ever bought"),
              unit=Unit.SHARE, bottom=("base.buyer_count",)),
    ]  # fmt: skip


def state(code: str, label: Any, top: tuple[str, ...], formula: Any, **more: Any) -> Metric:
    """A count of clients by the last segmentation of the period; a single state has its list."""
    given = {"unit": Unit.COUNT, **more}
    if len(top) == 1:
        lifecycle = top[0].removeprefix("base.").removesuffix("_count")
        given["rows"] = listed("portfolio:segment_clients", lifecycle=lifecycle)
    return Metric(
        code=code,
        label=label,
        formula=formula,
        owner=_("Client base"),
        top=top,
        n=("base.buyer_count",),
        subject="base",
        **given,
    )


def care() -> list[Metric]:
    return [
        Metric(
            code="service_kept",
            label=_("Clients served by the norm"),
            formula=_(
                "clients touched at least as often as their class asks ÷ clients with a norm"
            ),
            unit=Unit.SHARE,
            owner=_("Client base"),
            top=("service.kept_count",),
            bottom=("service.client_count",),
            n=("service.client_count",),
            subject="base",
            rows=listed("portfolio:service"),
        ),
        Metric(
            code="touches_of_norm",
            label=_("Touches against the norm"),
            formula=_("Σ touches, of each client no more than his norm ÷ Σ norms"),
            unit=Unit.SHARE,
            owner=_("Client base"),
            top=("service.counted_touches",),
            bottom=("service.norm_touches",),
            n=("service.client_count",),
            subject="base",
            rows=listed("portfolio:service"),
        ),
    ]
