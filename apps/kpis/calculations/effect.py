"""Effect of a decision (F12): what changed beyond what changed for comparable people.

Difference in differences over whole weeks before and after, with an interval by resampling people.
Source: FORMULAS.md, "Effect of a decision".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from apps.core.metrics import FEWEST_CASES
from apps.core.periods import Period
from apps.kpis.effect_choices import EffectVerdict

# Whole weeks, so that each weekday stands in a window equally often.
WEEKS, MOST_WEEKS, FEWEST_WEEKS = 6, 8, 2
# What is decided on Monday does not work on Monday: this week belongs to neither window.
SETTLING_WEEKS = 1
FEWEST_TREATED, FEWEST_PEERS = 3, 5
# Peers taken for each person, and how far their level may lie: standard deviations of the levels.
NEAREST, CALLIPER = 5, 1.0
# Equal levels, but for the rounding of floats.
TIE = 1e-9
RESAMPLES = 2000
SIDE = 0.05  # of the 90 % interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Windows:
    before: Period
    after: Period

    @property
    def weeks(self) -> int:
        return self.after.length // 7


def windows_of(starts_on: date, ends_on: date | None = None) -> Windows:
    """Equally long windows of six weeks; of up to eight when the decision works so long.

    One that works for less is looked at while it works, for two weeks at least.
    """
    start = starts_on + timedelta(weeks=SETTLING_WEEKS)
    weeks = WEEKS
    if ends_on is not None:
        weeks = min(max((ends_on - start).days // 7, FEWEST_WEEKS), MOST_WEEKS)
    length = timedelta(weeks=weeks)
    return Windows(Period(starts_on - length, starts_on), Period(start, start + length))


@dataclass(frozen=True)
class Sums:
    """A person's top and bottom of a metric in a window; `n` cases."""

    top: float
    bottom: float
    n: int = 0


@dataclass(frozen=True)
class Record:
    """What a person did in both windows."""

    person: int
    before: Sums
    after: Sums


@dataclass(frozen=True)
class Estimate:
    """Σ top ÷ Σ bottom of both groups in both windows."""

    treated_before: float
    treated_after: float
    peers_before: float
    peers_after: float

    @property
    def expected(self) -> float:
        """Where the treated would stand had they changed as their peers did."""
        return self.treated_before + self.peers_after - self.peers_before

    @property
    def effect(self) -> float:
        return self.treated_after - self.expected


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high


@dataclass(frozen=True)
class Outcome:
    """`treated` found `peers` like them; without a conclusion there is no `interval`."""

    verdict: EffectVerdict
    treated: list[Record]
    peers: list[Record]
    estimate: Estimate | None = None
    interval: Interval | None = None


def measure(
    treated: Sequence[Record],
    candidates: Sequence[Record],
    *,
    seed: int,
    is_rate: bool = False,
    less_is_better: bool = False,
) -> Outcome:
    """Compare `treated` with those of `candidates` who stood on their level before.

    `is_rate`: fewer than ten cases in any group and window allow no conclusion.
    """
    able, peers = matched(treated, candidates)
    few = too_few(able, peers, is_rate=is_rate)
    if few is not None:
        return Outcome(few, able, peers)
    estimate = estimated(able, peers)
    interval = resampled(able, peers, seed=seed)
    return Outcome(judged(interval, less_is_better), able, peers, estimate, interval)


def judged(interval: Interval, less_is_better: bool) -> EffectVerdict:
    if interval.holds_zero:
        return EffectVerdict.UNCLEAR
    return EffectVerdict.BETTER if (interval.low > 0) != less_is_better else EffectVerdict.WORSE


def too_few(
    treated: Sequence[Record], peers: Sequence[Record], *, is_rate: bool
) -> EffectVerdict | None:
    if len(treated) < FEWEST_TREATED:
        return EffectVerdict.FEW_PEOPLE
    if len(peers) < FEWEST_PEERS:
        return EffectVerdict.FEW_PEERS
    cells = [[one.before for one in treated], [one.after for one in treated]]
    cells += [[one.before for one in peers], [one.after for one in peers]]
    if any(sum(sums.bottom for sums in cell) <= 0 for cell in cells):
        return EffectVerdict.FEW_CASES
    if is_rate and any(sum(sums.n for sums in cell) < FEWEST_CASES for cell in cells):
        return EffectVerdict.FEW_CASES
    return None


