"""What differs between two versions of a plan."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from apps.kpis.calculations import ZERO, ratio

Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True)
class Change:
    """The old and the new amount of one place; money in the company's currency."""

    old: Decimal
    new: Decimal

    @property
    def difference(self) -> Decimal:
        return self.new - self.old

    @property
    def share(self) -> Decimal | None:
        """new ÷ old − 1; None for what was not planned before."""
        return ratio(self.difference, self.old)


def changes(old: Mapping[Place, Decimal], new: Mapping[Place, Decimal]) -> dict[Place, Change]:
    """Only the places that differ, the largest difference first; a missing amount is 0."""
    found = {place: Change(old.get(place, ZERO), new.get(place, ZERO)) for place in {**old, **new}}
    changed = {place: change for place, change in found.items() if change.difference}
    # Equal differences keep the order of the versions, so that two readings agree.
    return dict(sorted(changed.items(), key=lambda item: -abs(item[1].difference)))


def whole(old: Mapping[Place, Decimal], new: Mapping[Place, Decimal]) -> Change:
    """All of them together."""
    return Change(sum(old.values(), ZERO), sum(new.values(), ZERO))
