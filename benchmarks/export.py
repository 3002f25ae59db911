"""Exports of the deal list: when the first byte comes, and the whole of it."""

import time
from typing import Any

from django.db.models import Count
from django.urls import reverse

from apps.deals.models import Deal
from apps.staff.choices import Role
from apps.staff.models import User
from benchmarks.clock import Peak, rss_mb
from benchmarks.web import Site

Figures = dict[str, Any]


def run() -> dict[str, Figures]:
    """The head's export of every deal, and of those of the seller who has most of them."""
    site = Site(User.objects.get(role=Role.HEAD))
    owners = Deal.objects.filter(archived_at=None).values("owner").annotate(count=Count("pk"))
    owner = owners.order_by("-count")[0]
    export_of(site, f"format=csv&owner={owner['owner']}&outcome=won")  # warms up
    his = f"owner={owner['owner']}&outcome="
    return {
        "every deal, CSV": export_of(site, "format=csv&outcome="),
        "one seller's, CSV": export_of(site, f"format=csv&{his}"),
        "one seller's, the list's columns": export_of(site, f"format=csv&shown=1&{his}"),
        "one seller's, XLSX": {**export_of(site, f"format=xlsx&{his}"), "rows": owner["count"]},
    }


def export_of(site: Site, query: str) -> Figures:
    """Seconds, rows, bytes and the memory that it took more."""
    before = rss_mb()
    with Peak() as peak:
        begun = time.perf_counter()
        first, size, lines = 0.0, 0, 0
        for chunk in site.stream(f"{reverse('deals:deal_export')}?{query}"):
            first = first or time.perf_counter() - begun
            size += len(chunk)
            lines += chunk.count(b"\n")
        seconds = time.perf_counter() - begun
    return {
        "first_byte": first,
        "seconds": seconds,
        "rows": lines - 1,
        "bytes": size,
        "memory_growth_mb": peak.mb - before,
    }