def matched(
    treated: Sequence[Record], candidates: Sequence[Record]
) -> tuple[list[Record], list[Record]]:
    """The treated who have peers on their level before, and these peers, each once.

    Each takes his nearest five, and who stands no farther than these, within a standard deviation of the levels of all.
    """
    if not (treated and candidates):
        return list(treated), []
    levels = levels_before([*treated, *candidates])
    own, others = levels[: len(treated)], levels[len(treated) :]
    reach = CALLIPER * float(levels.std())
    able: list[Record] = []
    taken: set[int] = set()
    for record, level in zip(treated, own, strict=True):
        distance = np.abs(others - level)
        farthest = np.sort(distance)[:NEAREST][-1]
        nearest = np.flatnonzero(distance <= min(farthest, reach) + TIE)
        if len(nearest):
            able.append(record)
            taken.update(map(int, nearest))
    return able, [candidates[at] for at in sorted(taken)]


def levels_before(records: Sequence[Record]) -> Floats:
    """Each person's value before, drawn to that of all by as many cases as one has on average.

    So one deal of one is not a level of 100 %, and who had no case stands where all do.
    """
    top = np.array([one.before.top for one in records], dtype=float)
    bottom = np.array([one.before.bottom for one in records], dtype=float)
    whole = bottom.sum()
    if whole <= 0:
        return np.zeros(len(records))
    weight = whole / len(records)
    level: Floats = (top + weight * top.sum() / whole) / (bottom + weight)
    return level


def estimated(treated: Sequence[Record], peers: Sequence[Record]) -> Estimate:
    """A group is measured by its sums, never by a mean of its people's ratios."""
    return Estimate(*map(float, (*ratios(treated), *ratios(peers))))


def ratios(group: Sequence[Record]) -> Floats:
    """Before and after."""
    columns = columns_of(group).sum(axis=0)
    value: Floats = columns[[0, 2]] / columns[[1, 3]]
    return value


def columns_of(group: Sequence[Record]) -> Floats:
    """A row a person: top and bottom before, top and bottom after."""
    return np.array(
        [(one.before.top, one.before.bottom, one.after.top, one.after.bottom) for one in group],
        dtype=float,
    )


def resampled(treated: Sequence[Record], peers: Sequence[Record], *, seed: int) -> Interval:
    """The 90 % interval of the effect over 2,000 resamples of the people of each group.

    The percentiles of so few people are too close to each other: each group's deviations are
    stretched by √(n ÷ (n − 1)) and by Student's quantile against the normal one (T. Hesterberg,
    "What Teachers Should Know About the Bootstrap", The American Statistician 69 (2015), 371-386).
    """
    dice = np.random.default_rng(seed)
    deviations = changes(treated, dice) - changes(peers, dice)
    effect = estimated(treated, peers).effect
    low, high = np.nanquantile(deviations, [SIDE, 1 - SIDE])
    return Interval(effect + min(float(low), 0), effect + max(float(high), 0))


def changes(group: Sequence[Record], dice: np.random.Generator) -> Floats:
    """The deviations of the group's change in each resample, stretched for its size."""
    columns, count = columns_of(group), len(group)
    chosen = dice.integers(0, count, size=(RESAMPLES, count))
    # How often each person stands in each resample, times his columns: sums of all resamples at once.
    times = np.zeros((RESAMPLES, count))
    np.add.at(times, (np.arange(RESAMPLES)[:, None], chosen), 1)
    sums = times @ columns
    with np.errstate(divide="ignore", invalid="ignore"):
        change = sums[:, 2] / sums[:, 3] - sums[:, 0] / sums[:, 1]
    # A resample without a case has no change.
    change[~np.isfinite(change)] = np.nan
    before, after = ratios(group)
    stretched: Floats = (change - (after - before)) * stretch(count)
    return stretched


def stretch(count: int) -> float:
    # Only who measures carries scipy. Quantiles of Student's and of the normal distribution.
    from scipy.special import ndtri, stdtrit

    student = float(stdtrit(count - 1, 1 - SIDE)) / float(ndtri(1 - SIDE))
    return sqrt(count / (count - 1)) * student


def relative(effect: float, expected: float) -> float | None:
    """The effect as a fraction of what was expected without the decision; None of nothing."""
    return effect / expected if expected > 0 else None


def on_the_plan(effect: float, *, people: int, since: date, until: date | None = None) -> float:
    """What a weekly effect a person brings from `since` to the end of that year, or until `until`."""
    end = date(since.year + 1, 1, 1)
    if until is not None:
        end = min(end, until)
    return effect * people * max((end - since).days, 0) / 7
