"""What clients of one industry and size can buy a year, where enough of them were asked."""

from decimal import Decimal
from typing import Any

from django.db import connection

from apps.portfolio.calculations.health import ENOUGH_POTENTIALS, SIZES

# A median must not tell what one colleague alone knows: it needs clients of several people.
LEAST_OWNERS = 3

MEDIANS = """
SELECT lower(industry), (SELECT count(*) FROM unnest(%(sizes)s) bound WHERE employees > bound),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY potential), count(*)
FROM clients_client
WHERE archived_at IS NULL AND potential IS NOT NULL AND industry <> '' AND employees IS NOT NULL
GROUP BY 1, 2
HAVING count(*) >= %(least)s AND count(DISTINCT owner_id) >= %(owners)s
"""

Medians = dict[tuple[str, int | None], tuple[Decimal, int]]


def median_potentials() -> Medians:
    """The median potential and the number of clients behind it, by (industry, size)."""
    values: dict[str, Any] = {
        "sizes": list(SIZES),
        "least": ENOUGH_POTENTIALS,
        "owners": LEAST_OWNERS,
    }
    with connection.cursor() as cursor:
        cursor.execute(MEDIANS, values)
        return {
            (industry, size): (Decimal(str(median)).quantize(Decimal("0.01")), count)
            for industry, size, median, count in cursor.fetchall()
        }
