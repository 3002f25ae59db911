"""What a month's plan means in work: deals, leads, calls and meetings, in all and a working day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from apps.core.metrics import added, read_columns
from apps.core.periods import Period, add_months, month_of
from apps.kpis.calculations.reverse_funnel import (
    Known,
    Ratios,
    Work,
    a_day,
    first_known,
    whole_cases,
    work_for,
)
from apps.kpis.plan_build import Builder
from apps.kpis.plan_page import ZERO, PlanPage
from apps.staff.choices import Role
from apps.staff.models import User

MONTHS_LEARNED = 12
# Whoever does not see the people of a group learns a figure of it from three of them on.
FEWEST_PEOPLE = 3

Columns = Mapping[str, Decimal]


@dataclass(frozen=True)
class WorkRow:
    """A person, or a node whole (`person` None). Money in the company's currency.

    `left` is what the plan still lacks, `days` the days at work left in the month (of a node: the
    sum over its people), `now` calls and meetings a day at work over the last twelve months.
    """

    name: str
    person: Any
    plan: Decimal
    fact: Decimal
    left: Decimal
    days: int
    ratios: Ratios
    work: Work
    daily: Work
    now: Decimal | None

    @property
    def cases(self) -> Work:
        """The work in whole deals, leads, calls and meetings."""
        return whole_cases(self.work)

    @property
    def short(self) -> Decimal | None:
        """How much more a day is needed than is done, a fraction; None when it is not."""
        needed = self.daily.touches
        if needed is None or not self.now or needed <= self.now:
            return None
        return needed / self.now - 1

    @property
    def ways_out(self) -> list[tuple[str, Decimal, Decimal]]:
        """What conversion or what average deal would do with as many contacts as now."""
        if self.short is None:
            return []
        factor = 1 + self.short
        return [
            (name, known.value * factor, known.value)
            for name in ("conversion", "average_deal")
            if (known := getattr(self.ratios, name))
        ]


@dataclass
class MonthWork:
    """The work of `month` of everybody on `page`, as seen on the day of `builder`."""

    page: PlanPage
    builder: Builder
    month: date
    facts: Mapping[int, Decimal]

    @cached_property
    def columns(self) -> dict[int, dict[str, Decimal]]:
        return read_columns(self.learned, ["deals", "activities"])

    @property
    def learned(self) -> Period:
        end = self.builder.today.replace(day=1)
        return Period(add_months(end, -MONTHS_LEARNED), end)

    @property
    def is_over(self) -> bool:
        return month_of(self.month).end <= self.builder.today

    def rows(self) -> list[WorkRow]:
        """People with a plan in the month, by name."""
        return [self._of_person(person) for person in self.page.people if self._plan_of(person)]

    def whole(self) -> WorkRow | None:
        """The scope together; None where nobody has a plan."""
        planned = [person for person in self.page.people if self._plan_of(person)]
        if not planned:
            return None
        people = [person.pk for person in planned]
        return self._row(
            name=str(self.page.node or planned[0]),
            person=None,
            plan=sum((self._plan_of(person) for person in planned), ZERO),
            fact=sum((self.facts.get(person, ZERO) for person in people), ZERO),
            days=sum(self._days_left(person) for person in planned),
            ratios=self._ratios([("own", self._sum(people)), ("company", self._company)]),
            now=self._now(planned),
        )

    def _of_person(self, person: Any) -> WorkRow:
        groups = [("own", self.columns.get(person.pk, {}))]
        groups += [("team", team)] if (team := self._team_of(person)) else []
        groups += [("company", self._company)] if self._company else []
        return self._row(
            name=person.get_full_name(),
            person=person,
            plan=self._plan_of(person),
            fact=self.facts.get(person.pk, ZERO),
            days=self._days_left(person),
            ratios=self._ratios(groups),
            now=self._now([person]),
        )

    def _row(
        self,
        *,
        name: str,
        person: Any,
        plan: Decimal,
        fact: Decimal,
        days: int,
        ratios: Ratios,
        now: Decimal | None,
    ) -> WorkRow:
        left = max(plan - fact, ZERO)
        work = work_for(left, ratios)
        return WorkRow(name, person, plan, fact, left, days, ratios, work, a_day(work, days), now)

    def _plan_of(self, person: Any) -> Decimal:
        return self.page.amounts().get((person.pk, self.month), ZERO)

    def _days_left(self, person: Any) -> int:
        """Days at work from today on."""
        days = self.builder.working_days[self.month]
        left = [day for day in days if day >= self.builder.today]
        found = self.builder.capacity(person, self.month, left)
        return found.days - found.away

    @cached_property
    def _company(self) -> dict[str, Decimal]:
        return self._group(self.columns)

    def _team_of(self, person: Any) -> dict[str, Decimal]:
        if person.team_id is None:
            return {}
        return self._group(set(self._teams.get(person.team_id, ())) & set(self.columns))

    @cached_property
    def _teams(self) -> dict[int, list[int]]:
        """Everybody by team, dismissed people as well: they sold with the team."""
        from_rows = User.objects.exclude(team=None).values_list("team", "pk")
        found: dict[int, list[int]] = {}
        for team, person in from_rows:
            found.setdefault(team, []).append(person)
        return found

    def _group(self, people: Iterable[int]) -> dict[str, Decimal]:
        """The sums of a group; nothing of a group too small for who does not see its people."""
        people = list(people)
        sees_all = self.page.viewer.role in (Role.HEAD, Role.DIRECTOR)
        return self._sum(people) if sees_all or len(people) >= FEWEST_PEOPLE else {}

    def _sum(self, people: Iterable[int]) -> dict[str, Decimal]:
        return added(self.columns[person] for person in people if person in self.columns)

    def _ratios(self, groups: Sequence[tuple[str, Columns]]) -> Ratios:
        return Ratios(
            average_deal=ratio_of(groups, REVENUE, "deals.won_count"),
            conversion=ratio_of(groups, ("deals.won_count",), "deals.created_count"),
            calls=ratio_of(groups, ("activities.calls",), "deals.created_count"),
            meetings=ratio_of(groups, ("activities.meetings",), "deals.created_count"),
        )

    @cached_property
    def _learned_days(self) -> list[date]:
        return self.builder.calendar.working_days(self.learned)

    def _now(self, people: list[Any]) -> Decimal | None:
        """Calls and meetings a working day since the hire, over twelve months at most."""
        sums = self._sum(person.pk for person in people)
        done = sums.get("activities.calls", ZERO) + sums.get("activities.meetings", ZERO)
        days = sum(
            sum(person.hired_on is None or person.hired_on <= day for day in self._learned_days)
            for person in people
        )
        return done / days if days and done else None


REVENUE = ("deals.won_amount", "deals.adjusted_amount")


def ratio_of(
    groups: Sequence[tuple[str, Columns]], top: tuple[str, ...], bottom: str
) -> Known | None:
    return first_known(
        [
            (whose, sum((sums.get(name, ZERO) for name in top), ZERO), int(sums.get(bottom, 0)))
            for whose, sums in groups
        ]
    )
