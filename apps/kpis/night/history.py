"""How past months went: cumulative revenue by working day of every node of the tree.

Read from the snapshots that people see; months that the run counts anew, and those before the first
night, are read from the facts.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models.fields.json import KT

from apps.core.calendars import WorkCalendar
from apps.core.periods import add_months, month_of
from apps.kpis.choices import PeriodKind, ScopeKind
from apps.kpis.models import NightRun, Snapshot
from apps.kpis.night.months import curve_of
from apps.staff.models import TeamNode

MONTHS_BACK = 12

NODES: list[ScopeKind] = [kind for kind in ScopeKind if kind != ScopeKind.PERSON]

Curve = list[Decimal]
# Month, node, cumulative revenue; working days without an entry of their own are in the next one.
History = dict[date, dict[int, Curve]]


def read_history(
    run: NightRun, months: list[date], calendar: WorkCalendar, *, of_company: bool = False
) -> History:
    """The curves of the twelve months before each of `months`; `of_company` is content with its own."""
    wanted = {add_months(month, -back) for month in months for back in range(1, MONTHS_BACK + 1)}
    kinds = [ScopeKind.COMPANY] if of_company else NODES
    history = {} if run.dirty_days is None else _from_snapshots(run, wanted, kinds)
    missing = sorted(wanted - set(history))
    return history | (_from_facts(missing, calendar) if missing else {})


def _from_snapshots(run: NightRun, months: set[date], kinds: list[ScopeKind]) -> History:
    touched = {month_of(date.fromisoformat(day)).start for day in run.dirty_days or ()}
    rows = (
        Snapshot.objects.published()
        .filter(scope_kind__in=kinds)
        .filter(period_kind=PeriodKind.MONTH, period_start__in=months - touched)
        .order_by("run_id")
        .values_list(
            "period_start", "scope_id", "payload__series__fact", KT("payload__period__is_over")
        )
    )
    history: History = defaultdict(dict)
    for month, node, curve, is_over in rows:
        if is_over == "true":
            history[month][node] = [Decimal(str(value)) for value in curve]
    return dict(history)


DAILY = """
SELECT day, team_id, sum(won_amount + adjusted_amount) FROM kpis_dealfact
WHERE day >= %s AND day < %s GROUP BY 1, 2
"""


def _from_facts(months: list[date], calendar: WorkCalendar) -> History:
    with connection.cursor() as cursor:
        cursor.execute(DAILY, [months[0], add_months(months[-1], 1)])
        rows = cursor.fetchall()
    above = nodes_above()
    daily: dict[date, dict[int, dict[date, Decimal]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    for day, team, revenue in rows:
        for node in above.get(team, above[None]):
            daily[day.replace(day=1)][node][day] += revenue
    return {month: _curves(daily.get(month, {}), month, calendar) for month in months}


def _curves(
    daily: dict[int, dict[date, Decimal]], month: date, calendar: WorkCalendar
) -> dict[int, Curve]:
    period = month_of(month)
    days = calendar.working_days(period)
    return {node: curve_of(sums, days, period.end) for node, sums in daily.items()}


def nodes_above() -> dict[int | None, list[int]]:
    """Of each node, itself and all above it; of None, the company alone."""
    paths = dict(TeamNode.objects.values_list("pk", "path"))
    above: dict[int | None, list[int]] = {
        node: [int(step) for step in path.strip("/").split("/") if step]
        for node, path in paths.items()
    }
    above[None] = [node for node, path in paths.items() if path == f"/{node}/"]
    return above
