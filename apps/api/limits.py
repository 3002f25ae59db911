"""How often one token may ask."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class TokenThrottle(SimpleRateThrottle):
    """600 requests a minute, whatever the addresses; counted in the cache, so without Redis not."""

    scope = "token"
    rate = "600/min"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        pk = getattr(request.auth, "pk", None)
        return None if pk is None else f"api-token:{pk}"


class CalendarThrottle(SimpleRateThrottle):
    """120 fetches an hour of one calendar: five devices that ask every three minutes."""

    scope = "calendar"
    rate = "120/hour"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """`view` is the key of the feed."""
        return f"calendar-feed:{view}"
