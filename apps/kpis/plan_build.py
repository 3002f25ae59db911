"""Filling the grid of a plan: what is read for it, and the ways to fill it (F1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from apps.core import numerals
from apps.core.calendars import WorkCalendar
from apps.core.periods import Period, add_months, month_of
from apps.kpis.calculations import seasonality
from apps.kpis.calculations.decomposition import (
    Capacity,
    Place,
    capacity_in,
    decompose,
    grown,
    months_between,
    potentials,
    ramp_in,
    still_to_plan,
)
from apps.kpis.choices import PlanFillKind, SeasonSource
from apps.kpis.measuring import measured
from apps.kpis.models import DealFact, PlanLine, PlanVersion
from apps.kpis.plan_grid import Mark
from apps.kpis.plan_page import ZERO, Amounts, PlanPage
from apps.kpis.plannable import step_of
from apps.staff.choices import SELLING_ROLES, Role
from apps.staff.models import Absence, TeamNode, User

ONE = Decimal(1)
# Whole years of revenue behind the season of a new plan.
YEARS_BEHIND = 3
MONTHS_OF_POTENTIAL = 12

REVENUE = Sum(F("won_amount") + F("adjusted_amount"))


@dataclass
class Builder:
    """What is known about the people and the months of `page` on the day `today`."""

    page: PlanPage
    today: date
    potential_weight: Decimal = Decimal("0.5")

    @property
    def months(self) -> list[date]:
        return self.page.months

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Of the year planned and of the twelve months behind."""
        year_ago = add_months(self.today, -MONTHS_OF_POTENTIAL)
        return WorkCalendar.load(min(year_ago, self.months[0]), max(self.today, self.months[-1]))

    @cached_property
    def working_days(self) -> dict[date, list[date]]:
        return {month: self.calendar.working_days(month_of(month)) for month in self.months}

    @cached_property
    def absences(self) -> dict[int, list[tuple[date, date]]]:
        found: dict[int, list[tuple[date, date]]] = defaultdict(list)
        known = Absence.objects.filter(
            user__in=[person.pk for person in self.page.people],
            starts_on__lt=date(self.page.year + 1, 1, 1),
            ends_on__gt=self.months[0],
        )
        for person, starts_on, ends_on in known.values_list("user", "starts_on", "ends_on"):
            found[person].append((starts_on, ends_on))
        return found

    @cached_property
    def capacities(self) -> dict[tuple[int, date], Capacity]:
        return {
            (person.pk, month): self.capacity(person, month, self.working_days[month])
            for person in self.page.people
            for month in self.months
        }

    def capacity(self, person: Any, month: date, days: list[date]) -> Capacity:
        now = self.today.replace(day=1)
        ramp = ramp_in(month, now=now, share_now=person.ramp_share, hired_on=person.hired_on)
        return capacity_in(
            days,
            hired_on=person.hired_on,
            left_on=person.dismissed_on,
            absences=self.absences[person.pk],
            hours_per_day=person.hours_per_day,
            ramp=ramp,
        )

    @cached_property
    def sold(self) -> dict[int, Decimal]:
        """Revenue of each person in the twelve months before this one."""
        end = self.today.replace(day=1)
        rows = DealFact.objects.filter(
            user__in=[person.pk for person in self.page.people],
            day__gte=add_months(end, -MONTHS_OF_POTENTIAL),
            day__lt=end,
        )
        return dict(rows.order_by().values_list("user").annotate(total=REVENUE))

    @cached_property
    def potentials(self) -> dict[int, Decimal]:
        past = {
            person.pk: (self.sold.get(person.pk, ZERO), self.months_here(person))
            for person in self.bearers
        }
        return potentials(past, self.potential_weight)

    def months_here(self, person: Any) -> int:
        """Of the twelve months before this one."""
        if person.hired_on is None:
            return MONTHS_OF_POTENTIAL
        here = months_between(person.hired_on, self.today)
        return max(min(here, MONTHS_OF_POTENTIAL), 0)

    @cached_property
    def bearers(self) -> list[Any]:
        """Those who get a share: sellers, and leaders who sell themselves."""
        return [
            person
            for person in self.page.people
            if person.role in SELLING_ROLES
            and (person.role == Role.SELLER or self.sold.get(person.pk, ZERO) > 0)
        ]

    @cached_property
    def season(self) -> list[Decimal]:
        """Month weights with the mean 1, from the company's whole years of revenue."""
        years = range(self.page.year - YEARS_BEHIND, self.page.year)
        rows = DealFact.objects.filter(
            day__gte=date(years[0], 1, 1), day__lt=date(self.page.year, 1, 1)
        )
        found = dict.fromkeys(((year, month) for year in years for month in range(1, 13)), ZERO)
        sums = rows.order_by().values_list("day__year", "day__month").annotate(total=REVENUE)
        found |= {(year, month): total for year, month, total in sums}
        whole = [[found[year, month] for month in range(1, 13)] for year in years]
        return seasonality([year for year in whole if all(year)])

    def season_from(self, source: str, shown: Amounts) -> list[Decimal]:
        """Month weights: of the company, even, as in the grid; of other metrics by capacity."""
        if source == SeasonSource.SHOWN and any(shown.values()):
            return _by_month(shown, self.months)
        if source == SeasonSource.EVEN:
            return [ONE] * len(self.months)
        if not self.page.is_revenue:
            capacities = {key: found.weight for key, found in self.capacities.items()}
            return _by_month(capacities, self.months)
        return self.season

    def places(self, capacities: Mapping[tuple[int, date], Capacity]) -> list[Place]:
        """The people who bear the plan, each with the nodes above him and his weight by month."""
        return [
            Place(
                person.pk,
                self._path(person),
                [
                    capacities[person.pk, month].weight * self.potentials[person.pk]
                    for month in self.months
                ],
            )
            for person in self.bearers
        ]

    def _path(self, person: Any) -> tuple[int, ...]:
        if person.team is None:
            return ()
        return tuple(int(step) for step in person.team.path.strip("/").split("/"))

    def step(self, asked: Decimal) -> Decimal:
        return max(asked, step_of(self.page.metric.code))

    def filled(self, asked: Mapping[str, Any], shown: Amounts, kept: Amounts) -> Amounts:
        """The grid as asked by PlanFill, `kept` cells as they are; raises CannotSpreadError."""
        kind = asked["fill"]
        if kind == PlanFillKind.COPY:
            return self.copied(asked) | kept
        if kind == PlanFillKind.REPLAN:
            annual = asked["total"] or sum(shown.values(), ZERO)
            return self.replanned(annual, asked, shown, kept)
        total = asked["total"]
        if kind == PlanFillKind.GROWTH:
            total = grown(self.grows_from, asked["growth"], self.step(asked["step"]))
        season = self.season_from(asked["season"], shown)
        return self.spread(total, season, self.places(self.capacities), kept, asked["step"])

    def spread(
        self,
        total: Decimal,
        season: list[Decimal],
        places: list[Place],
        kept: Amounts,
        step: Decimal,
    ) -> Amounts:
        index = {month: at for at, month in enumerate(self.months)}
        held = {(person, index[month]): amount for (person, month), amount in kept.items()}
        parts = decompose(total, season, places, kept=held, step=self.step(step))
        return {(person, self.months[at]): part for (person, at), part in parts.items()}

    @cached_property
    def before(self) -> dict[int, Decimal]:
        """The fact of the year before, by person; nothing for those who see no results."""
        if not self.page.sees_facts:
            return {}
        year = Period(date(self.page.year - 1, 1, 1), date(self.page.year, 1, 1))
        return self._facts(year, [person.pk for person in self.page.people])

    @property
    def grows_from(self) -> Decimal:
        """The fact of the year before; while it runs, that of the last twelve whole months."""
        if self.page.year <= self.today.year:
            return sum(self.before.values(), ZERO)
        now = self.today.replace(day=1)
        people = [person.pk for person in self.page.people]
        behind = Period(add_months(now, -MONTHS_OF_POTENTIAL), now)
        return sum(self._facts(behind, people).values(), ZERO)

    def _facts(self, period: Period, people: list[int]) -> dict[int, Decimal]:
        found = measured(self.page.metric, period, people)
        return {person: measure.top for person, measure in found.items()}

    def copied(self, asked: Mapping[str, Any]) -> Amounts:
        """The amounts of another version, by default of the plan in force a year earlier, grown."""
        source = asked["version"] or PlanVersion.objects.in_force(self.page.year - 1).first()
        lines = PlanLine.objects.filter(
            version=source,
            level=self.page.level,
            metric=self.page.metric.code,
            user__in=self.page.people,
        )
        found: Amounts = defaultdict(Decimal)
        for line in lines:
            month = line.month.replace(year=self.page.year)
            found[line.user_id or 0, month] += line.amount
        step = self.step(asked["step"])
        return {key: grown(amount, asked["growth"], step) for key, amount in found.items()}

    def replanned(
        self, annual: Decimal, asked: Mapping[str, Any], shown: Amounts, kept: Amounts
    ) -> Amounts:
        """Months that are over stay; what is missing to `annual` goes to the days left of the year.

        The running month holds what each person has done in it and his part of the rest. Its share
        of the season and of everybody's capacity is that of its working days left, today included.
        """
        now = self.today.replace(day=1)
        over = {key: amount for key, amount in shown.items() if key[1] < now}
        done = self._done_in(now)
        rest = still_to_plan(annual, over=self._over(now), done_now=sum(done.values(), ZERO))
        season = self.season_from(asked["season"], shown)
        weights = [
            self._left_of(month, weight) for month, weight in zip(self.months, season, strict=True)
        ]
        held = {
            key: max(amount - done.get(key, ZERO), ZERO)
            for key, amount in kept.items()
            if key[1] >= now
        }
        new = self.spread(
            rest, weights, self.places(self._left_capacities(now)), held, asked["step"]
        )
        later = {key: part for key, part in new.items() if key[1] >= now}
        for key, fact in done.items():
            later[key] = later.get(key, ZERO) + fact
        return later | over

    def _done_in(self, now: date) -> Amounts:
        """What each person of the grid has done in the running month; a minus counts as nothing."""
        facts = self._facts(month_of(now), [person.pk for person in self.page.people])
        return {(person, now): fact for person, fact in facts.items() if fact > 0}

    def _over(self, now: date) -> Decimal:
        """The fact of the year's months that are over, of everybody who is or was in the scope."""
        start = self.months[0]
        if now <= start:
            return ZERO
        return sum(self._facts(Period(start, now), self._scope_people()).values(), ZERO)

    def _scope_people(self) -> list[int]:
        node: TeamNode | None = self.page.node
        if node is None or node.parent_id is None:
            return list(User.objects.values_list("pk", flat=True))
        inside = User.objects.filter(team__path__startswith=node.path)
        return list(inside.values_list("pk", flat=True))

    def _left_of(self, month: date, weight: Decimal) -> Decimal:
        now = self.today.replace(day=1)
        if month != now:
            return weight if month > now else ZERO
        days = self.working_days[month]
        left = sum(day >= self.today for day in days)
        return weight * left / len(days) if days else ZERO

    def _left_capacities(self, now: date) -> dict[tuple[int, date], Capacity]:
        if now not in self.working_days:
            return self.capacities
        left = [day for day in self.working_days[now] if day >= self.today]
        running = {(p.pk, now): self.capacity(p, now, left) for p in self.page.people}
        return self.capacities | running

    def marks(self) -> dict[tuple[int, date], Mark]:
        """Why each person's month bears what it does; it speaks of results."""
        if not self.page.sees_facts:
            return {}
        bearers = {person.pk for person in self.bearers}
        return {
            key: mark_of(found, self.potentials[key[0]])
            for key, found in self.capacities.items()
            if key[0] in bearers
        }


def mark_of(found: Capacity, potential: Decimal) -> Mark:
    """20 days − 5 away, × 0.75 of a day, × ramp 0.5, × potential 1.08 = 6.1"""
    icon = "airplane" if found.away else "signpost" if found.ramp < 1 else ""
    note = _(
        "%(days)s working days, %(away)s away; share of a full day %(hours)s × ramp %(ramp)s × "
        "potential %(potential)s = weight %(weight)s"
    )
    return Mark(
        icon,
        note
        % {
            "days": found.days,
            "away": found.away,
            "hours": numerals.number(found.hours, 2),
            "ramp": numerals.number(found.ramp, 2),
            "potential": numerals.number(potential, 2),
            "weight": numerals.number(found.weight * potential, 1),
        },
        found.weight * potential,
    )


def _by_month(amounts: Mapping[tuple[int, date], Decimal], months: list[date]) -> list[Decimal]:
    found = dict.fromkeys(months, ZERO)
    for (_person, month), amount in amounts.items():
        found[month] += amount
    return list(found.values())
