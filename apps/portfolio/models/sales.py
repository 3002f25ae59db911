"""What each client bought, counted by the database: one row a client, some thousands at a time.

Revenue is that of won deals by the day of winning, with every later adjustment on its own day:
the same events that the night's facts of deals are made of. A deal whose money was all taken back
is no order.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
from django.db import connection, transaction

from apps.portfolio.calculations.spans import months_back
from apps.portfolio.calculations.thresholds import QUARTER_COLUMNS

CHUNK = 20_000
# Memory of one sort or hash of the database, not of the worker.
WORK_MEM = "128MB"
# Bits of a bigint that can say "ordered in that quarter".
MOST_QUARTERS = 62

SALES = """
WITH event AS (
    SELECT deal.client_id, deal.id AS deal_id, move.happened_on AS day, move.happened_on AS won_on,
        (move.amount_base * 100)::bigint AS cents
    FROM deals_stagemove move
    JOIN deals_stage stage ON stage.id = move.to_stage_id AND stage.kind = 'won'
    JOIN deals_deal deal ON deal.id = move.deal_id
    WHERE move.happened_on <= %(day)s AND (deal.archived_at IS NULL OR deal.outcome = 'won')
    UNION ALL
    SELECT deal.client_id, deal.id, adjustment.happened_on, NULL,
        (adjustment.amount_base * 100)::bigint
    FROM deals_wonadjustment adjustment
    JOIN deals_deal deal ON deal.id = adjustment.deal_id
    WHERE adjustment.happened_on <= %(day)s AND (deal.archived_at IS NULL OR deal.outcome = 'won')
), money AS (
    SELECT client_id, sum(cents) FILTER (WHERE day >= %(start)s) AS revenue{quarter_sums}
    FROM event WHERE client_id IS NOT NULL GROUP BY 1
), ordered AS (
    SELECT client_id, max(won_on) AS day, sum(cents) AS cents
    FROM event WHERE client_id IS NOT NULL
    GROUP BY client_id, deal_id HAVING sum(cents) > 0 AND max(won_on) IS NOT NULL
), dated AS (
    SELECT *, max(day) OVER by_client AS last_on, min(day) OVER by_client AS first_on
    FROM ordered WINDOW by_client AS (PARTITION BY client_id)
), order_sum AS (
    SELECT client_id, min(first_on) AS first_on, min(last_on) AS last_on,
        count(*) FILTER (WHERE day >= %(start)s) AS orders,
        sum(cents) FILTER (WHERE day > last_on - interval '1 year') AS last_year,
        bit_or(1::bigint << least((
            (extract(year FROM day) - extract(year FROM first_on)) * 4
            + extract(quarter FROM day) - extract(quarter FROM first_on))::int, %(bits)s)
        ) AS quarters
    FROM dated GROUP BY 1
), gap AS (
    SELECT client_id, day - lag(day) OVER (PARTITION BY client_id ORDER BY day) AS days,
        row_number() OVER (PARTITION BY client_id ORDER BY day DESC) AS back
    FROM (SELECT DISTINCT client_id, day FROM ordered) order_day
), rhythm AS (
    SELECT client_id, count(*) AS order_days,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS own_gap,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE back > 1) AS earlier_gap,
        max(days) FILTER (WHERE back = 1) AS last_gap
    FROM gap GROUP BY 1
)
SELECT client.id, coalesce(money.revenue, 0), coalesce(order_sum.last_year, 0),
    coalesce(order_sum.orders, 0), coalesce(rhythm.order_days, 0), order_sum.first_on,
    order_sum.last_on, rhythm.own_gap, rhythm.earlier_gap, rhythm.last_gap,
    coalesce(order_sum.quarters, 0){quarter_columns}
FROM clients_client client
LEFT JOIN money ON money.client_id = client.id
LEFT JOIN order_sum ON order_sum.client_id = client.id
LEFT JOIN rhythm ON rhythm.client_id = client.id
WHERE client.archived_at IS NULL
ORDER BY client.id
"""

COUNTED = ["revenue", "last_year", "orders", "order_days", "quarters", *QUARTER_COLUMNS]
DATED = ["first_on", "last_on"]
GAPS = ["own_gap", "earlier_gap", "last_gap"]
COLUMNS = [
    "client", "revenue", "last_year", "orders", "order_days", *DATED, *GAPS, "quarters",
    *QUARTER_COLUMNS,
]  # fmt: skip


def read_sales(
    day: date, starts: list[date], beat: Callable[[int], None] = lambda done: None
) -> pd.DataFrame:
    """The frame that `calculations.segments.segment` wants, for every client that is kept.

    `starts` are the first days of the quarters, the oldest first; `beat(done)` is told after each
    chunk how many clients have been read.
    """
    end = day + timedelta(days=1)
    values: dict[str, Any] = {"day": day, "start": months_back(end, 12), "bits": MOST_QUARTERS}
    bounds = [*starts, end]
    values |= {f"bound_{number}": bound for number, bound in enumerate(bounds)}
    frames = []
    with transaction.atomic(), connection.cursor() as settings:
        settings.execute(f"SET LOCAL work_mem = '{WORK_MEM}'")
        with connection.chunked_cursor() as cursor:
            cursor.execute(_statement(len(starts)), values)
            while rows := cursor.fetchmany(CHUNK):
                frames.append(as_frame(rows))
                beat(sum(map(len, frames)))
    return pd.concat(frames) if frames else as_frame([])


def _statement(quarters: int) -> str:
    sums = [
        f", sum(cents) FILTER (WHERE day >= %(bound_{number})s AND day < %(bound_{number + 1})s)"
        f" AS {QUARTER_COLUMNS[number]}"
        for number in range(quarters)
    ]
    columns = [f", coalesce(money.{name}, 0)" for name in QUARTER_COLUMNS[:quarters]]
    return SALES.replace("{quarter_sums}", "".join(sums)).replace(
        "{quarter_columns}", "".join(columns)
    )


def as_frame(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS).set_index("client")
    frame[COUNTED] = frame[COUNTED].astype("int64")
    frame[GAPS] = frame[GAPS].astype("float64")
    for name in DATED:
        frame[name] = pd.to_datetime(frame[name])
    return frame
