"""What buyers did in the invented deals, and what they said when they were asked again.

Two statements write everything, with the hash of the row as dice: the same seed gives the same rows.
"""

from datetime import date, timedelta

from django.db import connection

from apps.core.periods import week_of
from apps.dashboard.sample.writing import history_asleep, refresh_statistics
from apps.deals.actions import draw_losses, keep_trust
from apps.deals.models import Deal, TrustAtClose, TrustMark, VerificationCall

MARKED_DAYS = 365
WEEKS = 26
# The last weeks wait for their calls.
WAITING_WEEKS = 2

# An act happens within days of entering its stage, before the deal is closed; buyers who are going
# to buy do more of them.
MARKS = """
INSERT INTO deals_trustmark (deal_id, signal_id, done_on, user_id, recorded_at, note)
SELECT deal_id, signal_id, done_on, owner_id, recorded_at,
       (ARRAY['Письмо клиента', 'Сказал на встрече', 'Запись звонка', 'Прислал файл'])
           [1 + dice %% 4]
FROM (
    SELECT deal.id AS deal_id, signal.id AS signal_id, deal.owner_id, dice,
           (move.happened_at AT TIME ZONE 'Europe/Moscow')::date AS done_on,
           LEAST(move.happened_at + make_interval(hours => 1 + dice %% 30),
                 CASE WHEN deal.outcome = 'open' THEN %(today)s::timestamptz ELSE deal.stage_since END
                 - interval '1 minute') AS recorded_at
    FROM deals_deal deal
    JOIN deals_stage standing ON standing.id = COALESCE(deal.closed_from_id, deal.stage_id)
    JOIN deals_stage stage ON stage.pipeline_id = deal.pipeline_id
         AND stage."order" <= standing."order"
    JOIN deals_trustsignal signal ON signal.stage_id = stage.id
    JOIN deals_stagemove move ON move.deal_id = deal.id AND move.to_stage_id = stage.id
         AND move.is_first_entry
    CROSS JOIN LATERAL (
        SELECT ('x' || substr(md5(%(seed)s || ' ' || deal.id || ' ' || signal.name), 1, 7))
               ::bit(28)::int AS dice,
               ('x' || substr(md5(%(seed)s || ' buyer ' || deal.id), 1, 7))
               ::bit(28)::int %% 50 AS warmth
    ) drawn
    WHERE deal.opened_on >= %(since)s
      AND dice %% 100 < warmth + CASE deal.outcome WHEN 'won' THEN 42 WHEN 'open' THEN 28 ELSE 16 END
) acts
"""
# Two of three clients say what the seller said; the others name another reason, or nobody answers.
ANSWERS = """
UPDATE deals_verificationcall asked
SET result = CASE WHEN dice %% 100 < 14 THEN 'unreached' ELSE 'reached' END,
    found_id = CASE WHEN dice %% 100 < 14 THEN NULL
                    WHEN dice %% 100 < 70 THEN asked.stated_id
                    ELSE reasons.pks[1 + dice %% array_length(reasons.pks, 1)] END,
    comment = CASE WHEN dice %% 100 >= 70 THEN 'Клиент объяснил иначе, чем записано' ELSE '' END,
    made_by_id = callers.caller, made_at = asked.due_on - interval '2 days' + interval '9 hours'
FROM (
    SELECT call.id, ('x' || substr(md5(%(seed)s || ' call ' || call.deal_id), 1, 7))::bit(28)::int AS dice,
           CASE WHEN team.leader_id <> call.owner_id THEN team.leader_id ELSE head.id END AS caller
    FROM deals_verificationcall call
    JOIN staff_user owner ON owner.id = call.owner_id
    JOIN staff_teamnode team ON team.id = owner.team_id
    CROSS JOIN (SELECT min(id) AS id FROM staff_user WHERE role = 'head') head
) callers,
(
    SELECT array_agg(id ORDER BY "order", id) AS pks FROM deals_refusalreason leaf
    WHERE NOT is_system AND archived_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM deals_refusalreason child WHERE child.parent_id = leaf.id)
) reasons
WHERE callers.id = asked.id AND asked.week < %(waiting)s AND callers.caller <> asked.owner_id
"""


def make_trust(seed: int, today: date) -> None:
    """Acts of the last year with the indexes that deals were closed with, and half a year of calls."""
    since = today - timedelta(days=MARKED_DAYS)
    this_week = week_of(today).start
    with history_asleep([TrustMark, TrustAtClose, VerificationCall]):
        run(MARKS, seed=str(seed), since=since, today=today)
        closed = Deal.objects.exclude(outcome="open").filter(opened_on__gte=since)
        keep_trust(list(closed.values_list("pk", flat=True)))
        for back in range(1, WEEKS + 1):
            draw_losses(this_week - timedelta(weeks=back))
        run(ANSWERS, seed=str(seed), waiting=this_week - timedelta(weeks=WAITING_WEEKS))
    refresh_statistics([TrustMark, TrustAtClose, VerificationCall])


def run(sql: str, **parameters: str | date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
