"""New deals in bulk: the records, their lines and the stage moves that facts are made of."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from apps.deals.actions.moves import OUTCOMES
from apps.deals.choices import Outcome, StageKind
from apps.deals.imports.finding import Booking, DealNames
from apps.deals.imports.plans import Plan
from apps.deals.models import Deal, DealLine, StageMove
from apps.staff.models import User


def create_planned(
    plans: Sequence[Plan], *, names: DealNames, booking: Booking, by: User
) -> dict[int, Deal]:
    """Create a deal for each plan; returns them by line.

    A closed deal enters the first stage on its opening day and its end on its closing day, so that
    what was opened and what was won count on their own days.
    """
    deals = [_deal(plan, names, booking) for plan in plans]
    Deal.objects.bulk_create(deals)
    moves = [
        move
        for plan, deal in zip(plans, deals, strict=True)
        for move in _moves(plan, deal, names, booking, by)
    ]
    StageMove.objects.bulk_create(moves)
    DealLine.objects.bulk_create(
        _line(plan, deal)
        for plan, deal in zip(plans, deals, strict=True)
        if plan.product is not None
    )
    return {plan.row.line: deal for plan, deal in zip(plans, deals, strict=True)}


def _deal(plan: Plan, names: DealNames, booking: Booking) -> Deal:
    assert plan.stage is not None
    opened_on = _opening(plan, booking)
    booked_on = plan.closed_on or opened_on
    return Deal(
        title=plan.title,
        client=plan.wish.client if plan.wish else None,
        pipeline=plan.pipeline,
        stage=plan.stage,
        stage_since=max(booking.moment(plan.closed_on or opened_on), booking.moment(opened_on)),
        owner=plan.owner,
        source=plan.source,
        amount=plan.amount,
        currency=plan.currency,
        amount_base=booking.base(plan.amount, plan.currency, booked_on),
        opened_on=opened_on,
        expected_close_on=plan.expected_close_on,
        note=plan.row.values.get("note", ""),
        external_id=plan.row.key,
        **_ending(plan, names),
    )


def _opening(plan: Plan, booking: Booking) -> date:
    """The stated day; else the closing day of a closed deal, today for an open one."""
    return plan.opened_on or plan.closed_on or booking.today


def _ending(plan: Plan, names: DealNames) -> dict[str, Any]:
    assert plan.stage is not None
    kind = StageKind(plan.stage.kind)
    if kind not in OUTCOMES:
        return {"outcome": Outcome.OPEN}
    ending: dict[str, Any] = {"outcome": OUTCOMES[kind], "closed_on": plan.closed_on}
    if kind == StageKind.LOST:
        ending["refusal_reason"] = names.reason(plan.row.values.get("refusal_reason", ""))
    return ending


def _moves(plan: Plan, deal: Deal, names: DealNames, booking: Booking, by: User) -> list[StageMove]:
    assert plan.stage is not None
    steps = [(plan.stage, plan.closed_on or deal.opened_on)]
    first = names.stages.first(deal.pipeline)
    if plan.is_closed and first is not None:
        steps.insert(0, (first, deal.opened_on))
    moves: list[StageMove] = []
    for stage, day in steps:
        moves.append(
            StageMove(
                deal=deal,
                from_stage=moves[-1].to_stage if moves else None,
                to_stage=stage,
                owner_id=deal.owner_id,
                amount_base=deal.amount_base,
                happened_on=day,
                happened_at=max(booking.moment(day), booking.moment(deal.opened_on)),
                author=by,
            )
        )
    return moves


def _line(plan: Plan, deal: Deal) -> DealLine:
    """One piece of the product at the price of the deal, at its list price while that is unknown."""
    product = plan.product
    assert product is not None
    price = product.list_price if plan.amount is None else plan.amount
    return DealLine(
        deal=deal,
        product=product,
        quantity=Decimal(1),
        list_price=product.list_price,
        sold_price=price,
        vat_rate=product.vat_rate,
        cost=product.cost,
    )
