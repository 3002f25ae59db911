"""What speaks for a plan: history, season, pipeline, capacity, and how many deals it takes.

Everything comes from the night's facts, open deals and the work calendar, over the people in sight
of the viewer, in a fixed number of statements. Money is in the company's currency.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Q, Sum
from django.db.models.functions import Coalesce

from apps.core.calendars import WorkCalendar, company_today
from apps.core.periods import Period, add_months, month_of, year_of
from apps.deals.models import Deal
from apps.kpis.calculations import ZERO, mean_money, ratio, seasonality
from apps.kpis.choices import Metric, PlanLevel
from apps.kpis.models import DealFact, PlanLine, PlanVersion
from apps.kpis.plan_page import YEARS_BEHIND
from apps.staff.models import Absence, User

# Whole months behind "usual" figures: revenue a working day, the average deal, the share won.
USUAL_MONTHS = 12
# So many people are shown, those with the steepest plans; all of them are in the file.
SHOWN_PEOPLE = 30
# Deals behind a rate below which it says nothing.
ENOUGH_DEALS = 10

MONEY = DecimalField(max_digits=18, decimal_places=2)
# person or month → amount
ByMonth = dict[date, Decimal]


@dataclass(frozen=True)
class Past:
    """The same month of an earlier year; `is_partial` while that month is not over."""

    fact: Decimal | None
    plan: Decimal | None
    is_partial: bool

    @property
    def attainment(self) -> Decimal | None:
        if self.is_partial or self.fact is None:
            return None
        return ratio(self.fact, self.plan)


@dataclass(frozen=True)
class Pipeline:
    """Open deals expected to close in a month."""

    count: int = 0
    amount: Decimal = ZERO
    weighted: Decimal = ZERO


@dataclass(frozen=True)
class MonthRow:
    """A planned month; `past` begins with the year before. `season` has the mean 1."""

    month: date
    plan: Decimal
    past: list[Past]
    season: Decimal
    pipeline: Pipeline
    working_days: int
    person_days: Decimal

    @property
    def growth(self) -> Decimal | None:
        """Plan ÷ revenue of the same month a year before − 1."""
        before = self.past[0]
        if before.is_partial or not before.fact:
            return None
        return ratio(self.plan - before.fact, before.fact)

    @property
    def coverage(self) -> Decimal | None:
        """Open deals due in the month per unit of its plan."""
        return ratio(self.pipeline.amount, self.plan)

    @property
    def per_person_day(self) -> Decimal | None:
        return self.plan / self.person_days if self.person_days else None


@dataclass(frozen=True)
class PersonRow:
    """What a person's plan asks of a working day, against what he brought in a usual one."""

    person: Any
    days: int
    days_away: int
    plan: Decimal
    usual_revenue: Decimal
    usual_days: int

    @property
    def asked(self) -> Decimal | None:
        return mean_money(self.plan, self.days - self.days_away)

    @property
    def usual(self) -> Decimal | None:
        return mean_money(self.usual_revenue, self.usual_days)

    @property
    def growth(self) -> Decimal | None:
        if self.asked is None or not self.usual:
            return None
        return ratio(self.asked - self.usual, self.usual)


@dataclass(frozen=True)
class Needs:
    """The funnel read backwards: deals that the year's plan takes at the rates of the last year."""

    plan: Decimal
    created: int
    won: int
    revenue: Decimal

    @property
    def average_deal(self) -> Decimal | None:
        return mean_money(self.revenue, self.won) if self.won >= ENOUGH_DEALS else None

    @property
    def conversion(self) -> Decimal | None:
        """Won ÷ new deals of the same months."""
        return ratio(self.won, self.created)

    @property
    def won_needed(self) -> Decimal | None:
        return self.plan / self.average_deal if self.average_deal else None

    @property
    def new_needed(self) -> Decimal | None:
        needed, share = self.won_needed, self.conversion
        return needed / share if needed and share and self.created >= ENOUGH_DEALS else None


@dataclass(frozen=True)
class Evidence:
    version: PlanVersion
    months: list[MonthRow]
    people: list[PersonRow]
    people_count: int
    needs: Needs
    usual: Period
    years_of_season: int
    plan: Decimal
    past: list[Past]
    pipeline: Pipeline

    @property
    def growth(self) -> Decimal | None:
        before = self.past[0]
        return ratio(self.plan - (before.fact or ZERO), before.fact) if before.fact else None


