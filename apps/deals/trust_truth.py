"""Does trust tell the truth? Win rate by tenth of the index that deals were closed with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from apps.core.periods import Period
from apps.deals.choices import Outcome
from apps.deals.losses import Links
from apps.deals.models import TrustAtClose
from apps.deals.trust_calculations import TENTHS, Truth, Wins, total, trust_label, truth_of


@dataclass(frozen=True)
class Tenth:
    number: int
    label: str
    wins: Wins
    url: str


class Reliability:
    """Closed deals of the period that `viewer` may see and that had acts due."""

    def __init__(self, viewer: Any, form: Any) -> None:
        self.period: Period = form.period
        self.links = Links(self.period, form.scope)
        rows = TrustAtClose.objects.visible_to(viewer).standing()
        rows = rows.filter(closed_on__gte=self.period.start, closed_on__lt=self.period.end)
        self._rows = form.scoped(rows, owner="deal__owner", pipeline="deal__pipeline")

    @cached_property
    def wins(self) -> dict[int, Wins]:
        """By tenth; one statement over the index of closing days."""
        rows = (
            self._rows.order_by()
            .values("tenth")
            .annotate(n=Count("pk"), won=Count("pk", filter=Q(outcome=Outcome.WON)))
        )
        found = {row["tenth"]: Wins(row["won"], row["n"]) for row in rows}
        return {tenth: found.get(tenth, Wins()) for tenth in TENTHS}

    @property
    def tenths(self) -> list[Tenth]:
        return [
            Tenth(
                number,
                trust_label(number),
                wins,
                self.links.closed(trust=number, outcome=""),
            )
            for number, wins in self.wins.items()
        ]

    @property
    def all(self) -> Wins:
        return total(self.wins.values())

    @property
    def truth(self) -> Truth:
        return truth_of(self.wins)

    @property
    def chart(self) -> dict[str, Any]:
        """Rates in percent with their intervals; None where there are too few deals."""
        return {
            "unit": "%",
            "bars": [
                {
                    "label": tenth.label,
                    "n": tenth.wins.n,
                    "value": percent(tenth.wins.rate),
                    "low": percent(tenth.wins.interval and tenth.wins.interval.low),
                    "high": percent(tenth.wins.interval and tenth.wins.interval.high),
                }
                for tenth in self.tenths
            ],
        }

    @property
    def summary(self) -> str:
        return _("Win rate by trust at closing: %(rates)s.") % {
            "rates": ", ".join(
                f"{bar['label']}: {bar['value']:.0f}%"
                for bar in self.chart["bars"]
                if bar["value"] is not None
            )
            or _("too few deals")
        }


def percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def wins_alike(viewer: Any, tenth: int, kind: str, period: Period) -> Wins:
    """How deals in the sight of `viewer` ended that were closed in `period` with as much trust.

    `kind` is that of the stage they were closed from: leads are compared with leads.
    """
    rows = (
        TrustAtClose.objects.visible_to(viewer)
        .standing()
        .filter(deal__closed_from__kind=kind)
        .filter(tenth=tenth, closed_on__gte=period.start, closed_on__lt=period.end)
    )
    sums = rows.aggregate(n=Count("pk"), won=Count("pk", filter=Q(outcome=Outcome.WON)))
    return Wins(sums["won"], sums["n"])
