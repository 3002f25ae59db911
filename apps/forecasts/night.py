"""The forecast's place in the night: its part of the payload, and keeping what was said."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from apps.core.periods import add_months
from apps.forecasts import calculations as calc
from apps.forecasts.choices import Method
from apps.forecasts.models import ForecastSnapshot
from apps.kpis.calculations import coverage, interval, run_rate, wape
from apps.kpis.night.board import Board, add_part
from apps.kpis.night.history import MONTHS_BACK
from apps.kpis.night.payloads import conversion, due_pipeline
from apps.kpis.night.scopes import Scope
from apps.kpis.night.steps import Step, add_step
from apps.kpis.night.sums import Tally
from apps.kpis.snapshots import ForecastMethod, ForecastPart, PastForecast

Replays = list[calc.Replay]
# Places in a month count as the same when no more working days lie between them.
NEAR_DAYS = 1


def forecast_part(board: Board, scope: Scope, tally: Tally, total: dict[str, Any]) -> ForecastPart:
    fact, month = tally.month.revenue, board.month
    count, amount, weighted = due_pipeline(board, scope)
    replays = [] if scope.is_person else replays_of(board, scope.id)
    methods = [
        _run_rate(board, fact, replays),
        _weighted(board, scope, fact + weighted, fact),
    ]
    lines = [
        calc.line(fact, end, board.shares, month.done)
        for end in (methods[0]["amount"], methods[0]["low"], methods[0]["high"])
    ]
    won, entered = conversion(board, scope)
    return ForecastPart(
        closed_amount=fact,
        closed_count=tally.month.won_count,
        weighted_amount=weighted,
        pipeline_amount=amount,
        pipeline_count=count,
        coverage=coverage(amount, total["plan"], fact),
        coverage_needed=_needed(won, entered),
        methods=methods,
        line=lines[0],
        low=lines[1],
        high=lines[2],
        past=[_past(row) for row in reversed(replays)],
    )


def _needed(won: int, entered: int) -> Decimal | None:
    """How much pipeline one unit of plan needs: one over the share of deals that are won."""
    if entered < calc.ENOUGH_CLOSED or not won:
        return None
    return (Decimal(entered) / won).quantize(Decimal("0.01"))


def _past(row: calc.Replay) -> PastForecast:
    return PastForecast(
        month=row.month.isoformat(), forecast=row.forecast, fact=row.fact, error=row.error
    )


def replays_of(board: Board, node: int) -> Replays:
    """The run-rate of the node's past months at the same working day."""
    first = add_months(board.month.period.start, -MONTHS_BACK)
    curves = {
        start: nodes[node]
        for start, nodes in board.frame.history.items()
        if first <= start < board.month.period.start and nodes.get(node)
    }
    return calc.replay_run_rate(curves, board.month.done, len(board.month.days))


def _run_rate(board: Board, fact: Decimal, replays: Replays) -> ForecastMethod:
    point = run_rate(fact, board.share_done)
    bounds = None
    if point is not None:
        bounds = interval(point, fact, calc.relative_misses(replays))
    return _method(Method.RUN_RATE, point, bounds, replays)


def _weighted(board: Board, scope: Scope, point: Decimal, fact: Decimal) -> ForecastMethod:
    replays = kept_of(board).get((scope.kind, scope.id), [])
    bounds = interval(point, fact, calc.relative_misses(replays))
    if bounds is None and not scope.is_person:
        _won, entered = conversion(board, scope)
        bounds = calc.untried_interval(point, fact, entered)
    return _method(Method.WEIGHTED, point, bounds, replays)


def _method(
    method: Method, point: Decimal | None, bounds: tuple[Decimal, Decimal] | None, replays: Replays
) -> ForecastMethod:
    low, high = bounds or (None, None)
    return ForecastMethod(
        code=method.value,
        amount=point,
        low=low,
        high=high,
        past_error=wape((row.forecast, row.fact) for row in replays),
        past_months=len(replays),
    )


def kept_of(board: Board) -> dict[tuple[str, int], Replays]:
    """Weighted forecasts of past months, as they were made at this place of the month."""
    if "kept_forecasts" not in board.extras:
        board.extras["kept_forecasts"] = _read_kept(board)
    return board.extras["kept_forecasts"]


def _read_kept(board: Board) -> dict[tuple[str, int], Replays]:
    month = board.month
    kept = ForecastSnapshot.objects.published().filter(
        method=Method.WEIGHTED,
        month__gte=add_months(month.period.start, -MONTHS_BACK),
        month__lt=month.period.start,
        days_done__range=(month.done - NEAR_DAYS, month.done + NEAR_DAYS),
    )
    newest: dict[tuple[str, int, date], Decimal] = {}
    for row in kept.order_by("days_done", "run_id").exclude(scope_kind="person"):
        newest[row.scope_kind, row.scope_id, row.month] = row.amount
    found: dict[tuple[str, int], Replays] = defaultdict(list)
    for (kind, node, start), amount in sorted(newest.items()):
        if curve := board.frame.history.get(start, {}).get(node):
            found[kind, node].append(calc.Replay(start, amount, curve[-1]))
    return found


KEEP = """
INSERT INTO forecasts_forecastsnapshot (run_id, day, month, scope_kind, scope_id, method,
    days_done, days_total, fact, amount, low, high)
SELECT snapshot.run_id, %(day)s, snapshot.period_start, snapshot.scope_kind, snapshot.scope_id,
    method.code, (snapshot.payload #>> '{period,days_done}')::int,
    (snapshot.payload #>> '{period,days_total}')::int,
    (snapshot.payload #>> '{forecast,closed_amount}')::numeric, method.amount, method.low,
    method.high
FROM kpis_snapshot snapshot
CROSS JOIN LATERAL jsonb_to_recordset(snapshot.payload #> '{forecast,methods}')
    AS method(code text, amount numeric, low numeric, high numeric)
WHERE snapshot.run_id = %(run)s AND jsonb_typeof(snapshot.payload -> 'forecast') = 'object'
    AND method.amount IS NOT NULL
ON CONFLICT DO NOTHING
"""


def keep_forecasts(run: Any, _part: str) -> int:
    """Keep what this night forecasts, row by row, for ever."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {"run": run.pk, "day": run.day})
        return cursor.rowcount


def join_the_night() -> None:
    add_part("forecast", forecast_part)
    add_step(Step("forecasts", 70, _("Forecasts"), keep_forecasts, after=("snapshots",)))
