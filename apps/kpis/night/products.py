"""The night's step "products": what was won, by product, in the parts of each deal's lines.

The events are those that the facts of deals count (apps.kpis.night.facts), so both sums are equal to
the kopeck. It is done beside the snapshots, which do not show it.
"""

from __future__ import annotations

from apps.kpis.closing import frozen_months
from apps.kpis.models import NightRun
from apps.kpis.night.dirty import Dirty
from apps.kpis.night.facts import ADJUSTMENTS, EVENTS, WON, ends_of_pipelines, replace_days

TABLE = "kpis_productfact"
# Cents of an event by largest remainder: each product its part cut to cents, the rest to those that
# lost most by it.
PRODUCTS = f"""
INSERT INTO {TABLE} (day, product_id, amount)
WITH event AS MATERIALIZED (
    SELECT day, deal_id, move_id, coalesce(won_amount, 0) + coalesce(adjusted, 0) AS amount
    FROM ({EVENTS} AND move.to_stage_id = ANY({WON}) UNION ALL {ADJUSTMENTS}) counted
), line AS (
    SELECT deal_id, product_id, sum(quantity * sold_price) AS worth FROM deals_dealline
    WHERE deal_id IN (SELECT deal_id FROM event)
    GROUP BY 1, 2 HAVING sum(quantity * sold_price) > 0
), exact AS (
    SELECT event.day, event.move_id, line.product_id, sign(event.amount) AS sign,
        abs(event.amount) * 100 AS whole,
        abs(event.amount) * 100
            * coalesce(line.worth / sum(line.worth) OVER (PARTITION BY event.move_id), 1) AS cents
    FROM event LEFT JOIN line ON line.deal_id = event.deal_id WHERE event.amount <> 0
), part AS (
    SELECT day, product_id, sign * (floor(cents) + (
        row_number() OVER (PARTITION BY move_id ORDER BY cents - floor(cents) DESC, product_id)
            <= whole - sum(floor(cents)) OVER (PARTITION BY move_id))::int) / 100 AS amount
    FROM exact
)
SELECT day, product_id, sum(amount) FROM part GROUP BY 1, 2 ORDER BY 1, 2
"""


def products_step(run: NightRun, _part: str) -> int:
    dirty, values = Dirty.of(run), {"day": run.day, **ends_of_pipelines()}
    return replace_days(TABLE, PRODUCTS, dirty.days, values, frozen_months(run))
