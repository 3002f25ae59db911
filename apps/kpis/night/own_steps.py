"""The steps of this room; AppConfig.ready adds them to the night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import WorkCalendar, company_zone, day_start
from apps.core.nightly import NightlyStep, offered_steps
from apps.core.periods import add_months
from apps.deals.models import Deal
from apps.kpis.choices import PeriodKind
from apps.kpis.closing import frozen_months
from apps.kpis.models import NightRun, Snapshot
from apps.kpis.night import cohorts, columns, present, products, scorecards
from apps.kpis.night.balances import Moment, store_balances, store_stages
from apps.kpis.night.board import Board, Frame, read_board, read_frame
from apps.kpis.night.dirty import MARGIN, Dirty, previous_run
from apps.kpis.night.facts import PARTS_OF_FACTS, store_facts
from apps.kpis.night.history import MONTHS_BACK, read_history
from apps.kpis.night.months import month_for, months_to_write
from apps.kpis.night.norms import learn_norms
from apps.kpis.night.payloads import activity_per_day, build
from apps.kpis.night.scopes import Scope, people_scopes
from apps.kpis.night.steps import Step, add_step, all_records

TUNED = """SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off;
SET LOCAL work_mem = '64MB'"""
# People whose snapshots one worker writes at a time.
PEOPLE_AT_ONCE = 500
# Fewer months than these are written by one worker: reading what they share would take longer.
SHARED_FROM = 4
# The current month costs about as much as so many others: what is open is read for it alone.
WORTH = 4


def facts_parts(_run: NightRun) -> list[str]:
    return list(PARTS_OF_FACTS)


def facts_step(run: NightRun, part: str) -> int:
    zone, frozen = str(company_zone()), frozen_months(run)
    return store_facts(part, Dirty.of(run), day=run.day, zone=zone, frozen=frozen)


def cohorts_step(run: NightRun, _part: str) -> int:
    return cohorts.store_cohorts(run, Dirty.of(run))


def norms_step(run: NightRun, _part: str) -> int:
    return learn_norms(run.day, anew=run.dirty_days is None)


def balances_step(run: NightRun, _part: str) -> int:
    """What is open, added up, and the balances of the run's day.

    Those of a month that was closed stay as they were.
    """
    end = day_start(run.day + timedelta(days=1), company_zone())
    moment = Moment(run.day, end, ContentType.objects.get_for_model(Deal).pk)
    rows = store_stages(moment)
    if run.day.replace(day=1) in frozen_months(run):
        return rows
    is_past = run.read_from is not None and run.read_from > end + timedelta(days=1)
    return rows + store_balances(moment, is_past=is_past)


def snapshot_parts(run: NightRun) -> list[str]:
    """Months in one stretch or two, "first:last:0"; beyond the first people, in groups of their own.

    The tree is written with the first people: what is read for them it needs as well.
    """
    count = len(people_scopes(add_months(run.day, -MONTHS_BACK)))
    return [
        f"{stretch[0]}:{stretch[-1]}:{first}"
        for stretch in stretches(months_to_write(run))
        for first in range(0, max(count, 1), PEOPLE_AT_ONCE)
    ]


def stretches(starts: list[date]) -> list[list[date]]:
    """Two stretches of about the same work for two workers; the last month is the longest."""
    if len(starts) < SHARED_FROM:
        return [starts]
    middle = min((len(starts) + WORTH) // 2, len(starts) - 1)
    return [starts[middle:], starts[:middle]]


def snapshots_step(run: NightRun, part: str) -> int:
    """Write the part's snapshots of every month that is due, one month after the other."""
    with connection.cursor() as cursor:
        # Many short statements, two parts side by side: helpers would take longer to start than help.
        cursor.execute(TUNED)
    first, last, people_from = part.split(":")
    today = run.day + timedelta(days=1)
    starts = [start for start in months_to_write(run) if first <= start.isoformat() <= last]
    if not starts:
        return 0
    calendar = WorkCalendar.load(add_months(starts[0], -MONTHS_BACK), starts[-1])
    frame = read_frame(run, read_history(run, starts, calendar))
    scopes = _scopes(frame, int(people_from))
    people = sorted({person for scope in scopes for person in scope.people})
    with_teams = any(not scope.is_person for scope in scopes)
    months = (month_for(start, today, calendar) for start in starts)
    return sum(
        _write(read_board(frame, month, people, with_teams=with_teams), scopes) for month in months
    )


