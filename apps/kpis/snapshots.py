"""The payload of a snapshot: everything the screens of one scope and period show.

Units. Money is Decimal in the company's currency (`Money`); shares are fractions from 0, never
capped at 1 (`Share`); days are ISO dates (`Day`); "n" is the number of cases behind a rate, which
screens hide below 10. None means unknown or not defined (a plan that is not there, a division by
nothing), 0 means zero. Ids are those of the rows that a number leads to.

A period that is over has no pace to keep: its `needed_per_day`, `forecast` and `burning` are empty.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypedDict

from django.db.models import BigIntegerField, CharField, DateField

from apps.core.calendars import company_today
from apps.core.periods import month_of
from apps.core.standing import Standing
from apps.kpis.choices import PeriodKind, ScopeKind
from apps.kpis.models import NightRun, Scorecard, Snapshot

Money = Decimal
Share = Decimal
Day = str

# Raised when the shape below changes; older snapshots keep theirs.
PAYLOAD_VERSION = 1


class PeriodPart(TypedDict):
    kind: str  # PeriodKind
    start: Day
    end: Day  # first day after the period
    is_over: bool  # at the business day of the run
    days_done: int  # working days up to and including the run's day
    days_total: int
    days_left: int


class ScopePart(TypedDict):
    kind: str  # ScopeKind
    id: int
    name: str
    people: int  # selling people in the scope on the run's day


class PlanPart(TypedDict):
    """Revenue planned for the whole period, by level."""

    version: int | None  # PlanVersion id
    is_approved: bool
    minimum: Money | None
    plan: Money | None
    stretch: Money | None


class ResultPart(TypedDict):
    """Won revenue against the plan (FORMULAS.md, "Pace")."""

    fact: Money
    attainment: Share | None  # fact / plan
    share_expected: Share  # of a period's revenue that history has by this working day
    share_history: int  # months of history behind share_expected; 0: even working days
    expected: Money | None  # plan x share_expected
    gap: Money | None  # fact - expected
    pace: Share | None  # fact / expected
    run_rate: Money | None  # fact / share_expected, "so it will come out"
    needed_per_day: Money | None  # (plan - fact) / working days left, at least 0
    current_per_day: Money | None  # fact / working days done
    short_per_day: Money | None  # needed - current; negative is ahead
    received: Money  # payments received in the period


class SeriesPart(TypedDict):
    """Cumulative lines by working day of the period, all lists as long as `days`.

    `fact` is None after the run's day. Sales of a day off count on the next working day, at the
    period's end on its last one, so the last point of a past period equals its fact.
    """

    days: list[Day]
    fact: list[Money | None]
    plan: list[Money | None]


class DealsPart(TypedDict):
    created_count: int
    created_amount: Money
    won_count: int
    lost_count: int
    lost_amount: Money
    average_deal: Money | None  # won revenue / won deals
    cycle_days: Decimal | None  # mean days from opening to winning
    conversion: Share | None  # matured cohort: won / entered the first stage
    conversion_n: int  # entered


class ActivityPart(TypedDict):
    calls: int
    meetings: int
    emails: int
    notes: int
    total: int  # calls + meetings + e-mails
    person_days: int  # working days x people, up to the run's day
    per_day: Decimal | None  # total / person_days
    norm: Decimal | None  # a person: his team's figure; a team and above: the company's
    against_norm: Share | None  # per_day / norm


class StockPart(TypedDict):
    """Closing balances on the last day of the period that the night has seen."""

    day: Day | None
    open_count: int
    open_amount: Money
    weighted_amount: Money
    lead_count: int
    stuck_count: int
    stuck_amount: Money
    idle_count: int
    overdue_tasks: int
    debt_amount: Money
    overdue_debt_amount: Money
    overdue_debt_count: int


class QualityPart(TypedDict):
    """Hygiene (F18) and what is missing, in open deals on the stock's day."""

    hygiene: Share | None  # deals in order / open deals
    n: int  # open deals
    no_step: int
    overdue_step: int
    no_client: int
    no_amount: int
    no_close_day: int
    close_passed: int
    late_events: int  # events of the period recorded more than a day after they happened
    clients_without_owner: int  # company scope only, else 0


class TeamRow(TypedDict):
    """A line of the team table; a person's or a node's, the same figures as on its own screen."""

    kind: str  # ScopeKind
    id: int
    name: str
    team_id: int | None  # node that the line stands under
    team: str
    is_dismissed: bool
    ramp: Share | None  # share of the full plan, 1 when grown in
    fact: Money
    plan: Money | None
    attainment: Share | None
    pace: Share | None
    coverage: Decimal | None  # pipeline due in the period / (plan - fact)
    conversion: Share | None
    conversion_n: int
    average_deal: Money | None
    won_count: int
    cycle_days: Decimal | None
    activity: Decimal | None  # per working day
    against_norm: Share | None
    hygiene: Share | None
    hygiene_n: int
    open_count: int
    open_amount: Money
    stuck_count: int
    overdue_tasks: int
    overdue_debt_amount: Money


class FunnelRow(TypedDict):
    pipeline_id: int
    pipeline: str
    stage_id: int
    name: str
    kind: str  # StageKind
    order: int
    entered: int  # matured first entries of the window, skipped stages included
    passed: int
    lost: int
    still_open: int
    conversion: Share | None  # passed / entered
    open_now: int  # deals in the stage on the run's day
    open_amount: Money
    stuck: int
    stuck_after_days: int | None


