"""Why deals are lost: stage × reason × competitor × money, each figure with its deals.

Everything here is summed by the database over the lost deals of the period (index `deal_closed`);
what comes back are the cells, never the deals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.periods import Period
from apps.deals.choices import Outcome
from apps.deals.loss_calculations import (
    Bar,
    Lost,
    Matrix,
    Recoverable,
    matrix_of,
    pareto,
    recoverable,
)
from apps.deals.models import Deal, RefusalReason, Stage

ZERO = Decimal(0)
SUMS = {
    "n": Count("pk"),
    "money": Coalesce(Sum("amount_base"), ZERO),
    "unpriced": Count("pk", filter=Q(amount_base=None)),
}
# A cell that holds so much of all that was lost is worth a look.
HEAVY = Decimal("0.05")
# Sellers and competitors shown; the dearest first.
SHOWN = 50


def lost_of(row: dict[str, Any]) -> Lost:
    return Lost(row["n"], row["money"], row["unpriced"])


@dataclass(frozen=True)
class Cell:
    lost: Lost
    url: str
    is_heavy: bool = False


@dataclass(frozen=True)
class Line:
    """A row of the matrix: a branch or a reason (`depth` 1 under a branch)."""

    reason: RefusalReason
    depth: int
    is_branch: bool
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True)
class Part:
    """Where deals that were opened in the period stand now."""

    label: str
    lost: Lost
    url: str
    is_lost: bool = False


class Links:
    """Addresses of the list of deals under the filters of the page."""

    def __init__(self, period: Period, scope: dict[str, Any]) -> None:
        self.period, self.scope = period, scope

    def closed(self, **filters: Any) -> str:
        """Lost in the period; `filters` may widen it to another outcome."""
        days = {"closed_from": self.period.start, "closed_to": self.period.last_day}
        return self._list({"outcome": Outcome.LOST.value} | days | self.scope | filters)

    def opened(self, **filters: Any) -> str:
        days = {"opened_from": self.period.start, "opened_to": self.period.last_day}
        return self._list(days | self.scope | filters)

    @staticmethod
    def _list(filters: dict[str, Any]) -> str:
        return f"{reverse('deals:deal_list')}?{urlencode(filters)}"


def at_stage(stage: int | None) -> dict[str, Any]:
    return {"lost_nowhere": "on"} if stage is None else {"lost_at": stage}


def of_competitor(competitor: int | None) -> dict[str, Any]:
    return {"no_competitor": "on"} if competitor is None else {"competitor": competitor}


class Losses:
    """The page of `viewer` for the deals that `scoped(deals)` lets through."""

    def __init__(self, viewer: Any, form: Any) -> None:
        self.period: Period = form.period
        self.links = Links(self.period, form.scope)
        # Only lost deals have a competitor: what else there is cannot be narrowed by him.
        self.has_competitor = "competitor" in form.scope
        self._deals = form.scoped(Deal.objects.visible_to(viewer).kept()).order_by()

    @property
    def lost(self) -> Any:
        return self._deals.lost_in(self.period)

    @cached_property
    def matrix(self) -> Matrix:
        rows = self.lost.values("closed_from", "refusal_reason").annotate(**SUMS)
        return matrix_of((row["closed_from"], row["refusal_reason"], lost_of(row)) for row in rows)

    @property
    def total(self) -> Cell:
        return Cell(self.matrix.total, self.links.closed())

    @cached_property
    def reasons(self) -> dict[int, RefusalReason]:
        return {reason.pk: reason for reason in RefusalReason.objects.all()}

    @cached_property
    def stages(self) -> dict[int, Stage]:
        return Stage.objects.select_related("pipeline").in_bulk()

    @cached_property
    def columns(self) -> list[int | None]:
        """Stages with losses in the order of the pipelines, those not known last."""
        known = [pk for pk in self.stages if pk in self.matrix.by_stage]
        known.sort(key=lambda pk: (self._pipeline_order(pk), self.stages[pk].order, pk))
        return [*known, None] if None in self.matrix.by_stage else [*known]

    def _pipeline_order(self, stage: int) -> tuple[int, int]:
        pipeline = self.stages[stage].pipeline
        return pipeline.order, pipeline.pk

    @property
    def heads(self) -> list[dict[str, Any]]:
        """Names of the columns, with the pipeline while there are several."""
        several = len({self.stages[pk].pipeline_id for pk in self.columns if pk}) > 1
        return [
            {
                "name": self.stage_name(pk),
                "pipeline": self.stages[pk].pipeline.name if pk and several else "",
            }
            for pk in self.columns
        ]

    def stage_name(self, stage: int | None) -> str:
        return self.stages[stage].name if stage else _("stage not known")

    @cached_property
    def lines(self) -> list[Line]:
        return list(self._lines())

    def _lines(self) -> Iterator[Line]:
        """Branches with their reasons; a branch that was chosen itself has a line of its own too."""
        for branch in (one for one in self.reasons.values() if one.parent_id is None):
            leaves = [
                one
                for one in self.reasons.values()
                if branch.pk in (one.parent_id, one.pk) and one.pk in self.matrix.by_reason
            ]
            if not leaves:
                continue
            has_children = any(leaf.pk != branch.pk for leaf in leaves)
            if has_children:
                yield self._line(branch, [leaf.pk for leaf in leaves], {"reason": branch.pk}, 0)
            for leaf in leaves:
                yield self._line(leaf, [leaf.pk], {"reason_is": leaf.pk}, int(has_children))

    def _line(
        self, reason: RefusalReason, keys: list[int], link: dict[str, Any], depth: int
    ) -> Line:
        is_branch = "reason" in link
        cells = []
        for stage in self.columns:
            lost = added(self.matrix.cells.get((key, stage), Lost()) for key in keys)
            url = self.links.closed(**link, **at_stage(stage))
            cells.append(Cell(lost, url, not is_branch and self._is_heavy(lost)))
        total = added(self.matrix.by_reason[key] for key in keys)
        return Line(reason, depth, is_branch, cells, Cell(total, self.links.closed(**link)))

    def _is_heavy(self, lost: Lost) -> bool:
        total = self.matrix.total.amount
        return bool(total) and lost.amount / total >= HEAVY

    @property
    def foot(self) -> list[Cell]:
        return [
            Cell(self.matrix.by_stage[stage], self.links.closed(**at_stage(stage)))
            for stage in self.columns
        ]

    @cached_property
    def bars(self) -> list[tuple[RefusalReason, Bar[int], str]]:
        return [
            (self.reasons[bar.key], bar, self.links.closed(reason_is=bar.key))
            for bar in pareto(self.matrix.by_reason)
        ]

    @cached_property
    def recoverable(self) -> Recoverable:
        return recoverable(
            (None if reason.is_system else reason.is_controllable, lost)
            for reason, lost in (
                (self.reasons[key], lost) for key, lost in self.matrix.by_reason.items()
            )
        )

    @property
    def recoverable_url(self) -> str:
        return self.links.closed(controllable="yes")

    @cached_property
    def competitors(self) -> list[dict[str, Any]]:
        rows = self.lost.values("competitor", "competitor__name").annotate(**SUMS)
        rows = list(rows.order_by("-money", "-n", "competitor"))[:SHOWN]
        return [
            {
                "pk": row["competitor"],
                "name": row["competitor__name"] or _("no competitor named"),
                "lost": lost_of(row),
                "share": row["money"] / self.matrix.total.amount if row["money"] else None,
                "url": self.links.closed(**of_competitor(row["competitor"])),
            }
            for row in rows
        ]

    @cached_property
    def sellers(self) -> list[dict[str, Any]]:
        """The dearest losses first; `n` deals that each closed either way."""
        closed = self._deals.filter(
            closed_on__gte=self.period.start, closed_on__lt=self.period.end
        ).exclude(outcome=Outcome.OPEN)
        is_lost = Q(outcome=Outcome.LOST)
        ours = Q(refusal_reason__is_controllable=True, refusal_reason__is_system=False)
        rows = closed.values("owner", "owner__last_name", "owner__first_name").annotate(
            closed=Count("pk"),
            n=Count("pk", filter=is_lost),
            money=Coalesce(Sum("amount_base", filter=is_lost), ZERO),
            unpriced=Count("pk", filter=is_lost & Q(amount_base=None)),
            ours=Coalesce(Sum("amount_base", filter=is_lost & ours), ZERO),
        )
        return [self._seller(row) for row in rows.order_by("-money", "-n", "owner")[:SHOWN]]

    def _seller(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            "name": f"{row['owner__last_name']} {row['owner__first_name']}".strip(),
            "lost": lost_of(row),
            "closed": row["closed"],
            "rate": Decimal(row["n"]) / row["closed"],
            "ours": row["ours"],
            "url": self.links.closed(owner=row["owner"]),
        }

    @cached_property
    def entered(self) -> list[Part]:
        """Of the deals opened in the period: won, open, and lost by the stage they were lost in."""
        opened = self._deals.filter(opened_on__gte=self.period.start, opened_on__lt=self.period.end)
        rows = opened.values("outcome", "closed_from").annotate(**SUMS)
        sums: dict[tuple[str, int | None], Lost] = {}
        for row in rows:
            is_lost = row["outcome"] == Outcome.LOST
            key = (row["outcome"], row["closed_from"] if is_lost else None)
            sums[key] = sums.get(key, Lost()) + lost_of(row)
        return [self._part(*key, sums[key]) for key in sorted(sums, key=self._place)]

    def _place(self, key: tuple[str, int | None]) -> tuple[Any, ...]:
        outcome, stage = key
        order = [Outcome.WON, Outcome.OPEN, Outcome.LOST].index(Outcome(outcome))
        known = (*self._pipeline_order(stage), self.stages[stage].order) if stage else (10**6,)
        return order, known

    def _part(self, outcome: str, stage: int | None, lost: Lost) -> Part:
        if outcome != Outcome.LOST:
            return Part(str(Outcome(outcome).label), lost, self.links.opened(outcome=outcome))
        label = _("lost: %(stage)s") % {"stage": self.stage_name(stage)}
        url = self.links.opened(outcome=outcome, **at_stage(stage))
        return Part(label, lost, url, is_lost=True)

    @property
    def entered_total(self) -> Lost:
        return added(part.lost for part in self.entered)

    @property
    def entered_lost(self) -> Lost:
        return added(part.lost for part in self.entered if part.is_lost)

    @property
    def entered_lost_share(self) -> Decimal | None:
        """Of the sum that entered."""
        whole = self.entered_total.amount
        return self.entered_lost.amount / whole if whole else None

    @property
    def entered_url(self) -> str:
        return self.links.opened(outcome="")

    @property
    def entered_lost_url(self) -> str:
        return self.links.opened(outcome=Outcome.LOST.value)


def added(sums: Any) -> Lost:
    return sum(sums, Lost())
