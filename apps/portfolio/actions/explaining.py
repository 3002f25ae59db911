"""Why a client moves to this very person: codes with their figures, kept with the move."""

from __future__ import annotations

from collections import Counter
from typing import Any

from apps.portfolio.actions.reading import Reading, Row
from apps.portfolio.choices import Ineligible, SeatMode
from apps.portfolio.models import DistributionSeat


def experience(found: Reading) -> Counter[tuple[str, str, int | None]]:
    """Clients of each person by town and by industry."""
    counts: Counter[tuple[str, str, int | None]] = Counter()
    for row in found.clients:
        counts["city", row.city, row.owner] += 1
        counts["industry", row.industry, row.owner] += 1
    return counts


def why(
    row: Row,
    seat: DistributionSeat,
    giver: DistributionSeat | None,
    known: Counter[tuple[str, str, int | None]],
    level: float,
) -> list[dict[str, Any]]:
    """Codes with their figures; apps.portfolio.reasons puts them into words."""
    reasons: list[dict[str, Any]] = []
    if giver is None:
        reasons.append({"code": "no_owner"})
    elif giver.obstacle == Ineligible.DISMISSED:
        reasons.append({"code": "owner_left"})
    elif giver.mode == SeatMode.GIVES:
        reasons.append({"code": "owner_gives"})
    elif share(giver) > level:
        reasons.append({"code": "owner_over", "share": round(share(giver), 3)})
    for attribute in ("city", "industry"):
        name = getattr(row, attribute)
        if name and (count := known[attribute, name, seat.user_id]):
            reasons.append({"code": f"knows_{attribute}", "name": name, "count": count})
    if share(seat) < level:
        reasons.append({"code": "has_room", "share": round(share(seat), 3)})
    return reasons or [{"code": "evens_out"}]


def share(seat: DistributionSeat) -> float:
    """Load ÷ capacity before; a person without hours counts as full."""
    return seat.load_hours / seat.capacity_hours if seat.capacity_hours > 0 else 9.99