class FunnelPart(TypedDict):
    """Cohorts that entered within 90 days before they could mature (FORMULAS.md, "Conversion")."""

    starts_on: Day
    ends_on: Day  # first day not counted
    matures_in_days: int  # 90th percentile of the cycle of won deals
    rows: list[FunnelRow]  # by pipeline and order; lost stages are left out


class RefusalRow(TypedDict):
    reason_id: int
    name: str
    count: int
    amount: Money
    cumulative: Share  # share of the amount down to this row (of the count when all amounts are 0)


class RefusalsPart(TypedDict):
    """Lost deals by reason, the dearest first, in the days up to the run's day."""

    days_30: list[RefusalRow]
    days_90: list[RefusalRow]


class AgeingRow(TypedDict):
    code: str  # "not_due", "1_30", "31_60", "61_90", "over_90"
    count: int
    amount: Money
    share: Share | None


class ReceivablesPart(TypedDict):
    """Unpaid schedule lines of the scope's deals by days overdue on the run's day (F17)."""

    total: Money
    overdue: Money
    overdue_share: Share | None
    dso_days: Decimal | None  # total / revenue of 90 days x 90
    rows: list[AgeingRow]


class BurningRow(TypedDict):
    """Something to do today; one row a deal, with its most telling reason."""

    reason: str  # Burning
    days: int | None  # since when: days past the date, in the stage, without contact
    usual_days: int | None  # what is normal here, where there is a norm
    on: Day | None  # the date the reason speaks of (expected close, due day, next step)
    has_step: bool
    deal_id: int
    title: str
    client_id: int | None
    client: str
    level: str
    owner_id: int
    owner: str
    amount: Money  # at risk: the deal's amount, the debt of an overdue payment


class BurningPart(TypedDict):
    count: int
    amount: Money
    rows: list[BurningRow]  # the 10 dearest (20 for the company and departments)


class ForecastMethod(TypedDict):
    code: str  # "run_rate", "weighted"
    amount: Money | None
    low: Money | None  # 80% interval, None where history gives none
    high: Money | None
    past_error: Share | None  # WAPE of the method's forecasts at this working day
    past_months: int


class PastForecast(TypedDict):
    month: Day
    forecast: Money
    fact: Money
    error: Share | None  # (forecast - fact) / fact


class ForecastPart(TypedDict):
    """First, simple methods side by side; none is chosen for the user."""

    closed_amount: Money
    closed_count: int
    weighted_amount: Money  # amount x probability of open deals due within the period
    pipeline_amount: Money  # the same deals, unweighted
    pipeline_count: int
    coverage: Decimal | None  # pipeline_amount / (plan - fact)
    coverage_needed: Decimal | None  # 1 / win share of closed deals
    methods: list[ForecastMethod]
    line: list[Money | None]  # the run-rate line, as long as series.days, from the run's day on
    low: list[Money | None]
    high: list[Money | None]
    past: list[PastForecast]  # run-rate forecasts of past months at the same working day


class ComparisonPart(TypedDict):
    """The period before, up to the same working day (whole when this one is over)."""

    period_start: Day
    fact: Money
    won_count: int
    average_deal: Money | None
    created_count: int
    activity_per_day: Decimal | None
    whole_fact: Money  # the whole period before


class Payload(TypedDict):
    version: int
    day: Day  # the business day the run speaks of
    currency: str
    period: PeriodPart
    scope: ScopePart
    plan: PlanPart
    result: ResultPart
    series: SeriesPart
    deals: DealsPart
    activity: ActivityPart
    stock: StockPart
    quality: QualityPart
    team: list[TeamRow]  # people and child nodes, by pace; empty for a person
    total: TeamRow  # the scope's own line
    funnel: FunnelPart | None  # only in the current period, as the parts below
    refusals: RefusalsPart | None
    receivables: ReceivablesPart | None
    burning: BurningPart | None
    forecast: ForecastPart | None
    comparison: ComparisonPart


def current_snapshot(
    scope_kind: ScopeKind | str,
    scope_id: int,
    period_start: date | None = None,
    period_kind: PeriodKind | str = PeriodKind.MONTH,
) -> Snapshot | None:
    """The newest published snapshot of one screen, its run loaded; None before the first night.

    `period_start` defaults to the first day of the current month. Whether the viewer may see the
    scope is asked before (`Snapshot.objects.visible_to`). The payload is fetched when it is first
    read: a page that was rendered before does not need it.
    """
    start = period_start or month_of(company_today()).start
    found = _newest(kind=scope_kind, scope=scope_id, period_kind=period_kind, start=start)
    return found[0] if found else None


_newest = Standing(
    lambda kind, scope, period_kind, start: (
        Snapshot.objects.of(kind, scope, period_kind, start)
        .select_related("run")
        .defer("payload")[:1]
    ),
    kind=CharField(),
    scope=BigIntegerField(),
    period_kind=CharField(),
    start=DateField(),
)


class KpiScore(NamedTuple):
    """A score out of 100; `light` is "good", "warn" or "bad" against the expected pace, or ""."""

    value: Decimal | None
    light: str


def scores_of(snapshot: Snapshot) -> dict[int, KpiScore]:
    """KPI scores of the people in the snapshot's team table, as the same night judged the month."""
    people = [row["id"] for row in snapshot.payload["team"] if row["kind"] == ScopeKind.PERSON]
    cards = Scorecard.objects.filter(
        run=snapshot.run_id, month=snapshot.period_start, user__in=people
    )
    return {
        person: KpiScore(value, light)
        for person, value, light in cards.values_list("user_id", "score", "light")
    }


def as_of() -> NightRun | None:
    """The run that people see: published at a moment, speaking of the business `day`."""
    return NightRun.objects.current()