def _scopes(frame: Frame, first: int) -> list[Scope]:
    people = frame.people[first : first + PEOPLE_AT_ONCE]
    return people if first else [*frame.nodes, *people]


def _write(board: Board, scopes: list[Scope]) -> int:
    norms = norms_of_activity(board)
    snapshots = [
        Snapshot(
            run=board.frame.run,
            period_kind=PeriodKind.MONTH,
            period_start=board.month.period.start,
            scope_kind=scope.kind,
            scope_id=scope.id,
            payload=build(board, scope, norm=norms.get(_compared_with(scope))),
        )
        for scope in scopes
    ]
    Snapshot.objects.bulk_create(snapshots, batch_size=500, ignore_conflicts=True)
    return len(snapshots)


def _compared_with(scope: Scope) -> int:
    """A person is compared with his team, a team with the company (0)."""
    return scope.team_id or 0 if scope.is_person else 0


def norms_of_activity(board: Board) -> dict[int, Decimal | None]:
    """Touches a working day of each node; the company's also under 0."""
    norms = {
        scope.id: activity_per_day(board, scope, board.tally(scope).month)
        for scope in board.frame.nodes
    }
    return norms | {0: norms.get(board.frame.root)}


# Superseded snapshots stay so long, for those who look at them right now.
DROP = """
DELETE FROM kpis_snapshot old USING kpis_nightrun run
WHERE run.id = old.run_id AND run.id <> %(run)s AND run.started_at < now() - interval '2 days'
    AND EXISTS (SELECT FROM kpis_snapshot new JOIN kpis_nightrun later ON later.id = new.run_id
        WHERE new.scope_kind = old.scope_kind AND new.scope_id = old.scope_id
            AND new.period_kind = old.period_kind AND new.period_start = old.period_start
            AND new.run_id > old.run_id AND later.published_at IS NOT NULL)
"""


def drop_superseded(run: NightRun, _part: str) -> int:
    """Remove snapshots that nobody is shown any more."""
    with connection.cursor() as cursor:
        cursor.execute(DROP, {"run": run.pk})
        return cursor.rowcount


def add_own_steps() -> None:
    # What others wait for stands first, of one order the longest.
    steps = (
        Step(cohorts.CODE, 10, _("Conversions"), cohorts_step),
        Step(present.CODE, 10, _("Open deals, debts and refusals"), present.present_step),
        Step("norms", 12, _("Norms of stages"), norms_step, after=(cohorts.CODE,)),
        Step("balances", 14, _("Balances"), balances_step, after=("norms", present.CODE)),
        Step("facts", 20, _("Facts"), facts_step, facts_parts, after=("segments",)),
        Step(
            "snapshots", 50, _("Snapshots"), snapshots_step, snapshot_parts, ("facts", "balances")
        ),
        Step(columns.CODE, 50, _("Metrics"), columns.store_month, columns.months_of, all_records()),
        # It reads events alone, but people wait for the snapshots: those are begun first.
        Step("products", 52, _("Products"), products.products_step, after=("balances",)),
        Step(
            scorecards.CODE, 55, _("Scorecards"), scorecards.scorecards_step, after=(columns.CODE,)
        ),
        Step("tidying", 90, _("Tidying up"), drop_superseded),
    )
    for step in steps:
        add_step(step)


def add_offered_steps() -> None:
    """What lower rooms do each night, loaded before this one."""
    for offered in offered_steps():
        work = _of_the_day(offered)
        add_step(Step(offered.code, offered.order, offered.label, work, after=offered.after))


def _of_the_day(offered: NightlyStep) -> Callable[[NightRun, str], int]:
    return lambda run, _part: offered.done(run.day, recorded_since(run))


def recorded_since(run: NightRun) -> datetime | None:
    """Since when what was recorded is new to the run; None when everything is counted anew."""
    before = previous_run(run)
    if run.dirty_days is None or before is None or before.read_from is None:
        return None
    return before.read_from - MARGIN
