"""The naive way to the facts of the night; apart, so that pandas burdens only its own process."""

from dataclasses import asdict
from typing import Any

import pandas as pd
from django.db import connection, models, transaction

from benchmarks.clock import cost_of

GRAIN = ("day", "user_id", "pipeline_id", "segment", "source_id")
DEALS = """
SELECT deal.owner_id AS user_id, deal.pipeline_id, coalesce(client.level, '') AS segment,
    deal.source_id, deal.opened_on, deal.closed_on, deal.outcome, deal.amount_base
FROM deals_deal deal LEFT JOIN clients_client client ON client.id = deal.client_id
"""
TALKS = """
SELECT talk.user_id, deal.pipeline_id, coalesce(client.level, '') AS segment, deal.source_id,
    talk.happened_on AS day, talk.kind
FROM deals_activity talk LEFT JOIN deals_deal deal ON deal.id = talk.deal_id
LEFT JOIN clients_client client ON client.id = talk.client_id
"""


class NaiveFact(models.Model):
    """A table such as one makes in an hour: of the same grain as our facts, both kinds in one."""

    day = models.DateField()
    user_id = models.BigIntegerField()
    pipeline_id = models.BigIntegerField()
    segment = models.CharField(max_length=1)
    source_id = models.BigIntegerField()
    created = models.IntegerField()
    won = models.IntegerField()
    won_amount = models.DecimalField(max_digits=16, decimal_places=2)
    lost = models.IntegerField()
    calls = models.IntegerField()
    meetings = models.IntegerField()

    class Meta:
        app_label = "benchmarks"
        db_table = "benchmark_naive_fact"
        constraints = [models.UniqueConstraint(fields=[*GRAIN], name="naive_fact_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.user_id}"


def run() -> dict[str, dict[str, Any]]:
    """All rows into pandas, grouped there, and back by bulk_create."""
    with transaction.atomic():
        with connection.schema_editor() as editor:
            editor.create_model(NaiveFact)
        cost = cost_of(_read_group_and_create)
        transaction.set_rollback(True)
    return {"naive facts": asdict(cost)}


def _read_group_and_create() -> int:
    deals = pd.read_sql(DEALS, connection)
    talks = pd.read_sql(TALKS, connection)
    for frame in (deals, talks):
        frame[["pipeline_id", "source_id"]] = frame[["pipeline_id", "source_id"]].fillna(0)
    dimensions = list(GRAIN[1:])
    opened = deals.groupby(["opened_on", *dimensions]).size().rename("created")
    closed = deals.dropna(subset=["closed_on"]).groupby(["closed_on", *dimensions, "outcome"])
    counts = closed.size().unstack(fill_value=0)
    amounts = closed["amount_base"].sum().unstack(fill_value=0)["won"].rename("won_amount")
    kinds = talks.groupby([*GRAIN, "kind"]).size().unstack(fill_value=0)
    parts = (opened, counts, amounts, kinds)
    facts = pd.concat([part.rename_axis(list(GRAIN)) for part in parts], axis=1).fillna(0)
    NaiveFact._default_manager.bulk_create(
        (
            NaiveFact(
                **dict(zip(GRAIN, key, strict=True)),
                created=row.created,
                won=row.won,
                won_amount=row.won_amount,
                lost=row.lost,
                calls=row.call,
                meetings=row.meeting,
            )
            for key, row in facts.iterrows()
        ),
        batch_size=5000,
        update_conflicts=True,
        unique_fields=[*GRAIN],
        update_fields=["created", "won", "won_amount", "lost", "calls", "meetings"],
    )
    return len(facts)
