"""The catalogue of metrics and the page of one of them, for what a viewer sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.formats import date_format

from apps.core.metrics import Direction, Metric, added, all_metrics, source_in, source_of
from apps.core.periods import Period, add_months, month_of
from apps.kpis.choices import MetricSubject
from apps.kpis.metric_words import (
    DIRECTIONS,
    UNITS,
    Shown,
    drawn,
    is_balance,
    says,
    shown,
    unit_drawn,
)
from apps.kpis.models import NightRun
from apps.kpis.month_sums import Sums, sums_of_months, sums_of_people
from apps.kpis.night.months import MONTHS
from apps.staff.models import TeamNode, User

# Who sold nothing all month stands in the table too.
AT_WORK = "presence.days"


@dataclass(frozen=True)
class Sight:
    """Whom the viewer sees, and the newest month of which the night `run` speaks."""

    viewer: Any
    run: NightRun

    @cached_property
    def people(self) -> list[int]:
        return list(User.objects.work_visible_to(self.viewer).values_list("pk", flat=True))

    @property
    def only_person(self) -> int | None:
        """The one person in sight, None when there are more."""
        return self.people[0] if len(self.people) == 1 else None

    @property
    def month(self) -> Period:
        """On the first of a month the night speaks of the one before."""
        return month_of(self.run.day)

    @property
    def months(self) -> list[Period]:
        """The oldest first."""
        start = self.month.start
        return [month_of(add_months(start, -back)) for back in reversed(range(MONTHS))]

    def seen(self, month: Period) -> Period:
        """The days of the month that the night has counted."""
        return Period(month.start, min(month.end, self.run.day + timedelta(days=1)))


@dataclass(frozen=True)
class Line:
    """A metric of the catalogue with its figures; `url` leads to the rows behind, "" without."""

    metric: Metric
    now: Shown
    before: Shown
    url: str

    @property
    def unit(self) -> str:
        return str(UNITS[self.metric.unit])

    @property
    def direction(self) -> str:
        return str(DIRECTIONS[self.metric.direction])

    @property
    def sources(self) -> list[str]:
        return sources_of(self.metric)


@dataclass(frozen=True)
class Group:
    label: str
    lines: list[Line]


def sources_of(metric: Metric) -> list[str]:
    """Names of the sources, in the order of the columns."""
    codes = dict.fromkeys(source_in(name) for name in (*metric.top, *metric.bottom))
    return [str(source_of(code).label) for code in codes]


def rows_url(metric: Metric, person: int | None, period: Period, *, is_newest: bool) -> str:
    """Lists of what stands open show it as it is now: they are no rows of a month gone by."""
    if metric.rows is None or (is_balance(metric) and not is_newest):
        return ""
    return metric.rows(person, period)


def catalogue(sight: Sight, asked: str) -> list[Group]:
    """The metrics that `asked` names, by subject; one statement for all their figures."""
    month, before = sight.month, sight.month.previous()
    sums = sums_of_months([month.start, before.start], sight.people)
    groups: dict[str, list[Line]] = defaultdict(list)
    for metric in all_metrics():
        if says(metric, asked):
            now = shown(metric, sums.get(month.start, {}))
            then = shown(metric, sums.get(before.start, {}))
            url = rows_url(metric, sight.only_person, sight.seen(month), is_newest=True)
            groups[metric.subject].append(Line(metric, now, then, url))
    return [
        Group(str(label), groups[code]) for code, label in MetricSubject.choices if code in groups
    ]


@dataclass(frozen=True)
class MonthLine:
    """A month of the metric for everybody in sight."""

    period: Period
    figure: Shown
    url: str
    is_chosen: bool

    @property
    def name(self) -> str:
        return f"{self.period.start:%Y-%m}"


@dataclass(frozen=True)
class PartLine:
    """A team of so many people, or a person."""

    name: str
    figure: Shown
    url: str
    people: int = 1
    person: int | None = None


class MetricPage:
    """Thirteen months of a metric, and who stands behind the chosen one."""

    def __init__(self, metric: Metric, sight: Sight, month: Period) -> None:
        self.metric, self.sight, self.month = metric, sight, month

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys((*self.metric.top, *self.metric.bottom, *self.metric.n)))

    @cached_property
    def months(self) -> list[MonthLine]:
        starts = [month.start for month in self.sight.months]
        sums = sums_of_months(starts, self.sight.people, self.names)
        return [
            MonthLine(
                month,
                shown(self.metric, sums.get(month.start, {})),
                self._rows(self.sight.only_person, month),
                month == self.month,
            )
            for month in self.sight.months
        ]

    @property
    def newest_first(self) -> list[MonthLine]:
        return self.months[::-1]

    @property
    def chosen(self) -> MonthLine:
        return next(line for line in self.months if line.is_chosen)

    @property
    def chart(self) -> dict[str, Any]:
        return {
            "unit": unit_drawn(self.metric),
            "labels": [date_format(line.period.start, "M y") for line in self.months],
            "values": [drawn(self.metric, line.figure) for line in self.months],
            "name": str(self.metric.label),
        }

    @property
    def summary(self) -> str:
        """The chart in one sentence."""
        months = [f"{line.period.label}: {line.figure.text}" for line in self.months]
        return f"{self.metric.label}. {'; '.join(months)}"

    @cached_property
    def _by_person(self) -> dict[int, tuple[int | None, Sums]]:
        return sums_of_people(self.month.start, self.sight.people, [*self.names, AT_WORK])

    @cached_property
    def people(self) -> list[PartLine]:
        """Those who were at work or have any of the columns; the best figure first."""
        known = User.objects.in_bulk(self._by_person)
        lines = [
            PartLine(
                known[person].get_full_name(),
                shown(self.metric, sums),
                self._rows(person, self.month),
                person=person,
            )
            for person, (_team, sums) in self._by_person.items()
        ]
        return in_order(self.metric, lines)

    @cached_property
    def teams(self) -> list[PartLine]:
        """Ratios of the sums over the people that each team had at the end of the month."""
        parts: dict[int | None, list[Sums]] = defaultdict(list)
        for team, sums in self._by_person.values():
            parts[team].append(sums)
        names = dict(TeamNode.objects.filter(pk__in=filter(None, parts)).values_list("pk", "name"))
        lines = [
            PartLine(names.get(team or 0, ""), self._of(sums), "", people=len(sums))
            for team, sums in parts.items()
        ]
        return in_order(self.metric, lines)

    def _of(self, sums: Iterable[Sums]) -> Shown:
        return shown(self.metric, added(sums))

    def _rows(self, person: int | None, month: Period) -> str:
        is_newest = month == self.sight.month
        return rows_url(self.metric, person, self.sight.seen(month), is_newest=is_newest)


def in_order(metric: Metric, lines: Iterable[PartLine]) -> list[PartLine]:
    """The best figure first, by the metric's direction; those without one last."""
    sign = 1 if metric.direction == Direction.LESS else -1

    def place(line: PartLine) -> tuple[bool, Decimal, str]:
        value = line.figure.value
        return (value is None, sign * (value or Decimal(0)), line.name)

    return sorted(lines, key=place)


def chosen_month(sight: Sight, text: str) -> Period | None:
    """The month that an address names as 2026-11, the newest for none; None: not kept."""
    named = {f"{month.start:%Y-%m}": month for month in sight.months}
    return sight.month if not text else named.get(text)
