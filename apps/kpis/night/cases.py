"""What is open, lost and owed, by person: the parts of a payload that are read from records."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.kpis.models import StockFact
from apps.kpis.night.months import Month
from apps.kpis.night.present import PEOPLE, first_refusal

# Balances that payloads show, summed over people.
BALANCE_FIELDS = (
    "open_count",
    "open_amount",
    "weighted_amount",
    "lead_count",
    "stuck_count",
    "stuck_amount",
    "idle_count",
    "hygiene_good",
    "no_step",
    "overdue_step",
    "no_client",
    "no_amount",
    "no_close_day",
    "close_passed",
    "debt_amount",
    "overdue_debt_count",
    "overdue_debt_amount",
    "overdue_tasks",
)
FUNNEL_WEEKS = 13

Rows = dict[int, list[tuple[Any, ...]]]


def by_person(sql: str, values: dict[str, Any]) -> Rows:
    """Rows by their first column, a person's id, without it."""
    found: Rows = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for person, *rest in cursor.fetchall():
            found[person].append(tuple(rest))
    return found


def balances(month: Month, people: list[int]) -> tuple[date | None, dict[int, dict[str, Any]]]:
    """The last closing balances within the month, by person, and their day."""
    within = StockFact.objects.filter(day__gte=month.period.start, day__lte=month.last_day)
    if month.is_current and not within.exists():
        # On the first morning of a month the balances are those of the evening before.
        within = StockFact.objects.filter(day=month.today - timedelta(days=1))
    newest = within.order_by("-day").values_list("day", flat=True).first()
    if newest is None:
        return None, {}
    rows = StockFact.objects.filter(day=newest, user__in=people).values("user_id", *BALANCE_FIELDS)
    return newest, {row["user_id"]: row for row in rows}


def cohort_window(month: Month, maturity: int) -> tuple[date, date]:
    return cohort_weeks(month.last_day, maturity)


def cohort_weeks(last_day: date, maturity: int) -> tuple[date, date]:
    """The weeks of entry that are counted: thirteen, before those that had no time to mature."""
    settled = last_day + timedelta(days=1 - maturity)
    end = settled - timedelta(days=settled.weekday())
    return end - timedelta(weeks=FUNNEL_WEEKS), end


COHORTS = """
SELECT user_id, stage_id, sum(entered), sum(passed), sum(lost), sum(still_open), sum(won_count)
FROM kpis_stagecohort WHERE week >= %(start)s AND week < %(end)s
    AND user_id = ANY(%(people)s) GROUP BY 1, 2
"""


def cohorts(window: tuple[date, date], people: list[int]) -> Rows:
    """Stage, entered, passed, lost, still open, won."""
    return by_person(COHORTS, {"start": window[0], "end": window[1], "people": people})


OPEN_NOW = """
SELECT owner_id, stage_id, open_count, open_amount, stuck_count, due_count, due_amount,
    due_weighted_amount
FROM kpis_openstage WHERE owner_id = ANY(%(people)s)
"""


def open_now(people: list[int]) -> Rows:
    """Stage, deals, amount, stuck ones; deals due in the month, their amount, that weighted."""
    return by_person(OPEN_NOW, {"people": people})


REFUSALS = f"""
SELECT user_id, reason_id, sum(count), sum(amount),
    coalesce(sum(count) FILTER (WHERE day > %(last)s - 30), 0),
    coalesce(sum(amount) FILTER (WHERE day > %(last)s - 30), 0)
FROM {PEOPLE} JOIN kpis_refusalfact ON user_id = person.id
WHERE day <= %(last)s AND day > %(first)s
GROUP BY 1, 2
"""


def refusals(month: Month, people: list[int]) -> Rows:
    """Reason, deals and amount lost in 90 days, in the last 30 of them."""
    values = {"last": month.last_day, "first": first_refusal(month.last_day), "people": people}
    return by_person(REFUSALS, values)


RECEIVABLES = f"""
SELECT owner_id, CASE WHEN days <= 0 THEN 'not_due' WHEN days <= 30 THEN '1_30'
        WHEN days <= 60 THEN '31_60' WHEN days <= 90 THEN '61_90' ELSE 'over_90' END,
    count(*), sum(amount)
FROM (SELECT owner_id, %(today)s - due_on AS days, amount
    FROM {PEOPLE} JOIN kpis_opendebt ON owner_id = person.id) debt
GROUP BY 1, 2
"""


def receivables(month: Month, people: list[int]) -> Rows:
    """Bucket, payments, what is owed."""
    return by_person(RECEIVABLES, {"today": month.today, "people": people})


REVENUE_90 = """
SELECT user_id, sum(won_amount + adjusted_amount) FROM kpis_dealfact
WHERE day <= %(last)s AND day > %(last)s - 90 AND (won_amount <> 0 OR adjusted_amount <> 0)
GROUP BY 1
"""


def revenue_of_90_days(month: Month) -> dict[int, Decimal]:
    return {
        user: rows[0][0] for user, rows in by_person(REVENUE_90, {"last": month.last_day}).items()
    }


LATE_EVENTS = """
SELECT owner_id, count(*) FROM deals_stagemove
WHERE happened_on >= %(first)s AND happened_on <= %(last)s
    AND recorded_at - happened_at > interval '1 day' GROUP BY 1
"""


def late_events(month: Month) -> dict[int, int]:
    values = {"first": month.period.start, "last": month.last_day}
    return {user: rows[0][0] for user, rows in by_person(LATE_EVENTS, values).items()}
