"""Proposing a division of clients: prices, a first division, repair, and few changes of owner.

Source of the method and of the limits: FORMULAS.md, "Distribution".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from apps.portfolio.calculations.prices import (
    FAIRNESS,
    WIDTHS,
    Floats,
    Ints,
    Prices,
    Problem,
    fairness_of,
    find_prices,
    loads,
    priced,
)
from apps.portfolio.calculations.repair import TINY, Division, divided, fill, improve, relieve

# How often a proposal that moves too many is asked to move fewer; the prices begin where they stood.
ATTEMPTS, WARM_WIDTHS = 6, WIDTHS[-2:]


@dataclass(frozen=True)
class Solution:
    """`choice` (n) is everyone's seller; `hour` (m) the price of an hour of each, in points.

    `value` is Σ score less the cost of uneven potential, `bound` what no division exceeds that moves
    as few; `moved_share` is of the clients that had an owner among the sellers. `keeps_limits` is
    False when the sizes of clients allow no exact division.
    """

    choice: Ints
    hour: Floats
    value: float
    bound: float
    moved_share: float
    keeps_limits: bool


def solve(
    problem: Problem, *, most_moved: float = 1.0, beat: Callable[[], None] = lambda: None
) -> Solution:
    """The best division within the limits that moves at most the share `most_moved`.

    The limits come first: when they force more moves than asked, the fewest found are made. The
    same problem gives the same answer. `beat` is called now and then.
    """
    owned = len(problem.owned)
    least = must_stay = np.ceil((1 - most_moved) * owned - TINY)
    prices = find_prices(problem, must_stay=must_stay, beat=beat)
    bound, found = prices.bound, divide(problem, prices, beat)
    for _ in range(ATTEMPTS):
        short = least - round((1 - found.moved_share) * owned)
        if short <= 0 or must_stay >= owned:
            break
        must_stay = min(must_stay + short, owned)
        prices = find_prices(
            problem, must_stay=must_stay, start=prices, widths=WARM_WIDTHS, beat=beat
        )
        tried = divide(problem, prices, beat)
        if tried.moved_share < found.moved_share:
            found = tried
    return replace(found, bound=bound)


def divide(problem: Problem, prices: Prices, beat: Callable[[], None]) -> Solution:
    """From prices to a whole division that keeps the limits."""
    division = Division(problem, priced(problem, prices), prices.hour)
    if problem.clients:
        divided(division)
        relieve(division)
        fill(division)
        beat()
        improve(division)
        beat()
    return Solution(
        choice=division.choice,
        hour=prices.hour,
        value=value_of(problem, division.choice),
        bound=prices.bound,
        moved_share=moved_share(problem.owner, division.choice),
        keeps_limits=keeps_limits(problem, division.choice),
    )


def value_of(problem: Problem, choice: Ints) -> float:
    """Σ score less the cost of potential beyond the slack about the fair shares."""
    total = float(problem.score[np.arange(problem.clients), choice].sum())
    if problem.unit is None:
        return total
    fair, slack = fairness_of(problem)
    gap = np.abs(loads(choice, problem.unit, problem.sellers) - fair) - slack
    return total - FAIRNESS.cost * problem.point * float(np.maximum(gap, 0).sum())


def moved_share(owner: Ints, choice: Ints) -> float:
    """Of the clients that had an owner, those that go to another one."""
    owned = owner >= 0
    return float((owner[owned] != choice[owned]).mean()) if owned.any() else 0.0


def keeps_limits(problem: Problem, choice: Ints) -> bool:
    load = loads(choice, problem.work, problem.sellers)
    return bool((load <= problem.highest + TINY).all() and (load >= problem.lowest - TINY).all())


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
