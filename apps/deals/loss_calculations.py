"""What was lost, where and why: plain values only; see FORMULAS.md of this room."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

ZERO = Decimal(0)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Lost:
    """Deals and their sum in the company's currency; `unpriced` of them have no amount."""

    count: int = 0
    amount: Decimal = ZERO
    unpriced: int = 0

    def __add__(self, other: "Lost") -> "Lost":
        return Lost(
            self.count + other.count, self.amount + other.amount, self.unpriced + other.unpriced
        )


@dataclass
class Matrix:
    """Cells by (reason, stage), with their sums by reason, by stage and in all."""

    cells: dict[tuple[int, int | None], Lost] = field(default_factory=dict)
    by_reason: dict[int, Lost] = field(default_factory=dict)
    by_stage: dict[int | None, Lost] = field(default_factory=dict)
    total: Lost = Lost()


def matrix_of(rows: Iterable[tuple[int | None, int, Lost]]) -> Matrix:
    """`rows` are (stage or None where it is not known, reason, what was lost); equal ones add up."""
    made = Matrix()
    for stage, reason, lost in rows:
        made.cells[reason, stage] = made.cells.get((reason, stage), Lost()) + lost
        made.by_reason[reason] = made.by_reason.get(reason, Lost()) + lost
        made.by_stage[stage] = made.by_stage.get(stage, Lost()) + lost
        made.total += lost
    return made


@dataclass(frozen=True)
class Bar(Generic[Key]):
    """A line of a Pareto table: shares of the whole sum, None when the sum is 0."""

    key: Key
    lost: Lost
    share: Decimal | None
    cumulative: Decimal | None
    of_longest: Decimal


def pareto(sums: Mapping[Key, Lost]) -> list[Bar[Key]]:
    """The dearest first; equal sums by count, then in the order given."""
    total = sum((one.amount for one in sums.values()), ZERO)
    ordered = sorted(sums.items(), key=lambda row: (-row[1].amount, -row[1].count))
    longest = ordered[0][1].amount if ordered else ZERO
    bars, so_far = [], ZERO
    for key, lost in ordered:
        so_far += lost.amount
        bars.append(
            Bar(
                key,
                lost,
                lost.amount / total if total else None,
                so_far / total if total else None,
                lost.amount / longest if longest else ZERO,
            )
        )
    return bars


@dataclass(frozen=True)
class Recoverable:
    """How much of what was lost for stated reasons we could have influenced."""

    ours: Lost
    stated: Lost

    @property
    def of_count(self) -> Decimal | None:
        return Decimal(self.ours.count) / self.stated.count if self.stated.count else None

    @property
    def of_amount(self) -> Decimal | None:
        return self.ours.amount / self.stated.amount if self.stated.amount else None


def recoverable(rows: Iterable[tuple[bool | None, Lost]]) -> Recoverable:
    """`rows` are (may we influence the reason, what was lost); None for a reason nobody stated."""
    ours, stated = Lost(), Lost()
    for is_ours, lost in rows:
        if is_ours is None:
            continue
        stated += lost
        if is_ours:
            ours += lost
    return Recoverable(ours, stated)


@dataclass(frozen=True)
class Agreement:
    """Of `n` answered calls about one stated reason, how many named the same."""

    agreed: int
    n: int

    @property
    def share(self) -> float | None:
        return self.agreed / self.n if self.n else None


def agreements(confusion: Mapping[tuple[int, int], int]) -> dict[int, Agreement]:
    """By stated reason, from the counts by (stated, found)."""
    made: dict[int, Agreement] = {}
    for (stated, found), count in confusion.items():
        known = made.get(stated, Agreement(0, 0))
        same = count if stated == found else 0
        made[stated] = Agreement(known.agreed + same, known.n + count)
    return made
