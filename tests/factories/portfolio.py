"""Sales for the analysis of the client base, written straight into the tables."""

from datetime import UTC, datetime, time
from decimal import Decimal

from apps.deals.choices import Outcome, StageKind
from apps.deals.models import Activity, Deal, StageMove, WonAdjustment
from tests.factories.deals import staged_pipeline


def noon(day):
    return datetime.combine(day, time(12), UTC)


def sell(rows):
    """Won deals of (client, day, amount) rows, with their moves; the deals in the same order."""
    pipeline = staged_pipeline()
    won = pipeline.stages.get(kind=StageKind.WON)
    deals = Deal.objects.bulk_create(
        [
            Deal(
                title=f"Продажа {number}",
                client=client,
                pipeline=pipeline,
                stage=won,
                stage_since=noon(day),
                outcome=Outcome.WON,
                owner_id=client.owner_id,
                amount=Decimal(amount),
                amount_base=Decimal(amount),
                opened_on=day,
                closed_on=day,
            )
            for number, (client, day, amount) in enumerate(rows)
        ],
        batch_size=5000,
    )
    StageMove.objects.bulk_create(
        [
            StageMove(
                deal=deal,
                to_stage=won,
                owner_id=deal.owner_id,
                amount_base=deal.amount_base,
                happened_on=deal.closed_on,
                happened_at=noon(deal.closed_on),
            )
            for deal in deals
        ],
        batch_size=5000,
    )
    return deals


def take_back(deal, day, amount):
    """A return: the adjustment of a won deal."""
    return WonAdjustment.objects.create(
        deal=deal, amount_base=-Decimal(amount), owner_id=deal.owner_id, happened_on=day
    )


def touch(client, day, kind="call"):
    return Activity.objects.create(
        kind=kind,
        client=client,
        user_id=client.owner_id,
        happened_on=day,
        happened_at=noon(day),
    )
