"""The company's revenue plan by product, level of the client or source, against the fact.

The plan of a part in a month is its share of the month by largest remainder, so the parts of a month
are its plan to the kopeck. The fact is won revenue as the night has counted it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.clients.choices import ClientLevel
from apps.clients.models import Source
from apps.core.calendars import WorkCalendar
from apps.core.money import round_money, split_exactly
from apps.core.periods import DAY, Period, add_months, month_of
from apps.deals.models import Product
from apps.kpis.choices import PlanDimension, PlanLevel
from apps.kpis.models import (
    DealFact,
    NightRun,
    PlanLine,
    PlanShare,
    PlanVersion,
    ProductFact,
)

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
YEAR_BACK = 12


def won_by(dimension: str, period: Period) -> dict[str, Decimal]:
    """Won revenue of the company within the period by key, corrections included. One statement."""
    source: Any = ProductFact if dimension == PlanDimension.PRODUCT else DealFact
    column = {"product": "product", "level": "segment", "source": "source"}[dimension]
    amount = F("amount") if source is ProductFact else F("won_amount") + F("adjusted_amount")
    rows = source.objects.filter(day__gte=period.start, day__lt=period.end).order_by()
    sums = rows.values_list(column).annotate(total=Sum(amount, default=0))
    return {key_of(value): total for value, total in sums if total}


def key_of(value: Any) -> str:
    return "" if value is None else str(value)


def names_of(dimension: str, keys: Iterable[str]) -> dict[str, str]:
    """The parts in words; "" is what has none."""
    if dimension == PlanDimension.LEVEL:
        named = {key: _("Level %(level)s") % {"level": key} for key in ClientLevel.values if key}
        return {**named, "": _("without a level")}
    model: Any = Product if dimension == PlanDimension.PRODUCT else Source
    rows = model.objects.filter(pk__in=[key for key in keys if key])
    nameless = _("no lines") if dimension == PlanDimension.PRODUCT else _("without a source")
    return {str(row.pk): str(row) for row in rows} | {"": nameless}


def proposed(fact: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Shares (fractions of four digits, 1 together) as the fact was divided; none without a fact."""
    weights = {key: max(amount, ZERO) for key, amount in fact.items()}
    if not sum(weights.values()):
        return {}
    parts = split_exactly(HUNDRED, list(weights.values()))
    return {key: part / HUNDRED for key, part in zip(weights, parts, strict=True) if part}


