"""How soon leads are answered, by the person who has them (see apps.deals.speed_to_lead)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.clients.models import AnswerNorm
from apps.core.calendars import WorkCalendar, company_today, company_zone, day_start
from apps.core.metrics import Source, Sums, SumsByDay, add_source, over_days, summed_by_day
from apps.core.periods import DAY, Period
from apps.deals.metrics import changes


def clock(local: str) -> str:
    """Working seconds from the first day to `local`: whole days before it, and its own part.

    `numbers` counts the working days before each day, so a day works where the next number differs.
    """
    place = f"({local}::date - %(first)s + 1)"
    number = "(%(numbers)s::int[])"
    today = f"least(greatest(extract(epoch FROM {local}::time) - %(opens)s, 0), %(length)s)"
    return (
        f"({number}[{place}] * %(length)s + ({number}[{place} + 1] - {number}[{place}]) * {today})"
    )


# Worked out once, each in a step of its own: a moment stands in the clock several times.
LEADS = f"""
WITH lead AS (
    SELECT entry.happened_on, deal.id, deal.owner_id, deal.outcome, entry.happened_at AS came_at
    FROM deals_stagemove entry
    JOIN deals_stage stage ON stage.id = entry.to_stage_id AND stage.kind = 'lead'
    JOIN deals_deal deal ON deal.id = entry.deal_id
    WHERE entry.from_stage_id IS NULL AND entry.happened_on = ANY(%(days)s)
        AND deal.archived_at IS NULL AND deal.external_id = ''
), answered AS MATERIALIZED (
    SELECT lead.happened_on, lead.owner_id, lead.outcome, lead.came_at, (
        SELECT min(activity.happened_at) FROM deals_activity activity
        WHERE activity.deal_id = lead.id AND activity.kind <> 'note'
            AND activity.happened_at >= lead.came_at AND activity.happened_at < %(now)s
            AND activity.reversal_of_id IS NULL AND activity.id NOT IN (
                SELECT reversal_of_id FROM deals_activity WHERE reversal_of_id IS NOT NULL)
        ) AS answered_at
    FROM lead
), local AS MATERIALIZED (
    SELECT happened_on, owner_id, outcome, answered_at, came_at AT TIME ZONE %(zone)s AS came,
        answered_at AT TIME ZONE %(zone)s AS answered
    FROM answered
), timed AS MATERIALIZED (
    SELECT happened_on, owner_id, outcome, answered_at,
        floor(({clock("answered")} - {clock("came")}) / 60) AS minutes
    FROM local
)
SELECT happened_on, owner_id,
    count(*) FILTER (WHERE answered_at IS NOT NULL OR outcome = 'open') AS lead_count,
    count(answered_at) AS answered_count,
    count(*) FILTER (WHERE minutes <= %(norm)s) AS in_norm_count,
    count(*) FILTER (WHERE answered_at IS NULL AND outcome = 'open') AS waiting_count,
    coalesce(sum(minutes), 0) AS answer_minutes
FROM timed GROUP BY 1, 2
"""  # noqa: S608 - of our own columns


def leads(period: Period) -> Sums:
    """Leads that came within the period; one closed without an answer speaks for nobody."""
    return over_days(leads_by_day(list(period.days())))


def leads_by_day(days: Collection[date]) -> SumsByDay:
    """Of the day on which a lead came, however late it is answered."""
    today = company_today()
    come = [day for day in days if day <= today]
    if not come:
        return {}
    known = Period(min(come), today + DAY)
    return summed_by_day(LEADS, {**hours(), **clock_values(known), "days": come})


def clock_values(known: Period) -> dict[str, Any]:
    calendar = WorkCalendar.load(known.start, known.last_day)
    return {
        "first": known.start,
        "numbers": calendar.numbers(known),
        "now": day_start(known.end),
        "zone": str(company_zone()),
    }


def hours() -> dict[str, int]:
    norm = AnswerNorm.current()
    opens, closes = seconds(norm.opens_at), seconds(norm.closes_at)
    return {"opens": opens, "length": closes - opens, "norm": norm.answer_minutes}


def seconds(clock_time: time) -> int:
    return clock_time.hour * 3600 + clock_time.minute * 60 + clock_time.second


def register() -> None:
    add_source(
        Source(
            "leads",
            _("Answers to leads"),
            leads,
            ("lead_count", "answered_count", "in_norm_count", "waiting_count", "answer_minutes"),
            changed=changes.leads,
            by_day=leads_by_day,
        )
    )
