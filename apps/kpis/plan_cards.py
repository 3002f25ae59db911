"""What stands over the grid of a plan: its levels, and the season of the months."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.kpis.calculations import ratio
from apps.kpis.choices import PlanLevel
from apps.kpis.plan_build import Builder
from apps.kpis.plan_grid import MONTHS_A_QUARTER
from apps.kpis.plan_page import ZERO, Amounts, PlanPage


@dataclass(frozen=True)
class LevelCard:
    """A level's total of the people shown, against the plan and against the year before."""

    code: str
    label: str
    total: Decimal
    of_plan: Decimal | None
    growth: Decimal | None
    is_shown: bool


def level_cards(page: PlanPage, builder: Builder, shown: Amounts) -> list[LevelCard]:
    """The three levels; the one in the grid as it stands there, saved or not."""
    totals = {str(code): page.total_of(code) for code in PlanLevel.values}
    totals[page.level] = sum(shown.values(), ZERO)
    before = sum(builder.before.values(), ZERO)
    return [
        LevelCard(
            code,
            str(label),
            totals[code],
            None if code == PlanLevel.PLAN else ratio(totals[code], totals[PlanLevel.PLAN]) or None,
            ratio(totals[code] - before, before) if before > 0 and totals[code] else None,
            code == page.level,
        )
        for code, label in PlanLevel.choices
    ]


@dataclass(frozen=True)
class SeasonRow:
    """Number, month weights and sum of each quarter."""

    quarters: list[tuple[int, list[Decimal], Decimal]]

    @property
    def total(self) -> Decimal:
        return sum((part for _number, _weights, part in self.quarters), ZERO)


def season_row(page: PlanPage, builder: Builder) -> SeasonRow | None:
    """Only revenue has a season of its own."""
    if not page.is_revenue:
        return None
    weights = builder.season
    quarters = [
        weights[start : start + MONTHS_A_QUARTER]
        for start in range(0, len(weights), MONTHS_A_QUARTER)
    ]
    return SeasonRow([(number, part, sum(part, ZERO)) for number, part in enumerate(quarters, 1)])
