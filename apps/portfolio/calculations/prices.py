"""Dividing clients among sellers: Lagrangian prices, and the bound that they prove.

The problem: give each client i to one seller j so that Σ score is largest while every seller's work
stays within limits and enough clients stay where they are,

    max Σ_i score[i, j(i)] − c·Σ_j max(|potential of j − fair[j]| − slack[j], 0)
    lowest[j] <= Σ_{i: j(i) = j} work[i] <= highest[j],   stayers >= must_stay.

The bound. Charge p[j] for an hour and q[j] for a unit of potential (|q| <= c), pay s >= 0 for each
stayer. For any such prices and any division that keeps the limits, its value is at most

    Σ_i max_j (score[i, j] − p[j]·work[i] − q[j]·unit[i] + s·[j is the present owner])
      + Σ_j (highest[j]·max(p[j], 0) + lowest[j]·min(p[j], 0))
      + Σ_j (fair[j]·q[j] + slack[j]·|q[j]|) − s·must_stay,

since the load of a seller lies between his limits and −c·max(|x − f| − k, 0) <= q·f + k·|q| − q·x.
It holds for fractional divisions as well (a mixture never exceeds the maximum), so its minimum over
the prices is the optimum of the linear relaxation, by strong duality: no division, whole or
fractional, beats any such sum.

The minimum is found on a smooth copy of the bound (log-sum-exp in place of the maximum) that is made
sharper in steps. Plain subgradient steps get stuck where many sellers suit a client equally, which
is what towns and industries make of a department.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Widths of the smoothing, in average best scores, and evaluations at each.
WIDTHS = (0.3, 0.1, 0.03, 0.01, 0.004)
EVALUATIONS = 60
# Half the corner of |price| that is rounded off, in units of the width.
ROUNDING = 0.1


@dataclass(frozen=True)
class Problem:
    """n clients, m sellers. `score` is n × m, −inf where a client may not go to a seller.

    `work` (n) and the limits (m) are hours a month; `owner` (n) is the number of the present
    seller, −1 for nobody. Every client has at least one seller who may have it. `unit` (n) is the
    potential of a client in average clients, `fair` (m) how much of it each seller should have;
    None leaves potential out.
    """

    score: Floats
    work: Floats
    lowest: Floats
    highest: Floats
    owner: Ints
    unit: Floats | None = None
    fair: Floats | None = None

    @property
    def clients(self) -> int:
        return self.score.shape[0]

    @property
    def sellers(self) -> int:
        return self.score.shape[1]

    @property
    def owned(self) -> Ints:
        """Numbers of the clients whose present seller is among the columns."""
        return np.flatnonzero(self.owner >= 0)

    @property
    def point(self) -> float:
        """The average of the best scores: the measure of prices."""
        return float(np.abs(self.score.max(axis=1)).mean()) if self.clients else 1.0


@dataclass(frozen=True)
class Fairness:
    """How far potential may be from the fair share, and what a unit beyond costs, in `point`s."""

    slack: float = 0.10
    cost: float = 0.5


FAIRNESS = Fairness()


@dataclass(frozen=True)
class Prices:
    """In points of score: `hour` (m), `potential` (m) of a unit, `stay` of a client; the `bound`."""

    hour: Floats
    potential: Floats
    stay: float
    bound: float


def loads(choice: Ints, work: Floats, sellers: int) -> Floats:
    """Hours of each seller under `choice`."""
    held: Floats = np.bincount(choice, weights=work, minlength=sellers).astype(np.float64)
    return held


def priced(problem: Problem, prices: Prices) -> Floats:
    """n × m: scores less the price of potential, with the pay for staying; hours are not charged."""
    score = problem.score.copy()
    if problem.unit is not None:
        score -= problem.unit[:, None] * prices.potential
    owned = problem.owned
    score[owned, problem.owner[owned]] += prices.stay
    return score


def bound_at(problem: Problem, prices: Prices, must_stay: float) -> float:
    """What no division within the limits exceeds, as these prices prove."""
    net = priced(problem, prices) - problem.work[:, None] * prices.hour
    hour = prices.hour
    rent = problem.highest @ np.maximum(hour, 0) + problem.lowest @ np.minimum(hour, 0)
    fair, slack = fairness_of(problem)
    evenness = fair @ prices.potential + slack @ np.abs(prices.potential)
    return float(net.max(axis=1).sum() + rent + evenness - prices.stay * must_stay)


def fairness_of(problem: Problem) -> tuple[Floats, Floats]:
    """Fair shares and how far one may be from them, in units (m)."""
    if problem.fair is None:
        return np.zeros(problem.sellers), np.zeros(problem.sellers)
    return problem.fair, FAIRNESS.slack * np.maximum(problem.fair, problem.fair.mean())


def no_prices(problem: Problem) -> Prices:
    nothing = np.zeros(problem.sellers)
    return Prices(nothing, nothing, 0.0, float("inf"))


def find_prices(
    problem: Problem,
    *,
    must_stay: float = 0.0,
    start: Prices | None = None,
    widths: tuple[float, ...] = WIDTHS,
    beat: Callable[[], None] = lambda: None,
) -> Prices:
    """The prices with the least bound found; `beat` is called after each width.

    Nothing is drawn by lot: the same problem gives the same prices.
    """
    # Only who solves a division carries scipy: it would be half of a web process.
    from scipy.optimize import minimize

    if problem.clients == 0:
        return Prices(np.zeros(problem.sellers), np.zeros(problem.sellers), 0.0, 0.0)
    dual = Dual(problem, must_stay)
    at = dual.packed(start or no_prices(problem))
    best = no_prices(problem)
    for width in widths:
        found = minimize(
            dual.value,
            at,
            args=(width,),
            jac=True,
            method="L-BFGS-B",
            bounds=dual.bounds,
            options={"maxfun": EVALUATIONS, "maxcor": 20},
        )
        at, prices = found.x, dual.unpacked(found.x)
        best = prices if prices.bound < best.bound else best
        beat()
    return best


class Dual:
    """The smooth bound and its slope; prices in a vector, each in `point`s of an average client."""

    def __init__(self, problem: Problem, must_stay: float) -> None:
        self.problem, self.must_stay = problem, must_stay
        self.point = problem.point
        self.hours = max(float(problem.work.mean()), 1e-9)
        self.work = problem.work / self.hours
        self.score = problem.score / self.point
        self.fair, self.slack = fairness_of(problem)
        self.middle = (problem.highest + problem.lowest) / 2 / self.hours
        self.half = (problem.highest - problem.lowest) / 2 / self.hours
        self.owned = problem.owned
        self.owner = problem.owner[self.owned]
        self.net = np.empty_like(self.score)

    @property
    def bounds(self) -> list[tuple[float | None, float | None]]:
        most = 0.0 if self.problem.unit is None else FAIRNESS.cost
        finite = self.score[np.isfinite(self.score)]
        stay = float(finite.max() - finite.min()) + 1 if self.must_stay else 0.0
        m = self.problem.sellers
        free: list[tuple[float | None, float | None]] = [(None, None)] * m
        return [*free, *[(-most, most)] * m, (0.0, stay)]

    def packed(self, prices: Prices) -> Floats:
        hour = prices.hour * self.hours
        return np.concatenate([hour, prices.potential, [prices.stay]]) / self.point

    def unpacked(self, at: Floats) -> Prices:
        m = self.problem.sellers
        hour, potential = at[:m] * self.point / self.hours, at[m:-1] * self.point
        prices = Prices(hour, potential, float(at[-1]) * self.point, 0.0)
        bound = bound_at(self.problem, prices, self.must_stay)
        return Prices(prices.hour, prices.potential, prices.stay, bound)

    def value(self, at: Floats, width: float) -> tuple[float, Any]:
        """The smooth bound at the prices `at`, and its slope."""
        problem, m = self.problem, self.problem.sellers
        hour, potential, stay = at[:m], at[m:-1], at[-1]
        net, owned, owner = self.net, self.owned, self.owner
        np.multiply.outer(self.work, hour, out=net)
        np.subtract(self.score, net, out=net)
        if problem.unit is not None:
            net -= np.multiply.outer(problem.unit, potential)
        net[owned, owner] += stay
        top = net.max(axis=1)
        net -= top[:, None]
        net /= width
        np.exp(net, out=net)
        sums = net.sum(axis=1)
        per = 1 / sums
        held = (self.work * per) @ net
        steady, bent = np.sqrt(hour**2 + (ROUNDING * width) ** 2), hour
        value = (top + width * np.log(sums)).sum() + self.middle @ hour + self.half @ steady
        slope = np.zeros_like(at)
        slope[:m] = self.middle - held + self.half * bent / steady
        if problem.unit is not None:
            even = np.sqrt(potential**2 + (ROUNDING * width) ** 2)
            value += self.fair @ potential + self.slack @ even
            slope[m:-1] = self.fair - (problem.unit * per) @ net + self.slack * potential / even
        if self.must_stay:
            stayers = (net[owned, owner] * per[owned]).sum()
            value -= stay * self.must_stay
            slope[-1] = stayers - self.must_stay
        return float(value), slope
