"""Proposing a division of clients: prices, repair, and as few changes of owner as is asked.

Source of the method and of the limits: docs/methods.md, "Distribution of clients".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from apps.portfolio.calculations.prices import (
    STEPS,
    Floats,
    Ints,
    Problem,
    best_at,
    find_prices,
    loads,
)
from apps.portfolio.calculations.repair import TINY, Division, fill, improve, relieve

# The bonus of the present owner is halved so often, with prices warmed up by the answer before.
BISECTIONS, WARM_STEPS = 9, 80


@dataclass(frozen=True)
class Solution:
    """`choice` (n) is everyone's seller; `hour` (m) the price of an hour of each, in points.

    `value` is Σ score without the bonus of staying, `bound` what no division exceeds (with the
    bonus that was needed, `bonus`); `moved_share` is of the clients that had an owner among the
    sellers. `keeps_limits` is False when the sizes of clients allow no exact division.
    """

    choice: Ints
    hour: Floats
    value: float
    bound: float
    moved_share: float
    bonus: float
    keeps_limits: bool


def solve(problem: Problem, *, most_moved: float = 1.0) -> Solution:
    """The best division within the limits that moves at most the share `most_moved`.

    The limits come first: when they force more moves than asked, the fewest found are made. The
    same problem gives the same answer.
    """
    first = divide(problem, 0.0, None, STEPS)
    if first.moved_share <= most_moved:
        return first
    # A bonus larger than any difference of scores: only the limits move anybody then.
    low, high = 0.0, largest_difference(problem) + 1.0
    kept = divide(problem, high, first.hour, STEPS)
    if kept.moved_share > most_moved:
        return kept
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        tried = divide(problem, middle, kept.hour, WARM_STEPS)
        if tried.moved_share <= most_moved:
            high, kept = middle, tried
        else:
            low = middle
    return kept


def divide(problem: Problem, bonus: float, start: Floats | None, steps: int) -> Solution:
    """One run: prices for the scores with `bonus` on the present owner, then the repair."""
    favoured = with_bonus(problem, bonus)
    prices = find_prices(favoured, start=start, steps=steps)
    choice, _bound = best_at(favoured, prices.hour) if problem.clients else (problem.owner, 0.0)
    division = Division(favoured, choice, prices.hour)
    relieve(division)
    fill(division)
    improve(division)
    return Solution(
        choice=division.choice,
        hour=prices.hour,
        value=value_of(problem, division.choice),
        bound=prices.bound,
        moved_share=moved_share(problem.owner, division.choice),
        bonus=bonus,
        keeps_limits=keeps_limits(problem, division.choice),
    )


def with_bonus(problem: Problem, bonus: float) -> Problem:
    if not bonus:
        return problem
    owned = np.flatnonzero(problem.owner >= 0)
    score = problem.score.copy()
    score[owned, problem.owner[owned]] += bonus
    return replace(problem, score=score)


def largest_difference(problem: Problem) -> float:
    finite = problem.score[np.isfinite(problem.score)]
    return float(finite.max() - finite.min()) if finite.size else 0.0


def value_of(problem: Problem, choice: Ints) -> float:
    return float(problem.score[np.arange(problem.clients), choice].sum())


def moved_share(owner: Ints, choice: Ints) -> float:
    """Of the clients that had an owner, those that go to another one."""
    owned = owner >= 0
    return float((owner[owned] != choice[owned]).mean()) if owned.any() else 0.0


def keeps_limits(problem: Problem, choice: Ints) -> bool:
    load = loads(choice, problem.work, problem.sellers)
    return bool(
        (load <= problem.highest + TINY).all() and (load >= problem.lowest - TINY).all()
    )


def limits(
    capacity: Floats, kept: Floats, hours: float, tolerance: float
) -> tuple[Floats, Floats, float]:
    """Lowest and highest hours that each seller may be given, and the common load ÷ capacity.

    `capacity` and `kept` (work that is not being divided) are hours (m), `hours` the work to be
    divided. The level ρ fills everybody up to the same load ÷ capacity; who has more than that
    already gets nothing: Σ max(ρ·capacity − kept, 0) = hours. `tolerance` is a fraction (0.1).
    """
    level = water_level(capacity, kept, hours)
    lowest = np.maximum((1 - tolerance) * level * capacity - kept, 0.0)
    highest = np.maximum((1 + tolerance) * level * capacity - kept, 0.0)
    return lowest, highest, level


def water_level(capacity: Floats, kept: Floats, hours: float) -> float:
    """ρ of `limits`; 0 when nobody has capacity."""
    able = capacity > 0
    if not able.any():
        return 0.0
    ratios = kept[able] / capacity[able]
    order = np.argsort(ratios, kind="stable")
    size, held = np.cumsum(capacity[able][order]), np.cumsum(kept[able][order])
    levels = (hours + held) / size
    # The first level that does not reach the next seller's own load is the common one.
    after = np.append(ratios[order][1:], np.inf)
    return float(levels[np.argmax(levels <= after)])
