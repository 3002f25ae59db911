"""The figures of a distribution before and after, from the seats and the moves that count."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from apps.core.money import round_money
from apps.portfolio.calculations.load import spread
from apps.portfolio.choices import DistributionState, MoveState, SeatMode
from apps.portfolio.models import Distribution, DistributionMove, DistributionSeat


@dataclass
class Flow:
    """What comes to a person or leaves him."""

    clients: int = 0
    clients_a: int = 0
    hours: float = 0.0
    potential: Decimal = Decimal(0)


@dataclass
class SeatRow:
    """A person before and after."""

    seat: DistributionSeat
    comes: Flow
    goes: Flow
    # Potential a year that one hour a month more of his would let in; None where it is nothing.
    hour_worth: Decimal | None

    @property
    def clients(self) -> int:
        return self.seat.clients + self.comes.clients - self.goes.clients

    @property
    def clients_a(self) -> int:
        return self.seat.clients_a + self.comes.clients_a - self.goes.clients_a

    @property
    def potential(self) -> Decimal:
        return self.seat.potential + self.comes.potential - self.goes.potential

    @property
    def share_before(self) -> float | None:
        return share(self.seat.load_hours, self.seat.capacity_hours)

    @property
    def share_after(self) -> float | None:
        load = self.seat.load_hours + self.comes.hours - self.goes.hours
        return share(load, self.seat.capacity_hours)

    @property
    def tone(self) -> str:
        after = self.share_after
        return "bad" if after is not None and after > 1 else ""


def share(load: float, capacity: float) -> float | None:
    return load / capacity if capacity > 0 else None


def counting_moves(distribution: Distribution) -> QuerySet[DistributionMove]:
    """The moves that make the "after": ticked ones, or those that were made."""
    if distribution.state == DistributionState.PROPOSED:
        return distribution.moves.filter(is_chosen=True)
    return distribution.moves.filter(state__in=[MoveState.APPLIED, MoveState.UNDONE])


def seat_rows(distribution: Distribution) -> list[SeatRow]:
    """Everybody in the order of the list; three statements."""
    moves = counting_moves(distribution)
    comes, goes = flows(moves, "new_owner"), flows(moves, "old_owner")
    point = distribution.summary.get("point", 0)
    seats = distribution.seats.select_related("user").order_by("user__name_key", "user_id")
    return [
        SeatRow(seat, comes[seat.user_id], goes[seat.user_id], worth_of(seat, point))
        for seat in seats
    ]


def flows(moves: QuerySet[DistributionMove], side: str) -> dict[int | None, Flow]:
    sums = {
        "clients": Count("pk"),
        "clients_a": Count("pk", filter=Q(level="A")),
        "sum_hours": Sum("hours"),
        "sum_potential": Sum("potential"),
    }
    found: dict[int | None, Flow] = defaultdict(Flow)
    for person, *flow in moves.order_by().values(side).annotate(**sums).values_list(side, *sums):
        found[person] = Flow(*flow)
    return found


def worth_of(seat: DistributionSeat, point: float) -> Decimal | None:
    worth = seat.hour_price * point
    return round_money(Decimal(str(worth))) if worth >= 1 else None


def verdict(distribution: Distribution, rows: list[SeatRow]) -> dict[str, Any]:
    """Figures of the sentence that the page begins with."""
    taking = [row for row in rows if row.seat.mode == SeatMode.TAKES]
    before = [row.share_before for row in taking if row.share_before is not None]
    after = [row.share_after for row in taking if row.share_after is not None]
    return {
        "taking": len(taking),
        "clients": sum(row.comes.clients for row in rows),
        "divided": distribution.summary.get("clients", 0),
        "low_before": min(before, default=None),
        "high_before": max(before, default=None),
        "low_after": min(after, default=None),
        "high_after": max(after, default=None),
        "spread_before": spread([float(row.seat.potential) for row in taking]),
        "spread_after": spread([float(row.potential) for row in taking]),
        "is_crowded": any(value > 1 for value in after),
        "is_forced": distribution.summary.get("moved_share", 0)
        > float(distribution.most_moved) + 1e-9,
        "keeps_limits": distribution.summary.get("keeps_limits", True),
        "of_bound": distribution.summary.get("of_bound"),
    }
