"""Two teams that sell in March 2026 (21 working days, the 9th is a holiday)."""

from datetime import date, datetime, time
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine

from apps.deals.actions import create_deal, move_deal
from apps.deals.models import RefusalReason
from tests.factories.clients import ClientFactory
from tests.factories.deals import RefusalReasonFactory, staged_pipeline
from tests.factories.kpis import MOSCOW


@pytest.fixture
def stages(db):
    """lead, quote, contract, won, lost; entering quote needs a client, contract an amount."""
    pipeline = staged_pipeline(is_default=True)
    lead, quote, contract, won, lost = pipeline.stages.order_by("order")
    return SimpleNamespace(
        pipeline=pipeline, lead=lead, quote=quote, contract=contract, won=won, lost=lost
    )


@pytest.fixture
def reason(db) -> RefusalReason:
    return RefusalReasonFactory(name="Дорого")


def at_work(day: date, hour: int = 12):
    """The clock at an hour of that day in Moscow."""
    return time_machine.travel(datetime.combine(day, time(hour), MOSCOW), tick=False)


@pytest.fixture
def sell(stages, reason):
    """sell(owner, day, amount, to=stages.won, opened=…): a deal with its whole history.

    With `late` the opening, too, is recorded on `day` only.
    """

    def make(owner, day, amount="100000.00", *, to=None, opened=None, path=None, late=False):
        with at_work(day if late else opened or day):
            deal = create_deal(
                by=owner,
                title="Сделка",
                pipeline=stages.pipeline,
                owner=owner,
                client=ClientFactory(owner=owner),
                amount=Decimal(amount),
                opened_on=opened or day,
                expected_close_on=date(2026, 3, 31),
            )
        for step in path or [to or stages.won]:
            move(deal, step, day)
        deal.refresh_from_db()
        return deal

    def move(deal, to, day):
        with at_work(day, 15):
            is_loss = to.kind == "lost"
            deal.refresh_from_db()
            move_deal(deal, to=to, by=deal.owner, on=day, reason=reason if is_loss else None)

    make.move = move
    return make