@dataclass
class Reader:
    """Reads what the evidence of one version needs; each method is one statement."""

    viewer: Any
    version: PlanVersion
    today: date
    staff: Any = field(init=False)

    def __post_init__(self) -> None:
        self.staff = User.objects.work_visible_to(self.viewer)

    @property
    def year(self) -> Period:
        return year_of(date(self.version.year, 1, 1))

    @property
    def usual(self) -> Period:
        """The last twelve whole months that are over."""
        this_month = month_of(self.today).start
        return Period(add_months(this_month, -USUAL_MONTHS), this_month)

    def revenue(self) -> ByMonth:
        first = date(self.version.year - YEARS_BEHIND, 1, 1)
        rows = DealFact.objects.filter(
            user__in=self.staff, day__gte=first, day__lt=min(self.year.start, self.today)
        )
        sums = rows.order_by().values_list("day__year", "day__month")
        return {
            date(year, month, 1): amount
            for year, month, amount in sums.annotate(Sum("won_amount") + Sum("adjusted_amount"))
        }

    def plans_in_force(self) -> dict[int, PlanVersion]:
        """The version in force of each of the two years before."""
        years = [self.version.year - 1, self.version.year - 2]
        rows = PlanVersion.objects.filter(year__in=years, approved_at__isnull=False)
        return {row.year: row for row in rows.order_by("number")}

    def plan_lines(self, versions: list[PlanVersion]) -> dict[tuple[int, date], ByMonth]:
        """Amounts of people by version and month, then by person."""
        rows = PlanLine.objects.visible_to(self.viewer).filter(
            version__in=versions,
            level=PlanLevel.PLAN,
            metric=Metric.REVENUE,
            user__isnull=False,
        )
        found: dict[Any, Any] = defaultdict(lambda: defaultdict(lambda: ZERO))
        for pk, month, person, amount in rows.values_list("version", "month", "user", "amount"):
            found[pk, month][person] += amount
        return found

    def pipeline(self) -> dict[date, Pipeline]:
        chance = Coalesce(F("stage__norm__win_share"), F("stage__probability"))
        deals = Deal.objects.visible_to(self.viewer).open()
        rows = (
            deals.filter(
                expected_close_on__gte=self.year.start, expected_close_on__lt=self.year.end
            )
            .order_by()
            .values("expected_close_on__month")
            .annotate(
                count=Count("pk"),
                amount=Coalesce(Sum("amount_base"), ZERO, output_field=MONEY),
                weighted=Coalesce(
                    Sum(F("amount_base") * chance, output_field=MONEY), ZERO, output_field=MONEY
                ),
            )
        )
        return {
            date(self.version.year, row["expected_close_on__month"], 1): Pipeline(
                row["count"], row["amount"], row["weighted"]
            )
            for row in rows
        }

    def people(self, planned: set[int]) -> list[Any]:
        """Those who sell now, and those the version plans for."""
        rows = self.staff.filter(Q(pk__in=planned) | Q(pk__in=User.objects.selling().working()))
        return list(rows.select_related("team").in_name_order())

    def absences(self) -> list[Absence]:
        first, last = self.usual.start, self.year.end
        rows = Absence.objects.filter(user__in=self.staff, ends_on__gt=first, starts_on__lt=last)
        return list(rows)

    def usual_sums(self) -> dict[int, dict[str, Any]]:
        """Deals of each person over the usual months."""
        rows = DealFact.objects.filter(
            user__in=self.staff, day__gte=self.usual.start, day__lt=self.usual.end
        )
        sums = (
            rows.order_by()
            .values("user")
            .annotate(
                created=Sum("created_count"),
                won=Sum("won_count"),
                revenue=Sum("won_amount") + Sum("adjusted_amount"),
            )
        )
        return {row["user"]: row for row in sums}


@dataclass
class Workdays:
    """Working days of people by the calendar, less their absences."""

    calendar: WorkCalendar
    away: dict[int, set[date]]

    @classmethod
    def of(cls, absences: list[Absence], calendar: WorkCalendar) -> Workdays:
        away: dict[int, set[date]] = defaultdict(set)
        for one in absences:
            away[one.user_id] |= set(days_between(one.starts_on, one.ends_on))
        return cls(calendar, away)

    def away_in(self, person: int, days: list[date]) -> int:
        gone = self.away.get(person)
        return sum(day in gone for day in days) if gone else 0


def days_between(start: date, end: date) -> list[date]:
    return [start + timedelta(days=shift) for shift in range((end - start).days)]


