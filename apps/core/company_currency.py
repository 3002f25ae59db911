"""The company's currency for amounts that do not name their own."""

import time

from django.conf import settings

from apps.core.models import Company

# It changes once in the life of an installation: a process asks again after this long.
FRESH_SECONDS = 60

_known: tuple[float, str] | None = None


def company_currency() -> str:
    """The code of the currency; one query a minute in a process.

    A test run fixes it by the setting COMPANY_CURRENCY, so that no test counts that query.
    """
    global _known
    if fixed := getattr(settings, "COMPANY_CURRENCY", ""):
        return fixed
    now = time.monotonic()
    if _known is None or now - _known[0] > FRESH_SECONDS:
        _known = (now, Company.current().currency)
    return _known[1]
