"""The KPI score (F7): Σ weight × g(attainment) over the items that count; FORMULAS.md, "KPI score".

Shares are fractions: an attainment of 1 is the target exactly. Fractions are exact inside, so nothing
is rounded before the end and the order of the items cannot be seen in the result.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from apps.core.money import split_exactly

ZERO, HUNDRED = Decimal(0), Decimal(100)
TENTHS, SHARE = Decimal("0.1"), Decimal("0.0001")
# Rows of the score's pieces that must add up to it are cut to tenths, as the score is.
PARTS_OF_TENTH = 10
# Fewer people of one position do not make a ranking.
ENOUGH_PEERS = 5


class Off(StrEnum):
    """Why an item does not count this time."""

    NONE = ""
    NO_FACT = "no_fact"  # nothing is known, or there was nothing to divide by
    FEW = "few"  # a rate over fewer than ten cases
    NO_TARGET = "no_target"  # no plan, a plan of 0, no history for an average


@dataclass(frozen=True)
class Rule:
    """An item of a scheme: from `floor` on it counts, above `cap` no more.

    `steps` (threshold, share) replace the straight line: the share of the highest threshold reached.
    """

    key: str
    weight: Decimal
    floor: Decimal = ZERO
    cap: Decimal = Decimal(1)
    is_less_better: bool = False
    steps: tuple[tuple[Decimal, Decimal], ...] = ()

    @cached_property
    def exact(self) -> tuple[Fraction, Fraction, Fraction]:
        """Weight, floor and cap, made once for all people."""
        return Fraction(self.weight), Fraction(self.floor), Fraction(self.cap)


@dataclass(frozen=True)
class Given:
    """What came out of an item; `is_few` for a rate over too few cases."""

    fact: Decimal | None
    target: Decimal | None
    is_few: bool = False


@dataclass(frozen=True)
class Part:
    """An item in the score: `weight_used` is its weight after rescaling, in percent."""

    key: str
    off: Off
    attainment: Decimal | None = None
    weight_used: Decimal = ZERO
    points: Decimal = ZERO


@dataclass(frozen=True)
class Score:
    """`value` is None when no item counts; `factor` is that of the broken gates together."""

    value: Decimal | None
    before_gates: Decimal | None
    factor: Decimal
    is_rescaled: bool
    parts: list[Part] = field(default_factory=list)


def attainment(fact: Decimal, target: Decimal, *, is_less_better: bool = False) -> Fraction:
    """fact ÷ target; where less is better max(0, 2 − fact ÷ target). `target` is above 0."""
    share = Fraction(fact) / Fraction(target)
    return max(Fraction(0), 2 - share) if is_less_better else share


def counted(share: Fraction, rule: Rule) -> Fraction:
    """g(a): 0 below the floor, else the attainment (or the share of its step), at most the cap."""
    _weight, floor, cap = rule.exact
    if share < floor or share < 0:
        return Fraction(0)
    if rule.steps:
        reached = [got for threshold, got in rule.steps if share >= Fraction(threshold)]
        share = Fraction(max(reached, default=ZERO))
    return min(share, cap)


def score(items: Iterable[tuple[Rule, Given]], factors: Iterable[Decimal] = ()) -> Score:
    """The score of 100 at the target of every item; `factors` are those of the broken gates."""
    rows = list(items)
    counts = [(rule, given) for rule, given in rows if not why_off(given)]
    total = sum((rule.exact[0] for rule, _given in counts), Fraction(0))
    factor, is_rescaled = _product(factors), len(counts) < len(rows)
    if not total:
        off = [Part(rule.key, why_off(given)) for rule, given in rows]
        return Score(None, None, factor, is_rescaled, off)
    shares = {rule.key: _share(rule, given) for rule, given in counts}
    gains = {rule.key: rule.exact[0] * counted(shares[rule.key], rule) for rule, _given in counts}
    whole = sum(gains.values(), Fraction(0)) * 100 / total
    parts = _parts(rows, shares, gains, rounded(whole))
    return Score(rounded(whole * Fraction(factor)), rounded(whole), factor, is_rescaled, parts)


def _parts(
    rows: list[tuple[Rule, Given]],
    shares: dict[str, Fraction],
    gains: dict[str, Fraction],
    before_gates: Decimal,
) -> list[Part]:
    """The items in their order; weights used make 100, points the score before the gates."""
    weights = _parted(HUNDRED, {rule.key: rule.exact[0] for rule, _ in rows if rule.key in shares})
    points = _parted(before_gates, gains)
    return [
        Part(rule.key, Off.NONE, decimal_of(shares[rule.key]), weights[rule.key], points[rule.key])
        if rule.key in shares
        else Part(rule.key, why_off(given))
        for rule, given in rows
    ]


def why_off(given: Given) -> Off:
    if given.is_few:
        return Off.FEW
    if given.fact is None:
        return Off.NO_FACT
    return Off.NONE if given.target is not None and given.target > 0 else Off.NO_TARGET


def _share(rule: Rule, given: Given) -> Fraction:
    if given.fact is None or given.target is None:
        raise ValueError("an item that is off has no attainment")
    return attainment(given.fact, given.target, is_less_better=rule.is_less_better)


def _product(factors: Iterable[Decimal]) -> Decimal:
    product = Decimal(1)
    for factor in factors:
        product *= factor
    return product


def _parted(total: Decimal, weights: dict[str, Fraction]) -> dict[str, Decimal]:
    """`total` in parts of a tenth that make it exactly, whatever the order of the items."""
    keys = sorted(weights)
    shares = [Decimal(weights[key].numerator) / weights[key].denominator for key in keys]
    if not any(shares):
        return dict.fromkeys(keys, ZERO)
    # Cents of a tenth of the sum are tenths of cents: split in cents, then one place up.
    parts = split_exactly(total / PARTS_OF_TENTH, shares)
    return {key: part * PARTS_OF_TENTH for key, part in zip(keys, parts, strict=True)}


def rounded(value: Fraction) -> Decimal:
    """To tenths, halves up: the only rounding of a score."""
    tenths = value * 10
    return Decimal((2 * tenths.numerator + tenths.denominator) // (2 * tenths.denominator)) / 10


def decimal_of(value: Fraction) -> Decimal:
    """An attainment as it is kept and shown, to four places."""
    return (Decimal(value.numerator) / value.denominator).quantize(SHARE, ROUND_HALF_UP)


def is_broken(fact: Decimal | None, limit: Decimal, *, at_most: bool) -> bool | None:
    """Whether a gate is broken; None when nothing is known about it, which breaks nothing."""
    if fact is None:
        return None
    return fact > limit if at_most else fact < limit


def change(fact: Decimal | None, usual: Decimal | None) -> Decimal | None:
    """How far a fact is from what is usual, as a fraction of it."""
    if fact is None or not usual or usual < 0:
        return None
    return (fact / usual - 1).quantize(SHARE, ROUND_HALF_UP)


def standing(mine: Decimal | None, everyone: Sequence[Decimal]) -> Decimal | None:
    """The share of the peers that stand below, equal ones counting half; None for few people.

    `everyone` is sorted from the lowest and holds the person himself.
    """
    if mine is None or len(everyone) < ENOUGH_PEERS:
        return None
    below, up_to = bisect_left(everyone, mine), bisect_right(everyone, mine)
    return (Decimal(below + up_to - 1) / (2 * (len(everyone) - 1))).quantize(SHARE, ROUND_HALF_UP)


def light(on_pace: Decimal | None) -> str:
    """The traffic light of a score (or attainment × 100) measured against the pace of working days."""
    if on_pace is None:
        return ""
    return "good" if on_pace >= 95 else "warn" if on_pace >= 80 else "bad"
