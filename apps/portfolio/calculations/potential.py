"""Fair shares of potential: a second price, of a rouble, on top of the price of an hour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from apps.portfolio.calculations.prices import Floats, Problem, best_at, find_prices

ROUNDS, STEPS_A_ROUND = 14, 40
# The first step of its price, in average scores.
FIRST = 0.1
# Potential may differ from the fair share by so much before its price moves.
PATIENCE = 0.10


def even_out(problem: Problem, potential: Floats, fair: Floats) -> Problem:
    """The problem with scores lowered where a seller already has more than his share of potential.

    `potential` (n) is a year's money of each client, `fair` (m) what each seller should have of it.
    Limits of work stay hard, shares of potential are only drawn nearer: F10 asks for the load first
    and for the evenness of potential after it.
    """
    total = potential.sum()
    if problem.clients == 0 or total <= 0 or not (fair > 0).any():
        return problem
    scale = np.abs(problem.score[np.isfinite(problem.score)]).sum() / np.isfinite(
        problem.score
    ).sum()
    unit = potential / (total / problem.clients)
    price, hour = np.zeros(problem.sellers), None
    best, least = price, np.inf
    for round_number in range(ROUNDS):
        tried = priced(problem, unit, price)
        hour = find_prices(tried, start=hour, steps=STEPS_A_ROUND).hour
        choice, _bound = best_at(tried, hour)
        held = np.bincount(choice, weights=potential, minlength=problem.sellers)
        gap = (held - fair) / np.maximum(fair, total / problem.sellers / 10)
        if gap.std() < least:
            best, least = price, gap.std()
        beyond = np.sign(gap) * np.maximum(np.abs(gap) - PATIENCE, 0)
        price = price + FIRST * scale / (1 + 0.2 * round_number) * np.clip(beyond, -1, 1)
    return priced(problem, unit, best)


def priced(problem: Problem, unit: Floats, price: Floats) -> Problem:
    return replace(problem, score=problem.score - unit[:, None] * price)
