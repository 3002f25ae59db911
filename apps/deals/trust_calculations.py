"""The trust index and whether it tells the truth (F16); see FORMULAS.md of this room."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apps.core.shares import ENOUGH, Interval, newcombe, wilson

TENTHS = range(10)
# Where the scale is cut in two for the verdict: 50 and above are "much trust".
UPPER_HALF = 5


def trust_index(done: int, due: int) -> Decimal | None:
    """100 × weight of what the buyer did ÷ weight of what is due; None while nothing is due.

    Rounded half up to a whole number. Source: FORMULAS.md, "Trust index".
    """
    if not due:
        return None
    return (Decimal(100) * done / due).quantize(Decimal(1), ROUND_HALF_UP)


def tenth_of(done: int, due: int) -> int:
    """The tenth of the scale, 0 (0–9) to 9 (90–100), from the index before it is rounded."""
    return min(10 * done // due, 9)


def trust_label(tenth: int) -> str:
    """30–39; the last tenth ends at 100."""
    return f"{tenth * 10}–{100 if tenth == 9 else tenth * 10 + 9}"


@dataclass(frozen=True)
class Wins:
    """`won` of `n` closed deals; no rate and no interval under ENOUGH of them."""

    won: int = 0
    n: int = 0

    @property
    def is_enough(self) -> bool:
        return self.n >= ENOUGH

    @property
    def rate(self) -> float | None:
        return self.won / self.n if self.is_enough else None

    @property
    def interval(self) -> Interval | None:
        """95 %, by Wilson."""
        return wilson(self.won, self.n) if self.is_enough else None

    def __add__(self, other: "Wins") -> "Wins":
        return Wins(self.won + other.won, self.n + other.n)


@dataclass(frozen=True)
class Truth:
    """Much trust against little: `difference` of win rates with its 95% interval by Newcombe.

    `says` is "yes" when more trust surely wins more, "no" when it surely wins less, "unsure" when
    the interval holds 0, "little" when a half has fewer than ENOUGH deals.
    """

    low: Wins
    high: Wins

    @property
    def difference(self) -> float | None:
        if self.low.rate is None or self.high.rate is None:
            return None
        return self.high.rate - self.low.rate

    @property
    def interval(self) -> Interval | None:
        if self.difference is None:
            return None
        return newcombe((self.high.won, self.high.n), (self.low.won, self.low.n))

    @property
    def says(self) -> str:
        if (interval := self.interval) is None:
            return "little"
        if interval.low > 0:
            return "yes"
        return "no" if interval.high < 0 else "unsure"


def truth_of(tenths: Mapping[int, Wins]) -> Truth:
    return Truth(
        total(wins for tenth, wins in tenths.items() if tenth < UPPER_HALF),
        total(wins for tenth, wins in tenths.items() if tenth >= UPPER_HALF),
    )


def total(wins: Iterable[Wins]) -> Wins:
    return sum(wins, Wins())
