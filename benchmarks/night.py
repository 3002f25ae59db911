"""The night: everything anew, one changed day, and the naive way to the same facts."""

from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from apps.core.calendars import company_zone
from apps.deals.actions import log_activity, record_receipt
from apps.deals.models import Activity, Deal, ScheduleLine
from apps.kpis.actions.nights import last_due_day, start_night
from apps.kpis.models import NightRun, Snapshot
from apps.kpis.night.chain import do_night
from apps.staff.choices import Role
from apps.staff.models import User
from benchmarks.clock import Cost, cost_of

CHANGED = 20


def run() -> dict[str, dict[str, Any]]:
    """Costs of the whole rebuild (with its steps) and of the night after one changed day."""
    day = last_due_day(timezone.now())
    whole = cost_of(lambda: _night(day, rebuild=True))
    _change_one_day(day)
    changed = cost_of(lambda: _night(day, rebuild=False))
    return {
        "whole": {**_told(whole), "rows": _rows()},
        "changed day": _told(changed),
    }


def _night(day: date, *, rebuild: bool) -> NightRun:
    night = start_night(day=day, rebuild=rebuild, in_background=False)
    do_night(night)
    return night


def _told(cost: Cost) -> dict[str, Any]:
    night = cost.result
    steps = {
        step.code: round((step.finished_at - step.started_at).total_seconds(), 2)
        for step in night.steps.order_by("order", "pk")
    }
    return {**asdict(cost), "result": None, "steps": steps}


def _rows() -> dict[str, int]:
    return {
        "deals": Deal.objects.count(),
        "activities": Activity.objects.count(),
        "snapshots": Snapshot.objects.count(),
    }


def _change_one_day(day: date) -> None:
    """A day's late entries: calls about some deals, and a payment."""
    at = datetime.combine(day, time(12), company_zone())
    for deal in Deal.objects.open().select_related("owner").order_by("-pk")[:CHANGED]:
        log_activity(by=deal.owner, kind="call", deal=deal, text="Перезвонить", happened_at=at)
    line = ScheduleLine.objects.unpaid().select_related("deal__client").order_by("-pk")[0]
    rest = line.amount - line.paid
    record_receipt(
        by=User.objects.get(role=Role.HEAD),
        client=line.deal.client,
        amount=rest,
        currency=line.deal.currency,
        received_on=day,
        parts=[(line, rest)],
    )


# --- The naive way ------------------------------------------------------------------------------


class NaiveFact(models.Model):
    """A table such as one makes in an hour: a row per day and person."""

    day = models.DateField()
    user_id = models.BigIntegerField()
    created = models.IntegerField()
    won = models.IntegerField()
    won_amount = models.DecimalField(max_digits=16, decimal_places=2)
    lost = models.IntegerField()
    calls = models.IntegerField()
    meetings = models.IntegerField()

    class Meta:
        app_label = "benchmarks"
        db_table = "benchmark_naive_fact"
        constraints = [models.UniqueConstraint(fields=["day", "user_id"], name="naive_fact_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.user_id}"


def run_naively() -> dict[str, dict[str, Any]]:
    """All rows into pandas, grouped there, and back by bulk_create."""
    with transaction.atomic():
        with connection.schema_editor() as editor:
            editor.create_model(NaiveFact)
        cost = cost_of(_read_group_and_create)
        transaction.set_rollback(True)
    return {"naive facts": asdict(cost)}


def _read_group_and_create() -> int:
    import pandas as pd  # not loaded in the measured process of our own night

    deals = pd.read_sql(
        "SELECT owner_id, opened_on, closed_on, outcome, amount_base FROM deals_deal", connection
    )
    talks = pd.read_sql("SELECT user_id, kind, happened_on FROM deals_activity", connection)
    opened = deals.groupby(["opened_on", "owner_id"]).size().rename("created")
    closed = deals.dropna(subset=["closed_on"]).groupby(["closed_on", "owner_id", "outcome"])
    counts = closed.size().unstack(fill_value=0)
    amounts = closed["amount_base"].sum().unstack(fill_value=0)["won"].rename("won_amount")
    kinds = talks.groupby(["happened_on", "user_id", "kind"]).size().unstack(fill_value=0)
    facts = pd.concat(
        [part.rename_axis(["day", "user_id"]) for part in (opened, counts, amounts, kinds)], axis=1
    ).fillna(0)
    NaiveFact._default_manager.bulk_create(
        (
            NaiveFact(
                day=day,
                user_id=user,
                created=row.created,
                won=row.won,
                won_amount=row.won_amount,
                lost=row.lost,
                calls=row.call,
                meetings=row.meeting,
            )
            for (day, user), row in facts.iterrows()
        ),
        batch_size=5000,
        update_conflicts=True,
        unique_fields=["day", "user_id"],
        update_fields=["created", "won", "won_amount", "lost", "calls", "meetings"],
    )
    return len(facts)