def read_evidence(viewer: Any, version: PlanVersion) -> Evidence:
    """The evidence of the middle level of `version`."""
    reader = Reader(viewer, version, company_today())
    revenue, in_force = reader.revenue(), reader.plans_in_force()
    lines = reader.plan_lines([version, *in_force.values()])
    days = Workdays.of(
        reader.absences(), WorkCalendar.load(reader.usual.start, reader.year.last_day)
    )
    planned = {person for (pk, _month), row in lines.items() if pk == version.pk for person in row}
    people, seasons = reader.people(planned), whole_years(revenue, version.year)
    pipeline, weights = reader.pipeline(), seasonality(seasons)

    def plan_of(year_plan: PlanVersion | None, month: date) -> Decimal | None:
        if year_plan is None:
            return None
        return sum(lines.get((year_plan.pk, month), {}).values(), ZERO)

    def past(month: date, years: int) -> Past:
        before = month.replace(year=month.year - years)
        return Past(
            revenue.get(before),
            plan_of(in_force.get(before.year), before),
            add_months(before, 1) > reader.today,
        )

    months = []
    for at in range(12):
        month = add_months(reader.year.start, at)
        working = days.calendar.working_days(month_of(month))
        months.append(
            MonthRow(
                month,
                plan_of(version, month) or ZERO,
                [past(month, 1), past(month, 2)],
                weights[at],
                pipeline.get(month, Pipeline()),
                len(working),
                person_days(people, working, days),
            )
        )
    usual = reader.usual_sums()
    rows = person_rows(reader, people, lines, days, usual)
    plan = sum((row.plan for row in months), ZERO)
    return Evidence(
        version=version,
        months=months,
        people=rows[:SHOWN_PEOPLE],
        people_count=len(rows),
        needs=needs_of(plan, usual),
        usual=reader.usual,
        years_of_season=len(seasons),
        plan=plan,
        past=[whole_past([row.past[at] for row in months]) for at in range(2)],
        pipeline=whole_pipeline(list(pipeline.values())),
    )


def whole_years(revenue: ByMonth, year: int) -> list[list[Decimal]]:
    """Revenue by month of the years before that sold in every month."""
    years = [
        [revenue.get(date(before, month, 1), ZERO) for month in range(1, 13)]
        for before in range(year - YEARS_BEHIND, year)
    ]
    return [row for row in years if all(row)]


def person_days(people: list[Any], working: list[date], days: Workdays) -> Decimal:
    """Days that the people can work, a newcomer's by his share of the full plan."""
    return sum(
        (one.ramp_share * (len(working) - days.away_in(one.pk, working)) for one in people), ZERO
    )


def person_rows(
    reader: Reader,
    people: list[Any],
    lines: dict[tuple[int, date], ByMonth],
    days: Workdays,
    usual: dict[int, dict[str, Any]],
) -> list[PersonRow]:
    """The steepest plans first; those without a usual day behind them last."""
    ahead = days.calendar.working_days(reader.year)
    behind = days.calendar.working_days(reader.usual)
    plans: dict[Any, Decimal] = defaultdict(lambda: ZERO)
    for (pk, _month), row in lines.items():
        if pk == reader.version.pk:
            for person, amount in row.items():
                plans[person] += amount
    rows = [
        PersonRow(
            one,
            len(ahead),
            days.away_in(one.pk, ahead),
            plans[one.pk],
            usual.get(one.pk, {}).get("revenue", ZERO),
            worked(one, behind) - days.away_in(one.pk, behind),
        )
        for one in people
    ]
    return sorted(rows, key=lambda row: (row.growth is None, -(row.growth or ZERO)))


def worked(person: Any, working: list[date]) -> int:
    """Of these working days, those since the person was hired."""
    return sum(person.hired_on is None or day >= person.hired_on for day in working)


def needs_of(plan: Decimal, usual: dict[int, dict[str, Any]]) -> Needs:
    return Needs(
        plan,
        sum(row["created"] for row in usual.values()),
        sum(row["won"] for row in usual.values()),
        sum((row["revenue"] for row in usual.values()), ZERO),
    )


def whole_past(months: list[Past]) -> Past:
    """The year; partial while one of its months is."""
    facts = [one.fact for one in months if one.fact is not None]
    plans = [one.plan for one in months if one.plan is not None]
    return Past(
        sum(facts, ZERO) if facts else None,
        sum(plans, ZERO) if plans else None,
        any(one.is_partial for one in months),
    )


def whole_pipeline(months: list[Pipeline]) -> Pipeline:
    return Pipeline(
        sum(one.count for one in months),
        sum((one.amount for one in months), ZERO),
        sum((one.weighted for one in months), ZERO),
    )
