"""Plans and gates of a month by person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from apps.bonuses.calculations import Standing
from apps.core.metrics import FEWEST_CASES, read_columns
from apps.core.periods import month_of
from apps.kpis.choices import Metric, PlanLevel, PlanStatus
from apps.kpis.models import PlanLine

PLACES = Decimal("0.000001")


@dataclass
class Month:
    """`plans` and the shares that gates look at; a person without a row has none."""

    plans: dict[int, Decimal] = field(default_factory=dict)
    overdue: dict[int, Decimal] = field(default_factory=dict)
    hygiene: dict[int, Decimal] = field(default_factory=dict)

    @property
    def has_balances(self) -> bool:
        """Whether a night has kept any: without them no gate can be judged."""
        return bool(self.overdue or self.hygiene)

    def standing(self, person: int, base: Decimal) -> Standing:
        return Standing(
            base, self.plans.get(person), self.overdue.get(person), self.hygiene.get(person)
        )


def read_month(month: date, people: list[int]) -> Month:
    """The approved plan and the last closing balances within the month. Three statements.

    Overdue debt ÷ all debt; tidy deals ÷ open deals, from ten open deals on.
    """
    found = Month(plans=read_plans(month, people))
    for person, columns in read_columns(month_of(month), ["stock"]).items():
        if debt := columns["stock.debt_amount"]:
            overdue = columns["stock.overdue_debt_amount"]
            found.overdue[person] = (overdue / debt).quantize(PLACES)
        if (count := columns["stock.open_count"]) >= FEWEST_CASES:
            found.hygiene[person] = (columns["stock.hygiene_good"] / count).quantize(PLACES)
    return found


def read_plans(month: date, people: list[int]) -> dict[int, Decimal]:
    lines = PlanLine.objects.filter(
        version__status=PlanStatus.APPROVED,
        month=month,
        user__in=people,
        metric=Metric.REVENUE,
        level=PlanLevel.PLAN,
    )
    return dict(lines.values_list("user").order_by().annotate(Sum("amount")))