def divided(months: Mapping[date, Decimal], shares: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The sum of each part over `months`, each month divided exactly by itself."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for amount in months.values() if shares else ():
        for key, part in zip(shares, split_exactly(amount, list(shares.values())), strict=True):
            found[key] += part
    return dict(found)


@dataclass(frozen=True)
class PartRow:
    """`plan` of the year, `due` of it by the last counted day; all None while nothing is divided."""

    key: str
    name: str
    share: Decimal | None
    proposed: Decimal | None
    plan: Decimal | None
    due: Decimal | None
    fact: Decimal
    url: str

    @property
    def gap(self) -> Decimal | None:
        return None if self.due is None else self.fact - self.due


@dataclass
class PlanParts:
    """One dimension of the plan of a year, as it is seen on the morning of `today`."""

    year: int
    dimension: str
    version: PlanVersion | None
    today: date

    @cached_property
    def shares(self) -> dict[str, Decimal]:
        rows = self.version.shares.filter(dimension=self.dimension) if self.version else []
        return {row.key: row.share for row in rows}

    @cached_property
    def months(self) -> dict[date, Decimal]:
        """The company's plan by month."""
        lines = PlanLine.objects.filter(
            version=self.version,
            node__parent=None,
            user=None,
            metric="revenue",
            level=PlanLevel.PLAN,
        )
        return dict(lines.order_by("month").values_list("month", "amount"))

    @cached_property
    def counted_to(self) -> date | None:
        """The last day that the night has counted, if it lies within the year or after it."""
        run = NightRun.objects.published().order_by("-day").first()
        return run.day if run and run.day.year >= self.year else None

    @cached_property
    def past(self) -> Period:
        """The twelve full months behind us, from which shares are proposed."""
        current = month_of(self.today).start
        return Period(add_months(current, -YEAR_BACK), current)

    @cached_property
    def proposed(self) -> dict[str, Decimal]:
        return proposed(won_by(self.dimension, self.past))

    @cached_property
    def elapsed(self) -> Period | None:
        """Of the year what is counted; None of a year to come."""
        if self.counted_to is None:
            return None
        return Period(date(self.year, 1, 1), min(self.counted_to + DAY, date(self.year + 1, 1, 1)))

    @cached_property
    def due_months(self) -> dict[date, Decimal]:
        """The plan by the last counted day: the running month by its working days."""
        if self.elapsed is None:
            return {}
        calendar = WorkCalendar.load(self.elapsed.start, date(self.year, 12, 31))
        return {
            month: due_of(month, amount, self.elapsed.end, calendar)
            for month, amount in self.months.items()
            if month < self.elapsed.end
        }

    @cached_property
    def fact(self) -> dict[str, Decimal]:
        return won_by(self.dimension, self.elapsed) if self.elapsed else {}

    @cached_property
    def rows(self) -> list[PartRow]:
        """The largest part first."""
        fact = self.fact
        keys = {*fact, *self.shares, *self.proposed}
        names = names_of(self.dimension, keys)
        plans, dues = divided(self.months, self.shares), divided(self.due_months, self.shares)
        is_divided = bool(self.shares)
        rows = [
            PartRow(
                key=key,
                name=names.get(key, key),
                share=self.shares.get(key, ZERO) if is_divided else None,
                proposed=self.proposed.get(key, ZERO) if self.proposed else None,
                plan=plans.get(key, ZERO) if is_divided else None,
                due=dues.get(key, ZERO) if is_divided else None,
                fact=fact.get(key, ZERO),
                url=self.deals_of(key) if fact.get(key) else "",
            )
            for key in keys
        ]
        return sorted(rows, key=lambda row: (-(row.plan or row.fact), row.name))

    def total(self) -> PartRow:
        return PartRow(
            key="",
            name="",
            share=sum(self.shares.values(), ZERO) if self.shares else None,
            proposed=sum(self.proposed.values(), ZERO) if self.proposed else None,
            plan=sum(self.months.values(), ZERO),
            due=sum(self.due_months.values(), ZERO) if self.shares else None,
            fact=sum(self.fact.values(), ZERO),
            url="",
        )

    def deals_of(self, key: str) -> str:
        """The won deals of a part; what has no product, level or source has no filter."""
        if not key or self.elapsed is None:
            return ""
        asked = {
            "outcome": "won",
            "closed_from": self.elapsed.start.isoformat(),
            "closed_to": self.elapsed.last_day.isoformat(),
            self.dimension: key,
        }
        return f"{reverse('deals:deal_list')}?{urlencode(asked)}"


def due_of(month: date, amount: Decimal, end: date, calendar: WorkCalendar) -> Decimal:
    """The part of the month's plan that falls on its working days before `end`."""
    days = calendar.working_days(month_of(month))
    done = sum(day < end for day in days)
    return round_money(amount * done / len(days)) if days else amount


@dataclass(frozen=True)
class ShareChange:
    """A part in words with its share in the version before and in this one (fractions or None)."""

    dimension: str
    name: str
    old: Decimal | None
    new: Decimal | None


def share_changes(version: PlanVersion, before: PlanVersion | None) -> list[ShareChange]:
    """The shares of both versions, those of a dimension together, the largest first."""
    versions = [version, before] if before else [version]
    rows = PlanShare.objects.filter(version__in=versions)
    held: dict[tuple[str, str], dict[int, Decimal]] = defaultdict(dict)
    for row in rows:
        held[row.dimension, row.key][row.version_id] = row.share
    names = {
        dimension: names_of(dimension, [key for one, key in held if one == dimension])
        for dimension in {one for one, _key in held}
    }
    found = [
        ShareChange(
            str(PlanDimension(dimension).label),
            names[dimension].get(key, key),
            shares.get(before.pk) if before else None,
            shares.get(version.pk),
        )
        for (dimension, key), shares in held.items()
    ]
    return sorted(found, key=lambda row: (row.dimension, -(row.new or ZERO), row.name))
