"""Dividing clients among sellers: Lagrangian prices of an hour, and the bound that they prove.

The problem: give each client i to one seller j so that Σ score is largest while every seller's work
stays within limits,

    max Σ_i score[i, j(i)],   lowest[j] <= Σ_{i: j(i) = j} work[i] <= highest[j].

The bound. For any prices p and any division that keeps the limits,

    Σ_i score[i, j(i)] = Σ_i (score[i, j(i)] − p[j(i)]·work[i]) + Σ_j p[j]·load[j]
                      <= Σ_i max_j (score[i, j] − p[j]·work[i])
                         + Σ_j (highest[j]·max(p[j], 0) + lowest[j]·min(p[j], 0)),

since the load of a seller lies between his limits. The right side holds for fractional divisions as
well (a mixture never exceeds the maximum), so its minimum over p is the optimum of the linear
relaxation, by strong duality: no division, whole or fractional, is better than any such sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEPS = 300
# How much of the price level one step moves, and how fast the steps shorten.
FIRST_STEP, SHORTENING = 0.15, 0.05


@dataclass(frozen=True)
class Problem:
    """n clients, m sellers. `score` is n × m, −inf where a client may not go to a seller.

    `work` (n) and the limits (m) are hours a month; `owner` (n) is the number of the present
    seller, −1 for nobody. Every client has at least one seller who may have it.
    """

    score: Floats
    work: Floats
    lowest: Floats
    highest: Floats
    owner: Ints

    @property
    def clients(self) -> int:
        return self.score.shape[0]

    @property
    def sellers(self) -> int:
        return self.score.shape[1]


@dataclass(frozen=True)
class Prices:
    """`hour` (m) is what an hour of each seller costs, in points of score; `bound` no division beats."""

    hour: Floats
    bound: float


def loads(choice: Ints, work: Floats, sellers: int) -> Floats:
    """Hours of each seller under `choice`."""
    return np.bincount(choice, weights=work, minlength=sellers)


def best_at(problem: Problem, hour: Floats) -> tuple[Ints, float]:
    """Everyone's best seller at the prices `hour`, and the bound that these prices prove."""
    net = problem.score - problem.work[:, None] * hour
    choice = net.argmax(axis=1)
    reached = net[np.arange(problem.clients), choice].sum()
    rent = problem.highest @ np.maximum(hour, 0) + problem.lowest @ np.minimum(hour, 0)
    return choice, float(reached + rent)


def excess(problem: Problem, hour: Floats, load: Floats) -> Floats:
    """Hours beyond the limit that binds at these prices: the slope of the bound.

    A seller with a price answers to his upper limit, one with a subsidy to his lower, one with
    neither to the limit that he breaks.
    """
    above, below = load - problem.highest, load - problem.lowest
    free = np.where(above > 0, above, np.where(below < 0, below, 0.0))
    return np.where(hour > 0, above, np.where(hour < 0, below, free))


def level_of_prices(problem: Problem) -> float:
    """Points an hour is worth on average: the scale of the steps."""
    best = problem.score.max(axis=1)
    total = problem.work.sum()
    return float(abs(best).sum() / total) if total else 1.0


def find_prices(problem: Problem, *, start: Floats | None = None, steps: int = STEPS) -> Prices:
    """Raise the price of the overloaded, lower that of the underloaded, in shortening steps.

    The prices with the least bound are kept. Nothing is drawn by lot: the same problem gives the
    same prices.
    """
    if problem.clients == 0:
        return Prices(np.zeros(problem.sellers), 0.0)
    hour = np.zeros(problem.sellers) if start is None else start.copy()
    level = FIRST_STEP * level_of_prices(problem)
    size = np.maximum((problem.lowest + problem.highest) / 2, 1e-9)
    best = Prices(hour, float("inf"))
    for step in range(steps):
        choice, bound = best_at(problem, hour)
        if bound < best.bound:
            best = Prices(hour.copy(), bound)
        slope = excess(problem, hour, loads(choice, problem.work, problem.sellers))
        hour = moved(hour, level / (1 + SHORTENING * step) * np.clip(slope / size, -1, 1))
    return best


def moved(hour: Floats, by: Floats) -> Floats:
    """A price does not jump over zero: there it rests until the other limit is broken."""
    after = hour + by
    return np.where(hour * after < 0, 0.0, after)
