"""Putting a payload together; its shape and units are in apps/kpis/snapshots.py."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from apps.core.money import round_money
from apps.deals.choices import StageKind
from apps.kpis import calculations as calc
from apps.kpis.choices import PeriodKind, PlanLevel, PlanStatus
from apps.kpis.night.board import Board, made_part
from apps.kpis.night.cases import BALANCE_FIELDS
from apps.kpis.night.months import curve_of
from apps.kpis.night.panels import burning_part, funnel_part, receivables_part, refusals_part
from apps.kpis.night.scopes import Scope
from apps.kpis.night.sums import Sums, Tally
from apps.kpis.snapshots import (
    PAYLOAD_VERSION,
    ActivityPart,
    ComparisonPart,
    DealsPart,
    Payload,
    PeriodPart,
    PlanPart,
    QualityPart,
    ResultPart,
    SeriesPart,
    StockPart,
    TeamRow,
)

ZERO = Decimal(0)


def build(board: Board, scope: Scope, *, norm: Decimal | None) -> Payload:
    """The payload of `scope`; `norm` is the activity a day it is compared with."""
    tally = board.tally(scope)
    total = team_row(board, scope, norm=norm)
    is_current = board.month.is_current
    return Payload(
        version=PAYLOAD_VERSION,
        day=board.frame.run.day.isoformat(),
        currency=board.frame.currency,
        period=_period(board),
        scope={"kind": scope.kind, "id": scope.id, "name": scope.name, "people": scope.selling},
        plan=_plan(board, scope),
        result=_result(board, scope, tally),
        series=_series(board, scope, tally),
        deals=_deals(board, scope, tally.month),
        activity=_activity(board, scope, tally.month, norm),
        stock=_stock(board, scope),
        quality=_quality(board, scope),
        team=_team(board, scope),
        total=total,
        funnel=funnel_part(board, scope) if is_current else None,
        refusals=refusals_part(board, scope) if is_current else None,
        receivables=receivables_part(board, scope) if is_current else None,
        burning=burning_part(board, scope) if is_current else None,
        forecast=made_part("forecast", board, scope, tally, dict(total)) if is_current else None,
        comparison=_comparison(board, scope, tally),
    )


def _period(board: Board) -> PeriodPart:
    month = board.month
    return PeriodPart(
        kind=PeriodKind.MONTH.value,
        start=month.period.start.isoformat(),
        end=month.period.end.isoformat(),
        is_over=month.today >= month.period.end,
        days_done=month.done,
        days_total=len(month.days),
        days_left=month.left,
    )


def _plan(board: Board, scope: Scope) -> PlanPart:
    amounts, version = board.plans.of(scope), board.plans.version
    return PlanPart(
        version=version.pk if version else None,
        is_approved=version is not None and version.status == PlanStatus.APPROVED,
        minimum=amounts.get(PlanLevel.MINIMUM),
        plan=amounts.get(PlanLevel.PLAN),
        stretch=amounts.get(PlanLevel.STRETCH),
    )


def _result(board: Board, scope: Scope, tally: Tally) -> ResultPart:
    fact, plan = tally.month.revenue, board.plans.of(scope).get(PlanLevel.PLAN)
    share, month = board.share_done, board.month
    expected = None if plan is None else round_money(plan * share)
    needed = calc.needed_per_day(plan, fact, month.left)
    current = calc.mean_money(fact, month.done)
    return ResultPart(
        fact=fact,
        attainment=calc.ratio(fact, plan),
        share_expected=share,
        share_history=board.share_history,
        expected=expected,
        gap=None if expected is None else fact - expected,
        pace=calc.ratio(fact, expected),
        run_rate=calc.run_rate(fact, share),
        needed_per_day=needed,
        current_per_day=current,
        short_per_day=None if needed is None or current is None else needed - current,
        received=tally.month.received,
    )


def _series(board: Board, scope: Scope, tally: Tally) -> SeriesPart:
    month, plan = board.month, board.plans.of(scope).get(PlanLevel.PLAN)
    known = curve_of(tally.daily, month.days, month.today)
    planned = [None if plan is None else round_money(plan * share) for share in board.shares]
    return SeriesPart(
        days=[day.isoformat() for day in month.days],
        fact=[*known, *[None] * (len(month.days) - len(known))],
        plan=planned,
    )


def _deals(board: Board, scope: Scope, sums: Sums) -> DealsPart:
    won, entered = conversion(board, scope)
    return DealsPart(
        created_count=sums.created_count,
        created_amount=sums.created_amount,
        won_count=sums.won_count,
        lost_count=sums.lost_count,
        lost_amount=sums.lost_amount,
        average_deal=calc.mean_money(sums.revenue, sums.won_count),
        cycle_days=_cycle(sums),
        conversion=calc.ratio(won, entered),
        conversion_n=entered,
    )


def _cycle(sums: Sums) -> Decimal | None:
    if sums.won_count <= 0:
        return None
    return (Decimal(sums.cycle_days) / sums.won_count).quantize(Decimal("0.1"))


def conversion(board: Board, scope: Scope) -> tuple[int, int]:
    """Won and entered deals of the matured cohorts of the first stages."""
    first: dict[int, int] = {}
    for stage in sorted(board.frame.stages, key=lambda stage: stage.order, reverse=True):
        if stage.kind in (StageKind.LEAD, StageKind.OPEN):
            first[stage.pipeline_id] = stage.pk
    starts, won, entered = set(first.values()), 0, 0
    for person in scope.people:
        for stage, came, _passed, _lost, _open, wins in board.cohorts.get(person, ()):
            if stage in starts:
                won, entered = won + wins, entered + came
    return won, entered


def person_days(board: Board, scope: Scope) -> int:
    return board.month.done * scope.selling


def activity_per_day(board: Board, scope: Scope, sums: Sums) -> Decimal | None:
    days = person_days(board, scope)
    return (Decimal(sums.touches) / days).quantize(Decimal("0.01")) if days else None


def _activity(board: Board, scope: Scope, sums: Sums, norm: Decimal | None) -> ActivityPart:
    per_day = activity_per_day(board, scope, sums)
    return ActivityPart(
        calls=sums.calls,
        meetings=sums.meetings,
        emails=sums.emails,
        notes=sums.notes,
        total=sums.touches,
        person_days=person_days(board, scope),
        per_day=per_day,
        norm=norm,
        against_norm=None if per_day is None else calc.ratio(per_day, norm),
    )


def balance(board: Board, scope: Scope) -> dict[str, Any]:
    """The scope's closing balances: those of its people, summed."""
    whole: dict[str, Any] = dict.fromkeys(BALANCE_FIELDS, 0)
    for person in scope.people:
        if mine := board.balances.get(person):
            for name in BALANCE_FIELDS:
                whole[name] += mine[name]
    return whole


