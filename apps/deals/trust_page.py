"""Trust on the page of a deal: the acts due by its stage, done and missing, with their evidence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from apps.deals import rules
from apps.deals.choices import Outcome
from apps.deals.models import Deal, Stage, TrustAtClose, TrustMark, TrustSignal
from apps.deals.trust_calculations import tenth_of, trust_index


@dataclass(frozen=True)
class Act:
    """An act of the buyer; `mark` None while it is missing, `is_due` by the stage of the deal."""

    signal: TrustSignal
    mark: TrustMark | None
    is_due: bool


class TrustBlock:
    """The trust of `deal` (with its stage loaded) as `viewer` sees it.

    An open deal is counted by the acts of the settings as they are now; a closed one shows what
    was kept when it was closed.
    """

    def __init__(self, deal: Deal, viewer: Any) -> None:
        self.deal = deal
        self.is_open = deal.outcome == Outcome.OPEN
        self.can_mark = self.is_open and not deal.archived_at and rules.can_edit(deal, by=viewer)

    @property
    def stage(self) -> Stage | None:
        """By which the acts are due: the present one, or the one that the deal was closed from."""
        return self.deal.stage if self.is_open else self.deal.closed_from

    @cached_property
    def acts(self) -> list[Act]:
        signals = TrustSignal.objects.kept().filter(
            stage__pipeline=self.deal.pipeline_id, stage__archived_at=None
        )
        order = self.stage.order if self.stage else 0
        return [
            Act(signal, self.marks.get(signal.pk), signal.stage.order <= order)
            for signal in signals.filter(stage__kind__in=rules.IN_WORK)
            .select_related("stage")
            .order_by("stage__order", "-weight", "pk")
        ]

    @cached_property
    def marks(self) -> dict[int, TrustMark]:
        links = ("user", "activity", "file__stored")
        rows = self.deal.trust_marks.standing().select_related(*links)
        return {mark.signal_id: mark for mark in rows}

    @property
    def due(self) -> list[Act]:
        return [act for act in self.acts if act.is_due]

    @property
    def ahead(self) -> list[Act]:
        """Acts of later stages: done ones are shown, but count only once they are due."""
        return [act for act in self.acts if not act.is_due]

    @cached_property
    def wanted(self) -> list[Act]:
        """What the seller still has to get: missing acts that are due, else the next one ahead."""
        if not self.is_open:
            return []
        missing = [act for act in self.due if not act.mark]
        return missing or [act for act in self.ahead if not act.mark][:1]

    @property
    def others(self) -> list[Act]:
        """The rest of the acts to look at; of a closed deal those that were due."""
        shown = self.acts if self.is_open else self.due
        return [act for act in shown if act not in self.wanted]

    @cached_property
    def kept(self) -> TrustAtClose | None:
        """The index at the closing that holds."""
        if self.is_open:
            return None
        return self.deal.trust_at_close.filter(closed_at=self.deal.stage_since).first()

    @cached_property
    def weights(self) -> tuple[int, int]:
        """Done and due."""
        if not self.is_open:
            return (self.kept.done, self.kept.due) if self.kept else (0, 0)
        done = sum(act.signal.weight for act in self.due if act.mark)
        return done, sum(act.signal.weight for act in self.due)

    @property
    def index(self) -> Decimal | None:
        return trust_index(*self.weights)

    @property
    def done_count(self) -> int:
        return sum(act.mark is not None for act in self.due)

    @property
    def tenth(self) -> int | None:
        done, due = self.weights
        return tenth_of(done, due) if due else None
