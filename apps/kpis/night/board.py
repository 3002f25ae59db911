"""Everything that the payloads of one month are made of, read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from apps.clients.models import Client
from apps.core.calendars import company_zone, day_start
from apps.core.models import Company
from apps.core.periods import add_months
from apps.deals.models import RefusalReason, Stage
from apps.kpis.calculations import expected_share
from apps.kpis.choices import ScopeKind
from apps.kpis.models import NightRun
from apps.kpis.night import burning, cases
from apps.kpis.night.history import MONTHS_BACK, History
from apps.kpis.night.months import Month
from apps.kpis.night.norms import maturity_days
from apps.kpis.night.scopes import Plans, Scope, node_scopes, people_scopes, plans_of
from apps.kpis.night.sums import (
    Tally,
    tallies_of_everybody,
    tallies_of_people,
    touches_of_teams,
)
from apps.staff.models import User


@dataclass
class Live:
    """Records as they are now; only the current month shows them."""

    open_now: cases.Rows = field(default_factory=dict)
    refusals: cases.Rows = field(default_factory=dict)
    receivables: cases.Rows = field(default_factory=dict)
    revenue_90: dict[int, Decimal] = field(default_factory=dict)
    burning: dict[int, dict[str, Any]] = field(default_factory=dict)
    late: dict[int, int] = field(default_factory=dict)
    without_owner: int = 0


@dataclass
class Frame:
    """What all months of a run share, read once."""

    run: NightRun
    currency: str
    people: list[Scope]
    nodes: list[Scope]
    stages: list[Stage]
    reasons: dict[int, str]
    names: dict[int, str]
    history: History

    @property
    def root(self) -> int:
        return next((scope.id for scope in self.nodes if scope.kind == ScopeKind.COMPANY), 0)


def read_frame(run: NightRun, history: History) -> Frame:
    people = people_scopes(add_months(run.day, -MONTHS_BACK))
    return Frame(
        run=run,
        currency=Company.current().currency,
        people=people,
        nodes=node_scopes(people),
        stages=list(Stage.objects.kept().select_related("norm", "pipeline")),
        reasons=dict(RefusalReason.objects.values_list("pk", "name")),
        names={person.pk: person.get_full_name() for person in User.objects.all()},
        history=history,
    )


@dataclass
class Board:
    """The month, its plans and norms, and the sums of every person and team."""

    frame: Frame
    month: Month
    plans: Plans
    shares: list[Decimal]
    share_history: int
    share_done: Decimal
    window: tuple[date, date]
    maturity: int
    cohorts: cases.Rows
    stock_day: date | None
    balances: dict[int, dict[str, Any]]
    people: dict[Any, Tally]
    teams: dict[Any, Tally]
    live: Live
    # What the parts of higher rooms read once a month.
    extras: dict[str, Any] = field(default_factory=dict)

    def tally(self, scope: Scope) -> Tally:
        """The scope's own sums; a person's live under his id, a node's under those of its teams."""
        if scope.is_person:
            return self.people.get(scope.id) or Tally()
        whole = Tally()
        for team in scope.teams:
            if team in self.teams:
                whole.add(self.teams[team])
        return whole


def read_board(frame: Frame, month: Month, people: list[int], *, with_teams: bool) -> Board:
    """Read the month for `people` (whoever a scope holds must be among them) and all teams.

    Without `with_teams` of the teams only the activity is read, as the norm of their people.
    """
    maturity = maturity_days(month.last_day)
    window = cases.cohort_window(month, maturity)
    shares, count, done = expected_shares(month, curves_of(frame.root, month, frame.history))
    stock_day, balances = cases.balances(month, people)
    if with_teams:
        of_people, of_teams = tallies_of_everybody(month, people)
    else:
        of_people, of_teams = tallies_of_people(month, people), touches_of_teams(month)
    return Board(
        frame=frame,
        month=month,
        plans=plans_of(month.period.start),
        shares=shares,
        share_history=count,
        share_done=done,
        window=window,
        maturity=maturity,
        cohorts=cases.cohorts(window, people),
        stock_day=stock_day,
        balances=balances,
        people=of_people,
        teams=of_teams,
        live=read_live(month, people) if month.is_current else Live(),
    )


def read_live(month: Month, people: list[int]) -> Live:
    zone = company_zone()
    end: datetime = day_start(month.today, zone)
    return Live(
        open_now=cases.open_now(people),
        refusals=cases.refusals(month, people),
        receivables=cases.receivables(month, people),
        revenue_90=cases.revenue_of_90_days(month),
        burning=burning.burning(month, people, end=end, zone=str(zone)),
        late=cases.late_events(month),
        without_owner=Client.objects.kept().filter(owner=None).count(),
    )


def expected_shares(
    month: Month, curves: list[list[Decimal]]
) -> tuple[list[Decimal], int, Decimal]:
    """Expected share at the end of each working day, the months behind it, and that of today.

    `curves` are the company's: its rhythm serves for every scope.
    """
    total = len(month.days)
    shares = [expected_share(curves, day, total)[0] for day in range(1, total + 1)]
    count = expected_share(curves, month.done, total)[1] if total else 0
    return shares, count, shares[month.done - 1] if month.done else Decimal(0)


def curves_of(node: int, month: Month, history: History) -> list[list[Decimal]]:
    """The node's curves of the twelve months before `month`, the oldest first."""
    first = add_months(month.period.start, -MONTHS_BACK)
    starts = [start for start in sorted(history) if first <= start < month.period.start]
    return [history[start][node] for start in starts if history[start].get(node)]


# A part of the payload that a higher room makes: (board, scope, tally, total row) to JSON.
Part = Callable[[Board, Scope, Tally, dict[str, Any]], Any]
_parts: dict[str, Part] = {}


def add_part(name: str, part: Part) -> None:
    """Let `part` fill payload[`name`] of the current month."""
    _parts[name] = part


def made_part(name: str, board: Board, scope: Scope, tally: Tally, total: dict[str, Any]) -> Any:
    return _parts[name](board, scope, tally, total) if name in _parts else None