def _stock(board: Board, scope: Scope) -> StockPart:
    own = balance(board, scope)
    shown = {name: own[name] for name in StockPart.__annotations__ if name in own}
    day = board.stock_day.isoformat() if board.stock_day else None
    return cast(StockPart, {**shown, "day": day})


def _quality(board: Board, scope: Scope) -> QualityPart:
    own, live = balance(board, scope), board.live
    is_company = not scope.is_person and None in scope.teams
    shown = {name: own[name] for name in QualityPart.__annotations__ if name in own}
    part = {
        **shown,
        "hygiene": calc.ratio(own["hygiene_good"], own["open_count"]),
        "n": own["open_count"],
        "late_events": sum(live.late.get(person, 0) for person in scope.people),
        "clients_without_owner": live.without_owner if is_company else 0,
    }
    return cast(QualityPart, part)


def _team(board: Board, scope: Scope) -> list[TeamRow]:
    norm = activity_per_day(board, scope, board.tally(scope).month)
    rows = [team_row(board, line, norm=norm) for line in scope.below]
    shown = [row for row, line in zip(rows, scope.below, strict=True) if _is_shown(row, line)]
    return sorted(shown, key=lambda row: (row["pace"] is None, -(row["pace"] or 0), row["name"]))


def _is_shown(row: TeamRow, line: Scope) -> bool:
    """Nodes always; of people those who sell or have something to show."""
    return not line.is_person or bool(
        (line.selling and row["open_count"]) or row["plan"] or row["fact"] or row["won_count"]
    )


def team_row(board: Board, scope: Scope, *, norm: Decimal | None) -> TeamRow:
    sums, own = board.tally(scope).month, balance(board, scope)
    plan = board.plans.of(scope).get(PlanLevel.PLAN)
    won, entered = conversion(board, scope)
    per_day = activity_per_day(board, scope, sums)
    return TeamRow(
        kind=scope.kind,
        id=scope.id,
        name=scope.name,
        team_id=scope.team_id,
        team=scope.team,
        is_dismissed=scope.is_dismissed,
        ramp=scope.ramp,
        fact=sums.revenue,
        plan=plan,
        attainment=calc.ratio(sums.revenue, plan),
        pace=None
        if plan is None
        else calc.ratio(sums.revenue, round_money(plan * board.share_done)),
        coverage=calc.coverage(due_pipeline(board, scope)[1], plan, sums.revenue),
        conversion=calc.ratio(won, entered),
        conversion_n=entered,
        average_deal=calc.mean_money(sums.revenue, sums.won_count),
        won_count=sums.won_count,
        cycle_days=_cycle(sums),
        activity=per_day,
        against_norm=None if per_day is None else calc.ratio(per_day, norm),
        hygiene=calc.ratio(own["hygiene_good"], own["open_count"]),
        hygiene_n=own["open_count"],
        open_count=own["open_count"],
        open_amount=own["open_amount"],
        stuck_count=own["stuck_count"],
        overdue_tasks=own["overdue_tasks"],
        overdue_debt_amount=own["overdue_debt_amount"],
    )


def due_pipeline(board: Board, scope: Scope) -> tuple[int, Decimal, Decimal]:
    """Open deals expected to close within the month: how many, their amount, that weighted."""
    count, amount, weighted = 0, ZERO, ZERO
    for person in scope.people:
        for (
            _stage,
            _deals,
            _amount,
            _stuck,
            due,
            due_amount,
            due_weighted,
        ) in board.live.open_now.get(person, ()):
            count, amount, weighted = count + due, amount + due_amount, weighted + due_weighted
    return count, amount, round_money(weighted)


def _comparison(board: Board, scope: Scope, tally: Tally) -> ComparisonPart:
    before, days = tally.before, board.month.done * scope.selling
    return ComparisonPart(
        period_start=board.month.before.start.isoformat(),
        fact=before.revenue,
        won_count=before.won_count,
        average_deal=calc.mean_money(before.revenue, before.won_count),
        created_count=before.created_count,
        activity_per_day=(Decimal(before.touches) / days).quantize(Decimal("0.01"))
        if days
        else None,
        whole_fact=tally.before_whole.revenue,
    )
