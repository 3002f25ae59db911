"""The panels of the current month: funnel, refusals, receivables, what burns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.core.money import round_money
from apps.deals.choices import StageKind
from apps.deals.models import Stage
from apps.kpis import calculations as calc
from apps.kpis.choices import ScopeKind
from apps.kpis.night.board import Board
from apps.kpis.night.scopes import Scope
from apps.kpis.snapshots import (
    AgeingRow,
    BurningPart,
    BurningRow,
    FunnelPart,
    FunnelRow,
    ReceivablesPart,
    RefusalRow,
    RefusalsPart,
)

ZERO = Decimal(0)
AGES = ("not_due", "1_30", "31_60", "61_90", "over_90")
DSO_DAYS = 90


def summed(rows: dict[int, list[tuple[Any, ...]]], scope: Scope) -> dict[Any, list[Any]]:
    """Rows of the scope's people, added up by their first column."""
    whole: dict[Any, list[Any]] = {}
    for person in scope.people:
        for key, *values in rows.get(person, ()):
            old = whole.get(key)
            whole[key] = (
                values if old is None else [a + b for a, b in zip(old, values, strict=True)]
            )
    return whole


def funnel_part(board: Board, scope: Scope) -> FunnelPart:
    cohorts, now = summed(board.cohorts, scope), summed(board.live.open_now, scope)
    stages = [stage for stage in board.frame.stages if stage.kind != StageKind.LOST]
    used = {stage.pipeline_id for stage in stages if stage.pk in cohorts or stage.pk in now}
    return FunnelPart(
        starts_on=board.window[0].isoformat(),
        ends_on=board.window[1].isoformat(),
        matures_in_days=board.maturity,
        rows=[
            _funnel_row(stage, cohorts.get(stage.pk), now.get(stage.pk))
            for stage in stages
            if stage.pipeline_id in used
        ],
    )


def _funnel_row(stage: Stage, cohort: list[Any] | None, now: list[Any] | None) -> FunnelRow:
    entered, passed, lost, still_open, _won = cohort or (0, 0, 0, 0, 0)
    count, amount, stuck = (now or [0, ZERO, 0])[:3]
    norm = getattr(stage, "norm", None)
    is_end = stage.kind == StageKind.WON
    return FunnelRow(
        pipeline_id=stage.pipeline_id,
        pipeline=stage.pipeline.name,
        stage_id=stage.pk,
        name=stage.name,
        kind=stage.kind,
        order=stage.order,
        entered=entered,
        passed=passed,
        lost=lost,
        still_open=0 if is_end else still_open,
        conversion=None if is_end else calc.ratio(passed, entered),
        open_now=count,
        open_amount=amount,
        stuck=stuck,
        stuck_after_days=norm.stuck_after_days if norm and not is_end else None,
    )


def refusals_part(board: Board, scope: Scope) -> RefusalsPart:
    found = summed(board.live.refusals, scope)
    return RefusalsPart(
        days_30=_pareto(board, [(reason, row[2], row[3]) for reason, row in found.items()]),
        days_90=_pareto(board, [(reason, row[0], row[1]) for reason, row in found.items()]),
    )


def _pareto(board: Board, rows: list[tuple[int, int, Decimal]]) -> list[RefusalRow]:
    lost = sorted((row for row in rows if row[1]), key=lambda row: (-row[2], -row[1], row[0]))
    shares = calc.cumulative_shares([row[2] for row in lost], [row[1] for row in lost])
    return [
        RefusalRow(
            reason_id=reason,
            name=board.frame.reasons.get(reason, ""),
            count=count,
            amount=amount,
            cumulative=share,
        )
        for (reason, count, amount), share in zip(lost, shares, strict=True)
    ]


def receivables_part(board: Board, scope: Scope) -> ReceivablesPart:
    found = summed(board.live.receivables, scope)
    total = sum((row[1] for row in found.values()), ZERO)
    overdue = total - (found["not_due"][1] if "not_due" in found else ZERO)
    revenue = sum((board.live.revenue_90.get(person, ZERO) for person in scope.people), ZERO)
    return ReceivablesPart(
        total=total,
        overdue=overdue,
        overdue_share=calc.ratio(overdue, total),
        dso_days=(total / revenue * DSO_DAYS).quantize(Decimal("0.1")) if revenue > 0 else None,
        rows=[_ageing(code, found.get(code), total) for code in AGES],
    )


def _ageing(code: str, row: list[Any] | None, total: Decimal) -> AgeingRow:
    count, amount = row or (0, ZERO)
    return AgeingRow(code=code, count=count, amount=amount, share=calc.ratio(amount, total))


def burning_part(board: Board, scope: Scope) -> BurningPart:
    """The dearest cases of the scope's people; each person's own are sorted already."""
    mine = [board.live.burning[person] for person in scope.people if person in board.live.burning]
    rows = [row for person in mine for row in person["rows"]]
    rows.sort(key=lambda row: (-row["amount"], row["deal_id"]))
    kept = 20 if scope.kind in (ScopeKind.COMPANY, ScopeKind.DEPARTMENT) else 10
    return BurningPart(
        count=sum(person["count"] for person in mine),
        amount=round_money(sum((person["amount"] for person in mine), ZERO)),
        rows=[BurningRow(**row, owner=board.frame.names[row["owner_id"]]) for row in rows[:kept]],  # type: ignore[typeddict-item]
    )
