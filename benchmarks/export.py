"""The export of deals: when its first byte comes, and the whole of it."""

import time
from typing import Any

from django.urls import reverse

from apps.staff.choices import Role
from apps.staff.models import User
from benchmarks.clock import Peak, rss_mb
from benchmarks.web import Site


def run() -> dict[str, Any]:
    """Seconds, rows and memory of the head's export of every deal as CSV."""
    site = Site(User.objects.get(role=Role.HEAD))
    before = rss_mb()
    with Peak() as peak:
        begun = time.perf_counter()
        first, size, lines = 0.0, 0, 0
        for chunk in site.stream(f"{reverse('deals:deal_export')}?format=csv&outcome="):
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
