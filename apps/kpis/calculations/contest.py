"""Contests: scores with a handicap, places, prizes, and what a contest would have paid before.

A side is a person or a team. Source: FORMULAS.md, "Contest".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import mean
from typing import Any

import numpy as np

from apps.core.money import split_exactly

ZERO, ONE = Decimal(0), Decimal(1)
# Scores are compared and shown to a thousandth: what looks equal is equal.
SHOWN = Decimal("0.001")
# A baseline is three months of one's own and half a month of what all did on average.
BASE_MONTHS, OTHERS_MONTHS = 3, Decimal("0.5")
FEWEST_WINDOWS, MOST_WINDOWS = 6, 12
RUNS = 2000
LOW, HIGH = 0.1, 0.9
# One who would win more often than this wins most of the time.
MOST_OF_THE_TIME = 0.5
# Below every score there can be.
UNKNOWN = -(2**62)

Scores = Mapping[int, Decimal | None]


@dataclass(frozen=True)
class Tally:
    """What a side did: `bottom` is weeks (of all its people) where the metric has no other."""

    top: Decimal
    bottom: Decimal

    @property
    def value(self) -> Decimal | None:
        return self.top / self.bottom if self.bottom else None


@dataclass(frozen=True)
class Prize:
    """`reach` is a place (1, 2, …) or a score, as the contest says."""

    reach: Decimal
    amount: Decimal


def baselines(past: Mapping[int, Tally]) -> dict[int, Decimal | None]:
    """Each side's own value of the three months before, drawn to that of all.

    As if everybody had worked half a month more like the average of all: who was away or had luck
    does not start from nothing or from the sky.
    """
    if not past:
        return {}
    share = OTHERS_MONTHS / (BASE_MONTHS * len(past))
    top = sum((one.top for one in past.values()), ZERO) * share
    bottom = sum((one.bottom for one in past.values()), ZERO) * share
    return {side: Tally(one.top + top, one.bottom + bottom).value for side, one in past.items()}


def scores(
    facts: Mapping[int, Tally], base: Mapping[int, Decimal | None] | None
) -> dict[int, Decimal | None]:
    """Fact ÷ baseline to a thousandth, without `base` the fact itself; None where there is none."""
    return {side: score(fact.value, base, side) for side, fact in facts.items()}


def score(
    value: Decimal | None, base: Mapping[int, Decimal | None] | None, side: int
) -> Decimal | None:
    if value is None:
        return None
    if base is None:
        return value.quantize(SHOWN, ROUND_HALF_UP)
    own = base.get(side)
    return (value / own).quantize(SHOWN, ROUND_HALF_UP) if own and own > 0 else None


def places(found: Scores) -> dict[int, int]:
    """1 for the highest; equal scores share a place and the next is left free (1, 2, 2, 4)."""
    rising = sorted(one for one in found.values() if one is not None)
    return {
        side: 1 + len(rising) - bisect_right(rising, own)
        for side, own in found.items()
        if own is not None
    }


def prizes_by_place(found: Scores, prizes: Sequence[Prize]) -> dict[int, Decimal]:
    """Sides with equal scores share the prizes of the places they hold, to the kopeck.

    A score of nothing (zero) wins nothing.
    """
    amounts = {int(prize.reach): prize.amount for prize in prizes}
    held: dict[int, list[int]] = {}
    for side, place in places({s: v for s, v in found.items() if v}).items():
        held.setdefault(place, []).append(side)
    won: dict[int, Decimal] = {}
    for place, sides in held.items():
        pool = sum((amounts.get(place + at, ZERO) for at in range(len(sides))), ZERO)
        if pool:
            parts = split_exactly(pool, [1] * len(sides))
            won |= dict(zip(sorted(sides), parts, strict=True))
    return won


def prizes_by_threshold(found: Scores, prizes: Sequence[Prize]) -> dict[int, Decimal]:
    """Each gets the prize of the highest threshold that his score reaches."""
    rising = sorted(prizes, key=lambda prize: prize.reach)
    won = {}
    for side, own in found.items():
        reached = [prize.amount for prize in rising if own is not None and own >= prize.reach]
        if reached:
            won[side] = reached[-1]
    return won


def payout(found: Scores, prizes: Sequence[Prize], *, by_place: bool) -> dict[int, Decimal]:
    return (prizes_by_place if by_place else prizes_by_threshold)(found, prizes)


def to_next(found: Scores, prizes: Sequence[Prize], side: int, *, by_place: bool) -> Decimal | None:
    """How much score `side` lacks to the next better prize; None when there is none above."""
    own = found.get(side)
    if own is None:
        return None
    if not by_place:
        above = [prize.reach for prize in prizes if prize.reach > own]
        return min(above) - own if above else None
    paid = {int(prize.reach) for prize in prizes}
    better = sorted((one for one in found.values() if one is not None and one > own), reverse=True)
    # The places above are held by better scores: the nearest of them that is paid.
    held = [score for at, score in enumerate(better, start=1) if at in paid]
    return held[-1] - own if held else None


@dataclass(frozen=True)
class Simulation:
    """What the contest would have brought in `windows` equal stretches of the past.

    `wins` is how often each side came first among the runs; payouts are in the contest's money.
    """

    windows: int
    expected: Decimal
    low: Decimal
    high: Decimal
    over_budget: float
    wins: dict[int, float]

    @property
    def top_share(self) -> float:
        return max(self.wins.values(), default=0.0)

    @property
    def top_side(self) -> int | None:
        return max(self.wins, key=lambda side: (self.wins[side], -side)) if self.wins else None

    @property
    def is_lopsided(self) -> bool:
        return self.top_share > MOST_OF_THE_TIME

    @property
    def is_short(self) -> bool:
        """Too few stretches to believe it."""
        return self.windows < FEWEST_WINDOWS


def simulate(
    past: Sequence[Scores],
    prizes: Sequence[Prize],
    *,
    by_place: bool,
    budget: Decimal,
    seed: int,
) -> Simulation:
    """Replay the contest 2,000 times; in each every side scores as in a past stretch of its own.

    `past` holds the scores of each stretch. Its season is taken out first: a score is multiplied by
    the mean of all stretches ÷ the mean of its own.
    """
    sides = sorted({side for one in past for side in one})
    level = levelled(past, sides)
    dice = np.random.default_rng(seed)
    drawn = dice.integers(0, max(len(past), 1), size=(RUNS, len(sides)))
    if not past or not sides:
        none = dict.fromkeys(sides, 0.0)
        return summed(len(past), [ZERO] * RUNS if past else [], none, budget)
    paid = (paid_by_place if by_place else paid_by_threshold)(level, sides, drawn, prizes)
    return summed(len(past), paid, shares_of_wins(level, sides, drawn), budget)


def thousandths(level: Sequence[Scores], sides: Sequence[int]) -> Any:
    """Scores as whole numbers, a row a stretch, a column a side; where there is none, UNKNOWN."""
    return np.array(
        [
            [UNKNOWN if (own := one[side]) is None else int(own * 1000) for side in sides]
            for one in level
        ],
        dtype=np.int64,
    )


def shares_of_wins(level: Sequence[Scores], sides: Sequence[int], drawn: Any) -> dict[int, float]:
    """How often each came first; who came first together with others shares it with them."""
    found = np.take_along_axis(thousandths(level, sides), drawn, axis=0)
    is_first = (found == found.max(axis=1, keepdims=True)) & (found != 0) & (found != UNKNOWN)
    count = np.maximum(is_first.sum(axis=1, keepdims=True), 1)
    # One run after the other, as one would add them by hand.
    shares = np.cumsum(np.where(is_first, 1 / count / RUNS, 0.0), axis=0)[-1]
    return {side: float(share) for side, share in zip(sides, shares, strict=True)}


def paid_by_place(
    level: Sequence[Scores], sides: Sequence[int], drawn: Any, prizes: Sequence[Prize]
) -> list[Decimal]:
    """What each run pays: whoever shares places, the prizes of all places held are paid whole."""
    amounts = {int(prize.reach): prize.amount for prize in prizes}
    pays = [ZERO]
    for place in range(1, len(sides) + 1):
        amount = amounts.get(place, ZERO)
        pays.append(pays[-1] + split_exactly(amount, [1])[0] if amount else pays[-1])
    scored = np.array([[bool(one[side]) for side in sides] for one in level])
    held = np.take_along_axis(scored, drawn, axis=0).sum(axis=1)
    return [pays[count] for count in held.tolist()]


def paid_by_threshold(
    level: Sequence[Scores], sides: Sequence[int], drawn: Any, prizes: Sequence[Prize]
) -> list[Decimal]:
    """What each run pays: a side's score pays the same whatever the others do."""
    due = [prizes_by_threshold(one, prizes) for one in level]
    if not any(due):
        return [ZERO] * RUNS
    return [
        sum((due[at][side] for side, at in zip(sides, run, strict=True) if side in due[at]), ZERO)
        for run in drawn.tolist()
    ]


def levelled(past: Sequence[Scores], sides: Sequence[int]) -> list[dict[int, Decimal | None]]:
    means = [mean([v for v in one.values() if v is not None] or [ZERO]) for one in past]
    whole = mean(means) if means else ZERO
    made = []
    for one, own in zip(past, means, strict=True):
        factor = whole / own if own else ONE
        made.append({side: raised(one.get(side), factor) for side in sides})
    return made


def raised(value: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if value is None else (value * factor).quantize(SHOWN, ROUND_HALF_UP)


def summed(
    windows: int, paid: Sequence[Decimal], wins: dict[int, float], budget: Decimal
) -> Simulation:
    if not paid:
        return Simulation(windows, ZERO, ZERO, ZERO, 0.0, wins)
    ordered = sorted(paid)
    low, high = (ordered[int(side * (len(ordered) - 1))] for side in (LOW, HIGH))
    over = sum(one > budget for one in paid) / len(paid)
    expected = split_exactly(sum(paid, ZERO) / len(paid), [1])[0]
    return Simulation(windows, expected, low, high, over, wins)
