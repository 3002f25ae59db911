"""What a leaving person leaves behind: higher rooms say how to count it and hand it over.

A room registers in AppConfig.ready:

    leaving.register("deals.open_deals", _("open deals"), count=open_deals, move=move_deals)

`move` runs inside the transaction of `dismiss` and writes through the room's own actions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Move(Protocol):
    def __call__(self, leaver: Any, *, to: Any, by: Any) -> int:
        """Give everything open of `leaver` to `to`; returns how many objects moved."""


@dataclass(frozen=True)
class Handover:
    """One kind of open objects; `count(person)` is how many of them the person has."""

    label: Any
    count: Callable[[Any], int]
    move: Move
    order: int


@dataclass(frozen=True)
class Left:
    """How many objects of one kind a person has."""

    label: Any
    count: int


_handovers: dict[str, Handover] = {}


def register(
    code: str, label: Any, *, count: Callable[[Any], int], move: Move, order: int = 50
) -> None:
    """Hand over objects of the kind `code` on dismissal; a second call replaces the first.

    Kinds move in their `order`: what must see the work before it has moved takes a low one.
    """
    _handovers[code] = Handover(label, count, move, order)


def left_by(person: Any) -> list[Left]:
    """What `person` has open, kinds with nothing left out."""
    found = [Left(handover.label, handover.count(person)) for handover in _handovers.values()]
    return [left for left in found if left.count]


def hand_over(person: Any, *, to: Any, by: Any) -> int:
    """Move everything open of `person` to `to`; returns how many objects moved."""
    kinds = sorted(_handovers.values(), key=lambda handover: handover.order)
    return sum(handover.move(person, to=to, by=by) for handover in kinds)
