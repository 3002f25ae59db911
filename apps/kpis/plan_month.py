"""A month of the plan: its two sides (from above and from the people), and how it goes day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.db.models.functions import TruncMonth
from django.urls import reverse

from apps.core import numerals
from apps.core.models import Company
from apps.core.periods import DAY, Period, add_months, month_of
from apps.kpis.calculations import run_rate
from apps.kpis.choices import PeriodKind, ScopeKind
from apps.kpis.models import DealFact, Snapshot
from apps.kpis.plan_below import Below, read_below
from apps.kpis.plan_build import REVENUE, Builder
from apps.kpis.plan_page import ZERO, PlanPage
from apps.kpis.plan_work import MonthWork
from apps.staff.models import TeamNode

MILLION = Decimal(10**6)


@dataclass(frozen=True)
class Side:
    """A node or a person: the plan from above, and what stands against it from below.

    `target` is the stored amount of the node, `people` the sum of those who are in it now,
    `expected` the fact so far and the weighted pipeline due in the month, `pace` the run-rate
    (None outside the running month), `year_ago` the same month a year earlier. `offered` is what
    the people themselves expect (None: nobody has said), `silent` how many have said nothing.
    """

    name: str
    depth: int
    is_node: bool
    target: Decimal
    people: Decimal
    fact: Decimal
    weighted: Decimal
    pace: Decimal | None
    year_ago: Decimal
    offered: Decimal | None
    silent: int
    words: str
    won_url: str
    due_url: str
    url: str
    offer_url: str

    @property
    def expected(self) -> Decimal:
        return self.fact + self.weighted

    @property
    def against_people(self) -> Decimal:
        return self.people - self.target

    @property
    def against_expected(self) -> Decimal:
        return self.expected - self.target


@dataclass(frozen=True)
class DayRow:
    """A working day: cumulative plan and fact, what the day itself brought, its won deals."""

    day: date
    plan: Decimal | None
    fact: Decimal | None
    sold: Decimal | None
    url: str

    @property
    def gap(self) -> Decimal | None:
        return None if self.plan is None or self.fact is None else self.fact - self.plan


@dataclass
class PlanMonth:
    """`month` of what `page` shows, on the day of `builder`."""

    page: PlanPage
    builder: Builder
    month: date
    # Whose expectation the viewer may write down.
    speaks_for: frozenset[int] = frozenset()

    @property
    def period(self) -> Period:
        return month_of(self.month)

    @property
    def is_running(self) -> bool:
        return self.builder.today in self.period

    @property
    def facts(self) -> dict[int, Decimal]:
        """Revenue of the month so far, by person."""
        return self._revenue[self.month]

    @property
    def year_ago(self) -> dict[int, Decimal]:
        return self._revenue[add_months(self.month, -12)]

    @cached_property
    def _revenue(self) -> dict[date, dict[int, Decimal]]:
        """Of the month and of that a year earlier, read at once."""
        months = [self.month, add_months(self.month, -12)]
        found: dict[date, dict[int, Decimal]] = {month: {} for month in months}
        within = [Q(day__gte=month, day__lt=month_of(month).end) for month in months]
        rows = DealFact.objects.filter(
            within[0] | within[1], user__in=[person.pk for person in self.page.people]
        )
        sums = rows.order_by().annotate(month=TruncMonth("day")).values_list("month", "user")
        for month, person, total in sums.annotate(total=REVENUE):
            found[month][person] = total
        return found

    @cached_property
    def work(self) -> MonthWork:
        return MonthWork(self.page, self.builder, self.month, self.facts)

    @cached_property
    def still_here(self) -> set[int]:
        return {person.pk for person in self.page.people if person.dismissed_on is None}

    @cached_property
    def below(self) -> Below:
        return read_below(self.period, [person.pk for person in self.page.people])

    @cached_property
    def snapshot(self) -> Snapshot | None:
        """The published figures of the scope, where the night has seen the month."""
        node = self.page.node
        kind, pk = (
            (ScopeKind.PERSON, self.page.people[0].pk) if node is None else (node.kind, node.pk)
        )
        found = Snapshot.objects.of(kind, pk, PeriodKind.MONTH, self.month)
        return found.select_related("run").first()

    @property
    def payload(self) -> Any:
        return self.snapshot.payload if self.snapshot else None

    def sides(self) -> list[Side]:
        """The tree from the top with its people; those with nothing on any side are left out."""
        rows = [row for node in self.page.shown_nodes for row in self._sides_of(node)]
        if self.page.node is None:
            rows = [self._side_of(person, 0) for person in self.page.people]
        return [
            row
            for row in rows
            if row.target or row.people or row.expected or row.year_ago or row.offer_url
        ]

    def _sides_of(self, node: TeamNode) -> Iterable[Side]:
        inside = self.page.inside(node)
        depth = node.path.count("/") - self.page.node.path.count("/") if self.page.node else 0
        people = [person.pk for person in inside]
        yield self._side(
            node.name,
            depth,
            people,
            target=self.page.node_lines.get((node.pk, self.month), ZERO),
            node=node,
        )
        if not self.page.is_too_big:
            own = [p for p in inside if (p.team_id or self.page.nodes[0].pk) == node.pk]
            yield from (self._side_of(person, depth + 1) for person in own)

    def _side_of(self, person: Any, depth: int) -> Side:
        target = self.page.amounts().get((person.pk, self.month), ZERO)
        return self._side(
            person.get_full_name(), depth, [person.pk], target=target, person=person.pk
        )

    def _side(
        self,
        name: str,
        depth: int,
        people: list[int],
        *,
        target: Decimal,
        node: TeamNode | None = None,
        person: int | None = None,
    ) -> Side:
        fact = _sum(self.facts, people)
        planned = {p: self.page.amounts().get((p, self.month), ZERO) for p in people}
        return Side(
            name=name,
            depth=depth,
            is_node=node is not None,
            target=target,
            people=sum(planned.values(), ZERO),
            fact=fact,
            weighted=_sum(self.below.weighted, people),
            pace=self._pace(fact),
            year_ago=_sum(self.year_ago, people),
            offered=self.below.offered(people),
            silent=self.below.silent([pk for pk in people if pk in self.still_here]),
            words=self.below.words(person),
            offer_url=offer_url(person, self.month) if person in self.speaks_for else "",
            won_url=won_url(self.period, node, person),
            due_url=due_url(self.period, node, person),
            url=self.url(person=person) if person else self.url(team=node.pk if node else None),
        )

    def _pace(self, fact: Decimal) -> Decimal | None:
        if not self.is_running or not self.payload:
            return None
        return run_rate(fact, self.payload["result"]["share_expected"])

    def url(self, **changes: Any) -> str:
        return month_url(self.month, **changes)

    def days(self) -> list[DayRow]:
        """The snapshot's series, with the deals of each day; a day off counts on the next one."""
        series = self.payload["series"] if self.payload else {"days": []}
        days = [date.fromisoformat(day) for day in series["days"]]
        node = self.page.node
        person = None if node else self.page.people[0].pk
        rows, before, since = [], ZERO, self.period.start
        for place, day in enumerate(days):
            fact, until = series["fact"][place], day
            if place == len(days) - 1:
                until = self.period.last_day
            sold = None if fact is None else fact - before
            stretch = Period(since, until + DAY)
            url = won_url(stretch, node, person) if sold else ""
            rows.append(DayRow(day, series["plan"][place], fact, sold, url))
            before, since = before if fact is None else fact, day + timedelta(days=1)
        return rows

    def chart(self) -> dict[str, Any] | None:
        """Cumulative plan and fact in millions."""
        if not self.payload or not self.payload["series"]["days"]:
            return None
        series = self.payload["series"]
        return {
            "unit": numerals.millions_unit(Company.current().currency),
            "days": series["days"],
            "plan": _in_millions(series["plan"]),
            "fact": _in_millions(series["fact"]),
        }


