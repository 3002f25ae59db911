"""What speaks for a plan: history, season, pipeline, capacity, and how many deals it takes.

Everything comes from the night's facts, open deals and the work calendar, over the people in sight
of the viewer, in a fixed number of statements. Money is in the company's currency.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from apps.core.calendars import WorkCalendar, company_today
from apps.core.periods import Period, add_months, month_of
from apps.kpis.calculations import ZERO, mean_money, ratio, seasonality
from apps.kpis.evidence_reading import ByMonth, Pipeline, Reader
from apps.kpis.models import PlanVersion
from apps.kpis.plan_build import YEARS_BEHIND
from apps.staff.models import Absence

# So many people are shown, those with the steepest plans; all of them are in the file.
SHOWN_PEOPLE = 30
# Deals behind a rate below which it says nothing.
ENOUGH_DEALS = 10


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
        """Plan ÷ revenue of the year before − 1, once that year is over."""
        before = self.past[0]
        if before.is_partial or not before.fact:
            return None
        return ratio(self.plan - before.fact, before.fact)

    @property
    def growth_on_usual(self) -> Decimal | None:
        """Plan ÷ revenue of the last twelve whole months − 1."""
        usual = self.needs.revenue
        return ratio(self.plan - usual, usual)


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
    known = Known.read(Reader(viewer, version, company_today()))
    months = [month_row(known, add_months(known.reader.year.start, at)) for at in range(12)]
    people = person_rows(known)
    plan = sum((row.plan for row in months), ZERO)
    return Evidence(
        version=version,
        months=months,
        people=people[:SHOWN_PEOPLE],
        people_count=len(people),
        needs=needs_of(plan, known.usual),
        usual=known.reader.usual,
        years_of_season=len(whole_years(known.revenue, version.year)),
        plan=plan,
        past=[whole_past([row.past[at] for row in months]) for at in range(2)],
        pipeline=whole_pipeline(list(known.pipeline.values())),
    )


@dataclass
class Known:
    """What was read, before it is put together."""

    reader: Reader
    revenue: ByMonth
    in_force: dict[int, PlanVersion]
    lines: dict[tuple[int, date], dict[int, Decimal]]
    people: list[Any]
    days: Workdays
    pipeline: dict[date, Pipeline]
    usual: dict[int, dict[str, Any]]
    season: list[Decimal]

    @classmethod
    def read(cls, reader: Reader) -> Known:
        version, revenue, in_force = reader.version, reader.revenue(), reader.plans_in_force()
        lines = reader.plan_lines([version, *in_force.values()])
        planned = {person for (pk, _), row in lines.items() if pk == version.pk for person in row}
        calendar = WorkCalendar.load(reader.usual.start, reader.year.last_day)
        return cls(
            reader=reader,
            revenue=revenue,
            in_force=in_force,
            lines=lines,
            people=reader.people(planned),
            days=Workdays.of(reader.absences(), calendar),
            pipeline=reader.pipeline(),
            usual=reader.usual_sums(),
            season=seasonality(whole_years(revenue, version.year)),
        )

    def plan_of(self, version: PlanVersion | None, month: date) -> Decimal | None:
        """None where no plan was in force."""
        if version is None:
            return None
        return sum(self.lines.get((version.pk, month), {}).values(), ZERO)

    def past(self, month: date, years: int) -> Past:
        before = month.replace(year=month.year - years)
        return Past(
            self.revenue.get(before),
            self.plan_of(self.in_force.get(before.year), before),
            add_months(before, 1) > self.reader.today,
        )


def month_row(known: Known, month: date) -> MonthRow:
    working = known.days.calendar.working_days(month_of(month))
    return MonthRow(
        month=month,
        plan=known.plan_of(known.reader.version, month) or ZERO,
        past=[known.past(month, 1), known.past(month, 2)],
        season=known.season[month.month - 1],
        pipeline=known.pipeline.get(month, Pipeline()),
        working_days=len(working),
        person_days=person_days(known.people, working, known.days),
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


def person_rows(known: Known) -> list[PersonRow]:
    """The steepest plans first; those without a usual day behind them last."""
    days, plans = known.days, plans_of_people(known)
    ahead = days.calendar.working_days(known.reader.year)
    behind = days.calendar.working_days(known.reader.usual)
    rows = [
        PersonRow(
            one,
            len(ahead),
            days.away_in(one.pk, ahead),
            plans[one.pk],
            known.usual.get(one.pk, {}).get("revenue", ZERO),
            worked(one, behind) - days.away_in(one.pk, behind),
        )
        for one in known.people
    ]
    return sorted(rows, key=lambda row: (row.growth is None, -(row.growth or ZERO)))


def plans_of_people(known: Known) -> dict[int, Decimal]:
    """Each person's plan of the year."""
    plans: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for (pk, _month), row in known.lines.items():
        if pk == known.reader.version.pk:
            for person, amount in row.items():
                plans[person] += amount
    return plans


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
