"""Deals won in a period, as several sources read them."""

# The owner is that of the day of winning, for ever; the rate is that at which the deal was booked.
WON = """
SELECT deal.id, deal.client_id, deal.closed_on, coalesce(win.owner_id, deal.owner_id) AS owner_id,
    coalesce(deal.amount_base / nullif(deal.amount, 0), 1) AS rate
FROM deals_deal deal
LEFT JOIN LATERAL (
    SELECT move.owner_id FROM deals_stagemove move
    WHERE move.deal_id = deal.id AND move.to_stage_id = deal.stage_id
    ORDER BY move.id DESC LIMIT 1
) win ON true
WHERE deal.outcome = 'won' AND deal.closed_on >= %(start)s AND deal.closed_on < %(end)s"""
