"""From prices to a division that keeps the limits exactly: repair, then improving moves and swaps."""

from __future__ import annotations

import numpy as np

from apps.portfolio.calculations.prices import WIDTHS, Floats, Ints, Problem, loads

PASSES = 6
# Sellers at most so far apart, in points of the average client, are as good as equal: the sharpest
# smoothing of the prices cannot tell them apart either.
EQUAL = WIDTHS[-1]
# With how many of its best sellers a client tries to swap in.
PLACES = 3
# Rounding of sums of hours is no breach of a limit.
TINY = 1e-9


class Division:
    """A division in the making: `choice` (n) and the `load` (m) that it makes.

    `score` are the problem's, with what is charged for potential and paid for staying.
    """

    def __init__(self, problem: Problem, score: Floats, hour: Floats) -> None:
        self.problem, self.score = problem, score
        # What a client is worth to a seller at the prices: moves by it hurt the whole least.
        self.net = score - problem.work[:, None] * hour
        self.choice: Ints = self.net.argmax(axis=1) if problem.clients else problem.owner
        self.load = loads(self.choice, problem.work, problem.sellers)

    def move(self, client: int, to: int) -> None:
        work = self.problem.work[client]
        self.load[self.choice[client]] -= work
        self.load[to] += work
        self.choice[client] = to

    def has_room(self, work: float | Floats) -> np.ndarray:
        return self.load + work <= self.problem.highest + TINY

    def can_spare(self, work: float | Floats) -> np.ndarray:
        return self.load - work >= self.problem.lowest - TINY

    def clients_of(self, seller: int) -> Ints:
        return np.flatnonzero(self.choice == seller)


def divided(division: Division) -> None:
    """Everybody to his best seller at the prices, while there is room: who cares most chooses first.

    At good prices many clients are worth the same to several sellers; those go where most is
    missing to the middle of the limits, so that nobody is left below the lower one.
    """
    problem = division.problem
    middle = (problem.lowest + problem.highest) / 2
    same = EQUAL * problem.point
    division.load = np.zeros(problem.sellers)
    for client in np.argsort(-regrets(division.net), kind="stable"):
        work, net = problem.work[client], division.net[client]
        options = np.where(division.has_room(work), net, -np.inf)
        best = options.max()
        if best > -np.inf:
            near = np.flatnonzero(options >= best - same)
            to = int(near[(middle - division.load)[near].argmax()])
        else:
            to = int(net.argmax())
        division.choice[client] = to
        division.load[to] += work


def regrets(net: Floats) -> Floats:
    """What each client loses when its best seller is full (n)."""
    if net.shape[1] < 2:
        return np.zeros(len(net))
    best = np.partition(net, -2, axis=1)
    return best[:, -1] - best[:, -2]


def relieve(division: Division) -> None:
    """Out of each overloaded seller go the clients whose move costs least per hour."""
    problem = division.problem
    over = division.load - problem.highest
    for seller in np.argsort(-over, kind="stable"):
        if over[seller] <= TINY:
            break
        mine = division.clients_of(seller)
        for client in mine[np.argsort(cost_of_leaving(division, mine), kind="stable")]:
            if division.load[seller] <= problem.highest[seller] + TINY:
                break
            options = np.where(
                division.has_room(problem.work[client]), division.net[client], -np.inf
            )
            options[seller] = -np.inf
            to = int(options.argmax())
            if options[to] > -np.inf:
                division.move(client, to)


def cost_of_leaving(division: Division, clients: Ints) -> Floats:
    """Points lost per hour when each of `clients` goes to its second best seller."""
    net = division.net[clients].copy()
    rows = np.arange(len(clients))
    here = net[rows, division.choice[clients]]
    net[rows, division.choice[clients]] = -np.inf
    return (here - net.max(axis=1)) / np.maximum(division.problem.work[clients], TINY)


def fill(division: Division) -> None:
    """Into each underloaded seller go the clients whose move costs least per hour."""
    problem = division.problem
    under = problem.lowest - division.load
    for seller in np.argsort(-under, kind="stable"):
        if under[seller] <= TINY:
            break
        others = np.flatnonzero((division.choice != seller) & np.isfinite(problem.score[:, seller]))
        here = division.net[others, division.choice[others]]
        cost = (here - division.net[others, seller]) / np.maximum(problem.work[others], TINY)
        for client in others[np.argsort(cost, kind="stable")]:
            if division.load[seller] >= problem.lowest[seller] - TINY:
                break
            work = problem.work[client]
            is_spared = division.can_spare(work)[division.choice[client]]
            if is_spared and division.has_room(work)[seller]:
                division.move(client, seller)


def improve(division: Division, passes: int = PASSES) -> None:
    """Up to `passes` rounds of moves that gain and keep the limits, the largest gains first."""
    for _ in range(passes):
        if not improving_moves(division) and not improving_swaps(division):
            return


def improving_moves(division: Division) -> int:
    score, choice = division.score, division.choice
    here = score[np.arange(len(choice)), choice]
    gain = score.max(axis=1) - here
    count = 0
    for client in np.argsort(-gain, kind="stable"):
        if gain[client] <= TINY:
            break
        count += move_to_better(division, int(client))
    return count


def move_to_better(division: Division, client: int) -> bool:
    """Move the client to the best seller with room, if that gains; did it?"""
    problem, seller = division.problem, division.choice[client]
    work = problem.work[client]
    if division.load[seller] - work < problem.lowest[seller] - TINY:
        return False
    options = np.where(division.has_room(work), division.score[client], -np.inf)
    to = int(options.argmax())
    if options[to] <= division.score[client, seller] + TINY:
        return False
    division.move(client, to)
    return True


def improving_swaps(division: Division) -> int:
    """Clients that would gain elsewhere change places with one whose loss is smaller."""
    net = division.net
    regret = net.max(axis=1) - net[np.arange(len(net)), division.choice]
    places = np.argsort(-net, axis=1, kind="stable")[:, :PLACES]
    eager = [
        client for client in np.argsort(-regret, kind="stable").tolist() if regret[client] > TINY
    ]
    return sum(swap_into_one_of(division, client, places[client]) for client in eager)


def swap_into_one_of(division: Division, client: int, places: Ints) -> bool:
    """Swap the client into the first of `places` where that gains, the best for it first."""
    net = division.net[client]
    here = net[division.choice[client]]
    return any(swap_in(division, client, int(to)) for to in places if net[to] > here)


def swap_in(division: Division, client: int, to: int) -> bool:
    """Bring `client` to `to` against the client there whose return gains or loses least."""
    problem, seller = division.problem, int(division.choice[client])
    if to == seller:
        return False
    theirs = division.clients_of(to)
    if not len(theirs):
        return False
    score = division.score
    gain = score[client, to] - score[client, seller] + score[theirs, seller] - score[theirs, to]
    shift = problem.work[theirs] - problem.work[client]
    fits = (
        (division.load[seller] + shift <= problem.highest[seller] + TINY)
        & (division.load[seller] + shift >= problem.lowest[seller] - TINY)
        & (division.load[to] - shift <= problem.highest[to] + TINY)
        & (division.load[to] - shift >= problem.lowest[to] - TINY)
    )
    gain = np.where(fits, gain, -np.inf)
    best = int(gain.argmax())
    if gain[best] <= TINY:
        return False
    division.move(client, to)
    division.move(int(theirs[best]), seller)
    return True
