"""The facts of the night in the naive way and in ours, one after the other in one process.

Apart from the other suites, so that pandas burdens only its own process.
"""

import time
from dataclasses import asdict
from typing import Any

import pandas as pd
from django.db import connection, models, transaction
from django.utils import timezone

from apps.core.calendars import company_zone
from apps.kpis.actions.nights import last_due_day
from apps.kpis.models import ActivityFact, DealFact, PaymentFact, TaskFact
from apps.kpis.night.dirty import Dirty
from apps.kpis.night.facts import PARTS_OF_FACTS, store_facts
from benchmarks.clock import cost_of

PERSON = ["day", "user_id", "team_id"]
GRAIN = [*PERSON, "pipeline_id", "segment", "source_id"]
# Amounts become numbers with a floating point: pandas would add up Decimals ten times as slowly.
DEALS = """
SELECT deal.owner_id AS user_id, owner.team_id, deal.pipeline_id,
    coalesce(client.level, '') AS segment, deal.source_id, deal.opened_on, deal.closed_on,
    deal.outcome, deal.amount_base AS amount
FROM deals_deal deal JOIN staff_user owner ON owner.id = deal.owner_id
LEFT JOIN clients_client client ON client.id = deal.client_id
WHERE deal.archived_at IS NULL OR deal.outcome = 'won'
"""
TALKS = """
SELECT talk.user_id, owner.team_id, deal.pipeline_id, coalesce(client.level, '') AS segment,
    deal.source_id, talk.happened_on AS day, talk.kind, talk.duration_minutes AS minutes
FROM deals_activity talk JOIN staff_user owner ON owner.id = talk.user_id
LEFT JOIN deals_deal deal ON deal.id = talk.deal_id
LEFT JOIN clients_client client ON client.id = talk.client_id
"""
PAYMENTS = """
SELECT payment.owner_id AS user_id, owner.team_id, deal.pipeline_id,
    coalesce(client.level, '') AS segment, deal.source_id, payment.happened_on AS day,
    payment.amount_base AS received_amount
FROM deals_allocation payment JOIN staff_user owner ON owner.id = payment.owner_id
JOIN deals_scheduleline line ON line.id = payment.line_id
JOIN deals_deal deal ON deal.id = line.deal_id
LEFT JOIN clients_client client ON client.id = deal.client_id
"""
TASKS = """
SELECT task.assignee_id AS user_id, owner.team_id, task.due_at, task.done_at
FROM tasks_task task JOIN staff_user owner ON owner.id = task.assignee_id
WHERE task.archived_at IS NULL
"""
KINDS = {"calls": "call", "meetings": "meeting", "emails": "email", "notes": "note"}


def run() -> dict[str, dict[str, Any]]:
    """All rows into pandas, grouped there, and back by bulk_create; then ours, into the same tables.

    Both are one process with one connection; nothing of the naive way stays.
    """
    with transaction.atomic():
        for table in (DealFact, ActivityFact, PaymentFact, TaskFact):
            table.objects.all().delete()
        naive = cost_of(naive_facts)
        transaction.set_rollback(True)
    ours = cost_of(our_facts)
    return {
        "naive facts": {**asdict(naive), **naive.result},
        "our facts, alone": {**asdict(ours), "result": None, "rows": ours.result},
    }


def our_facts() -> int:
    day, zone = last_due_day(timezone.now()), str(company_zone())
    rows = 0
    for part in PARTS_OF_FACTS:
        with transaction.atomic():
            rows += store_facts(part, Dirty(None), day=day, zone=zone)
    return rows


def naive_facts() -> dict[str, Any]:
    begun = time.perf_counter()
    tables = {DealFact: deals(), ActivityFact: talks(), PaymentFact: payments(), TaskFact: tasks()}
    grouped = time.perf_counter()
    for table, facts in tables.items():
        create(table, facts)
    written = time.perf_counter()
    return {
        "result": None,
        "rows": sum(len(facts) for facts in tables.values()),
        "read and group": grouped - begun,
        "bulk_create": written - grouped,
    }


def deals() -> pd.DataFrame:
    """No shares, no history: whoever owns the deal now has all of it."""
    found = pd.read_sql(DEALS, connection)
    opened = found.assign(day=found["opened_on"], created_count=1, created_amount=found["amount"])
    closed = found.dropna(subset=["closed_on"]).rename(columns={"closed_on": "day"})
    won, lost = closed[closed["outcome"] == "won"], closed[closed["outcome"] == "lost"]
    cycle = pd.to_datetime(won["day"]) - pd.to_datetime(won["opened_on"])
    won = won.assign(won_count=1, won_amount=won["amount"], cycle_days=cycle.dt.days)
    lost = lost.assign(lost_count=1, lost_amount=lost["amount"])
    counted = ["created_count", "won_count", "lost_count", "cycle_days"]
    amounts = ["created_amount", "won_amount", "lost_amount"]
    return summed(pd.concat([opened, won, lost]), GRAIN, [*counted, *amounts])


def talks() -> pd.DataFrame:
    found = pd.read_sql(TALKS, connection)
    kinds = {name: found["kind"] == kind for name, kind in KINDS.items()}
    return summed(found.assign(**kinds), GRAIN, [*KINDS, "minutes"])


def payments() -> pd.DataFrame:
    found = pd.read_sql(PAYMENTS, connection).assign(received_count=1)
    return summed(found, GRAIN, ["received_count", "received_amount"])


def tasks() -> pd.DataFrame:
    found, zone = pd.read_sql(TASKS, connection), str(company_zone())
    due, done = (
        pd.to_datetime(found[name], utc=True).dt.tz_convert(zone) for name in ("due_at", "done_at")
    )
    asked = found.assign(day=due.dt.date, due_count=1, on_time_count=done <= due)
    ended = found.assign(day=done.dt.date, done_count=1).dropna(subset=["done_at"])
    return summed(pd.concat([asked, ended]), PERSON, ["due_count", "on_time_count", "done_count"])


def summed(rows: pd.DataFrame, grain: list[str], measures: list[str]) -> pd.DataFrame:
    return rows.groupby(grain, dropna=False, as_index=False)[measures].sum()


def create(table: type[models.Model], facts: pd.DataFrame) -> None:
    keys = [name for name in facts.columns if name.endswith("_id")]
    known = facts.astype(dict.fromkeys(keys, "Int64")).astype(object)
    rows = known.where(known.notna(), None).to_dict("records")
    table._default_manager.bulk_create((table(**row) for row in rows), batch_size=5000)
