"""Who owes what: unpaid parts of won deals by age (F17)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Q, Sum, Value
from django.db.models.functions import Coalesce, NullIf, Round

from apps.deals.choices import AgeBucket

# Days after the due day: the bucket holds from the first to the last of them.
BOUNDS: dict[AgeBucket, tuple[int | None, int | None]] = {
    AgeBucket.NOT_DUE: (None, 0),
    AgeBucket.DAYS_30: (1, 30),
    AgeBucket.DAYS_60: (31, 60),
    AgeBucket.DAYS_90: (61, 90),
    AgeBucket.OLDER: (91, None),
}

OWED = F("amount") - F("paid")
# In the company's currency at the rate at which the deal was booked; each line to the cent, as the
# night counts it (apps.kpis.night.cases), so that the sums agree.
MONEY = DecimalField(max_digits=16, decimal_places=2)
RATE = F("deal__amount_base") / NullIf(F("deal__amount"), Value(Decimal(0)))
OWED_BASE = Round(OWED * Coalesce(RATE, Value(Decimal(1)), output_field=MONEY), precision=2)


def in_bucket(bucket: str, today: date) -> Q:
    first, last = BOUNDS[AgeBucket(bucket)]
    found = Q()
    if first is not None:
        found &= Q(due_on__lte=today - timedelta(days=first))
    if last is not None:
        found &= Q(due_on__gte=today - timedelta(days=last))
    return found


def buckets_of(lines: Any, today: date) -> list[dict[str, Any]]:
    """Count, sum and share of every bucket, from not due to the oldest; one query."""
    wanted: dict[str, Any] = {}
    for place, bucket in enumerate(AgeBucket):
        within = in_bucket(bucket, today)
        wanted[f"count_{place}"] = Count("pk", filter=within)
        wanted[f"sum_{place}"] = Coalesce(Sum(OWED_BASE, filter=within), Decimal(0))
    found = lines.order_by().aggregate(**wanted)
    total = sum(found[f"sum_{place}"] for place in range(len(AgeBucket)))
    return [
        {
            "code": bucket.value,
            "label": str(bucket.label).capitalize(),
            "count": found[f"count_{place}"],
            "amount": found[f"sum_{place}"],
            "share": found[f"sum_{place}"] / total if total else None,
        }
        for place, bucket in enumerate(AgeBucket)
    ]
