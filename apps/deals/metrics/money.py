"""What won deals were sold at, against their price lists and costs, and whether debtors pay (F17, F21)."""

from __future__ import annotations

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import days_over
from apps.core.metrics import Source, Sums, add_source, summed
from apps.core.periods import Period
from apps.deals.metrics import changes
from apps.deals.metrics.won import WON
from apps.deals.models import PromiseToPay

# A deal's sums are in cents of the company's currency, its parts by the splits exact: shares have
# four decimals. Margin is known of deals whose every line has its cost (calculations.margin).
LINES = f"""
WITH won AS MATERIALIZED ({WON}), whole AS (
    SELECT won.id, won.owner_id,
        round(sum(line.quantity * line.list_price) * won.rate, 2) AS listed,
        round(sum(line.quantity * line.sold_price) * won.rate, 2) AS sold,
        CASE WHEN bool_and(line.cost IS NOT NULL)
            THEN round(sum(line.quantity * line.cost) * won.rate, 2) END AS cost
    FROM won JOIN deals_dealline line ON line.deal_id = won.id
    GROUP BY won.id, won.owner_id, won.rate
), part AS (
    SELECT coalesce(split.user_id, whole.owner_id) AS user_id, coalesce(split.share, 1) AS share,
        whole.listed, whole.sold, whole.cost, 0 AS deals
    FROM whole LEFT JOIN deals_dealsplit split ON split.deal_id = whole.id
    UNION ALL
    SELECT owner_id, 0, listed, sold, cost, 1 FROM whole
)
SELECT user_id,
    sum(deals) AS deal_count,
    sum(deals) FILTER (WHERE cost IS NOT NULL AND sold > 0) AS costed_count,
    sum(deals) FILTER (WHERE listed > 0) AS priced_count,
    sum(share * sold) AS sold_amount,
    sum(share * sold) FILTER (WHERE cost IS NOT NULL AND sold > 0) AS costed_amount,
    sum(share * (sold - cost)) FILTER (WHERE cost IS NOT NULL AND sold > 0) AS margin_amount,
    sum(share * listed) FILTER (WHERE listed > 0) AS list_amount,
    sum(share * (listed - sold)) FILTER (WHERE listed > 0) AS discount_amount
FROM part GROUP BY 1
"""  # noqa: S608 - of our own columns

# A client's first order, and the ones after it: by the day of winning.
ORDERS = f"""
WITH won AS MATERIALIZED ({WON}), known AS MATERIALIZED (
    SELECT won.*, EXISTS (
        SELECT FROM deals_deal earlier
        WHERE earlier.client_id = won.client_id AND earlier.outcome = 'won'
            AND (earlier.closed_on, earlier.id) < (won.closed_on, won.id)) AS is_repeat
    FROM won WHERE won.client_id IS NOT NULL
)
SELECT owner_id, count(*) AS client_count,
    count(*) FILTER (WHERE NOT is_repeat) AS first_count,
    count(*) FILTER (WHERE is_repeat) AS repeat_count
FROM known GROUP BY 1
"""  # noqa: S608 - of our own columns


def lines(period: Period) -> Sums:
    return summed(LINES, {"start": period.start, "end": period.end})


def orders(period: Period) -> Sums:
    return summed(ORDERS, {"start": period.start, "end": period.end})


def promises(period: Period) -> Sums:
    """Promises whose day has come within the period, by who answers for the debt."""
    over = days_over(period)
    if over is None:
        return {}
    ended = PromiseToPay.objects.standing().filter(
        promised_on__gte=over.start, promised_on__lt=over.end
    )
    counted = (
        ended.with_paid()
        .order_by()
        .values("owner")
        .annotate(ended_count=Count("pk"), kept_count=Count("pk", filter=Q(paid__gte=F("amount"))))
    )
    return {
        row["owner"]: {"ended_count": row["ended_count"], "kept_count": row["kept_count"]}
        for row in counted
    }


def register() -> None:
    add_source(
        Source(
            "lines",
            _("Products of won deals"),
            lines,
            (
                "deal_count",
                "costed_count",
                "priced_count",
                "sold_amount",
                "costed_amount",
                "margin_amount",
                "list_amount",
                "discount_amount",
            ),
            changed=changes.won_lines,
        )
    )
    add_source(
        Source(
            "orders",
            _("First and repeated orders"),
            orders,
            ("client_count", "first_count", "repeat_count"),
            changed=changes.first_orders,
        )
    )
    add_source(Source("promises", _("Promises to pay"), promises, ("ended_count", "kept_count")))