def month_url(month: date, **changes: Any) -> str:
    """The page of a month of the plan."""
    asked = {"year": month.year, "month": month.month} | changes
    return f"{reverse('kpis:plan_month')}?{urlencode(asked)}"


def offer_url(person: int | None, month: date) -> str:
    return reverse("kpis:plan_offer", args=[person, month.year, month.month])


def won_url(period: Period, node: TeamNode | None, person: int | None) -> str:
    return deals_url(
        node,
        person,
        outcome="won",
        closed_from=period.start.isoformat(),
        closed_to=period.last_day.isoformat(),
    )


def due_url(period: Period, node: TeamNode | None, person: int | None) -> str:
    return deals_url(
        node,
        person,
        outcome="open",
        expected_from=period.start.isoformat(),
        expected_to=period.last_day.isoformat(),
    )


def deals_url(node: TeamNode | None, person: int | None, **filters: str) -> str:
    """The list of deals of a person or of a node; the company's list is not narrowed."""
    scope: dict[str, Any] = {"owner": person} if person else {}
    if node is not None and node.parent_id is not None:
        scope = {"team": node.pk}
    return f"{reverse('deals:deal_list')}?{urlencode(scope | filters)}"


def _sum(amounts: Mapping[int, Decimal], people: Iterable[int]) -> Decimal:
    return sum((amounts.get(person, ZERO) for person in people), ZERO)


def _in_millions(amounts: list[Decimal | None]) -> list[float]:
    return [round(float(amount / MILLION), 3) for amount in amounts if amount is not None]
