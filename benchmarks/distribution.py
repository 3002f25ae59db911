"""Dividing 10,000 clients among 50 sellers: ours beside round robin and a greedy way, in one run.

Two kinds of base. "scattered": every seller suits every client a little differently. "towns":
sellers know a town and an industry, so that many suit a client equally and some towns have few
sellers. Limits are ±10 % of a common load ÷ capacity; the bound is the dual one, which no division
exceeds (apps.portfolio.calculations.prices).
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from apps.portfolio.calculations.distribution import (
    keeps_limits,
    limits,
    moved_share,
    solve,
    value_of,
)
from apps.portfolio.calculations.prices import Ints, Problem, loads

CLIENTS, SELLERS, TOLERANCE, MOST_MOVED = 10_000, 50, 0.10, 0.30
SEEDS = (1, 2, 3)
TOWNS, TRADES = 10, 5


def scattered(seed: int, clients: int = CLIENTS, sellers: int = SELLERS) -> Problem:
    """A random base: few large clients, owners and tastes at random."""
    dice = np.random.default_rng(seed)
    level = dice.choice(3, clients, p=[0.1, 0.3, 0.6])
    work = np.array([4.0, 1.5, 0.5])[level] * dice.lognormal(0, 0.3, clients)
    value = 0.25 + np.log1p(
        np.array([1500.0, 400.0, 100.0])[level] * dice.lognormal(0, 0.6, clients)
    )
    owner = dice.integers(0, sellers, clients)
    fit = dice.random((clients, sellers)) + (dice.random((clients, sellers)) < 0.2)
    fit[np.arange(clients), owner] += 0.5
    capacity = dice.uniform(60, 140, sellers)
    lowest, highest, _level = limits(capacity, np.zeros(sellers), work.sum(), TOLERANCE)
    return Problem(fit * value[:, None], work, lowest, highest, owner)


def towns(seed: int, clients: int = CLIENTS, sellers: int = SELLERS) -> Problem:
    """Towns, industries and bases of very different sizes."""
    dice = np.random.default_rng(seed)
    base = scattered(seed, clients, sellers)
    town = dice.choice(TOWNS, clients, p=dice.dirichlet(np.full(TOWNS, 2.0)))
    trade = dice.choice(TRADES, clients, p=dice.dirichlet(np.full(TRADES, 2.0)))
    knows = dice.integers(0, TOWNS, sellers), dice.integers(0, TRADES, sellers)
    owner = dice.choice(sellers, clients, p=dice.dirichlet(np.ones(sellers)))
    fit = 0.2 + (town[:, None] == knows[0]) + 0.6 * (trade[:, None] == knows[1])
    fit[np.arange(clients), owner] += 0.5
    value = 0.25 + np.log1p(dice.lognormal(5, 1.5, clients))
    return replace(base, score=fit * value[:, None], owner=owner)


def round_robin(problem: Problem) -> Ints:
    """The next client to the next seller, as most systems do."""
    return np.arange(problem.clients) % problem.sellers


def greedy(problem: Problem) -> Ints:
    """The most valuable client first, to the best seller who has room; the last go anywhere."""
    choice = np.zeros(problem.clients, dtype=np.int64)
    load = np.zeros(problem.sellers)
    for client in np.argsort(-problem.score.max(axis=1), kind="stable"):
        room = load + problem.work[client] <= problem.highest
        options = np.where(room, problem.score[client], -np.inf)
        to = int(options.argmax()) if room.any() else int(load.argmin())
        choice[client] = to
        load[to] += problem.work[client]
    return choice


def run() -> dict[str, Any]:
    """Figures of each way on each kind of base: the worst of the seeds, the mean of the seconds."""
    kinds = (("scattered", scattered), ("towns", towns))
    return {
        "clients": CLIENTS,
        "sellers": SELLERS,
        "kinds": {name: kind_of([make(seed) for seed in SEEDS]) for name, make in kinds},
    }


def kind_of(problems: list[Problem]) -> dict[str, Any]:
    bounds = [solve(problem).bound for problem in problems]
    ways: dict[str, Callable[[Problem], Ints]] = {
        "as it is": lambda problem: problem.owner,
        "round robin": round_robin,
        "greedy": greedy,
        "ours": lambda problem: solve(problem).choice,
        "ours, at most 30 % moved": lambda problem: solve(problem, most_moved=MOST_MOVED).choice,
    }
    return {name: worst(problems, bounds, way) for name, way in ways.items()}


def worst(
    problems: list[Problem], bounds: list[float], way: Callable[[Problem], Ints]
) -> dict[str, Any]:
    told = [measured(*pair, way) for pair in zip(problems, bounds, strict=True)]
    return {
        "of_bound": min(one["of_bound"] for one in told),
        "lowest": min(one["lowest"] for one in told),
        "highest": max(one["highest"] for one in told),
        "moved": max(one["moved"] for one in told),
        "breaches": sum(one["breaches"] for one in told),
        "seconds": sum(one["seconds"] for one in told) / len(told),
    }


def measured(problem: Problem, bound: float, way: Callable[[Problem], Ints]) -> dict[str, Any]:
    """Share of the bound, load against the common level, moved share, CPU seconds."""
    begun = time.process_time()
    choice = way(problem)
    seconds = time.process_time() - begun
    middle = (problem.lowest + problem.highest) / 2
    level = loads(choice, problem.work, problem.sellers) / middle
    return {
        "of_bound": value_of(problem, choice) / bound,
        "lowest": float(level.min()),
        "highest": float(level.max()),
        "moved": moved_share(problem.owner, choice),
        "breaches": int(not keeps_limits(problem, choice)),
        "seconds": seconds,
    }
