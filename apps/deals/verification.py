"""Do sellers tell why deals are lost? Stated reasons against what clients say when asked again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q

from apps.core.periods import Period
from apps.core.shares import ENOUGH, Interval, wilson
from apps.deals.choices import CallResult
from apps.deals.loss_calculations import Agreement, agreements
from apps.deals.models import RefusalReason, VerificationCall


@dataclass(frozen=True)
class StatedLine:
    """A stated reason: how often clients named the same, and what they named otherwise.

    `cells` follow the columns of the table; `interval` is Wilson's, None under ENOUGH calls.
    """

    reason: RefusalReason
    agreement: Agreement
    cells: list[tuple[int, bool]]

    @property
    def interval(self) -> Interval | None:
        return interval_of(self.agreement)


def interval_of(agreement: Agreement) -> Interval | None:
    return wilson(agreement.agreed, agreement.n) if agreement.n >= ENOUGH else None


class Verified:
    """Answered calls about the losses of `period` that `viewer` may see."""

    def __init__(self, viewer: Any, form: Any) -> None:
        period: Period = form.period
        calls = VerificationCall.objects.visible_to(viewer).filter(
            lost_on__gte=period.start, lost_on__lt=period.end
        )
        self.calls = form.scoped(calls, owner="deal__owner", pipeline="deal__pipeline")

    @cached_property
    def counts(self) -> dict[str, int]:
        return self.calls.aggregate(
            drawn=Count("pk"),
            reached=Count("pk", filter=Q(result=CallResult.REACHED)),
            unreached=Count("pk", filter=Q(result=CallResult.UNREACHED)),
        )

    @cached_property
    def confusion(self) -> dict[tuple[int, int], int]:
        """Calls by (stated, found)."""
        rows = self.calls.answered().order_by().values("stated", "found").annotate(n=Count("pk"))
        return {(row["stated"], row["found"]): row["n"] for row in rows}

    @cached_property
    def reasons(self) -> dict[int, RefusalReason]:
        return {reason.pk: reason for reason in RefusalReason.objects.all()}

    @cached_property
    def columns(self) -> list[RefusalReason]:
        """Reasons that clients named, in the order of the settings."""
        named = {found for _stated, found in self.confusion}
        return [reason for pk, reason in self.reasons.items() if pk in named]

    @cached_property
    def lines(self) -> list[StatedLine]:
        by_reason = agreements(self.confusion)
        return [
            StatedLine(reason, by_reason[pk], self._cells(pk))
            for pk, reason in self.reasons.items()
            if pk in by_reason
        ]

    def _cells(self, stated: int) -> list[tuple[int, bool]]:
        return [
            (self.confusion.get((stated, found.pk), 0), found.pk == stated)
            for found in self.columns
        ]

    @property
    def overall(self) -> Agreement:
        return Agreement(
            sum(n for (stated, found), n in self.confusion.items() if stated == found),
            sum(self.confusion.values()),
        )

    @property
    def overall_interval(self) -> Interval | None:
        return interval_of(self.overall)


def calls_due(viewer: Any) -> Any:
    """Calls that `viewer` may make, the oldest term first."""
    calls = VerificationCall.objects.visible_to(viewer).due().callable_by(viewer)
    return calls.order_by("due_on", "pk")
