"""What came of deals that changed hands: for the page of a handover, and as a signal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.deals.choices import Outcome
from apps.deals.models import Activity, Deal, StageMove
from apps.portfolio.actions.telling import tell_signal
from apps.portfolio.choices import DealOutcomeAfter, HandoverKind
from apps.portfolio.models import Handover
from apps.staff.actions import successor_of

# A deal that nobody has touched so many days after the handover is a signal.
PATIENCE = timedelta(days=7)


@dataclass
class Outcomes:
    """Deals of a handover by what came of them, with their amounts in the company's currency."""

    counts: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def rows(self) -> list[tuple[Any, int, Decimal]]:
        return [(kind, self.counts[kind], Decimal(self.amounts[kind])) for kind in DealOutcomeAfter]

    def add(self, deal: Any) -> None:
        kind = outcome_after(deal)
        self.counts[kind] += 1
        self.amounts[kind] += deal.amount_base or Decimal(0)  # type: ignore[assignment]


def watched_deals(handover: Handover) -> Any:
    """The deals of the handover, each knowing whether it `was_touched` since."""
    return touched_since(
        handover,
        Deal.objects.filter(pk__in=handover.items.filter(kind=HandoverKind.DEAL).values("deal")),
    ).select_related("client", "stage", "owner")


def touched_since(handover: Handover, deals: Any) -> Any:
    """By a contact or a move of the stage after the handover."""
    talks = Activity.objects.standing().filter(
        deal=OuterRef("pk"), happened_at__gt=handover.handed_at
    )
    moves = StageMove.objects.filter(deal=OuterRef("pk"), happened_at__gt=handover.handed_at)
    return deals.annotate(was_touched=Exists(talks) | Exists(moves))


def outcome_after(deal: Any) -> DealOutcomeAfter:
    if deal.outcome == Outcome.WON:
        return DealOutcomeAfter.WON
    if deal.outcome == Outcome.LOST:
        return DealOutcomeAfter.LOST
    return DealOutcomeAfter.TOUCHED if deal.was_touched else DealOutcomeAfter.UNTOUCHED


def outcomes_of(handover: Handover) -> Outcomes:
    return summed(watched_deals(handover))


def summed(deals: Iterable[Any]) -> Outcomes:
    found = Outcomes()
    for deal in deals:
        found.add(deal)
    return found


def tell_signals() -> int:
    """Once a day: untouched deals after a week, each new loss; the number of handovers told about.

    The receiver, whoever decided it and the receiver's leader hear of it, once a kind and number.
    """
    now, told = timezone.now(), 0
    rows = Handover.objects.watched(now).select_related("receiver", "receiver__team", "author")
    for handover in rows:
        found = outcomes_of(handover).counts
        lost = found[DealOutcomeAfter.LOST]
        untouched = found[DealOutcomeAfter.UNTOUCHED] if handover.handed_at < now - PATIENCE else 0
        told += bool(lost or untouched)
        if untouched:
            text = _("Handover from {giver}: deals that nobody has touched: {count}")
            signal(handover, text, untouched, f"handover:{handover.pk}:untouched")
        if lost:
            text = _("Handover from {giver}: deals lost since: {count}")
            signal(handover, text, lost, f"handover:{handover.pk}:lost:{lost}")
    return told


def signal(handover: Handover, text: Any, count: int, key: str) -> None:
    leader = successor_of(handover.receiver)
    people = {one.pk: one for one in (handover.receiver, handover.author, leader) if one}
    title = format_lazy(text, giver=str(handover.giver), count=str(count))
    tell_signal(handover, list(people.values()), title, key)
