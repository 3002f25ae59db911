"""From the base to a proposal: the problem for the optimiser, its answer, and why each client moves."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from apps.portfolio.actions.explaining import experience, why
from apps.portfolio.actions.reading import Reading, Row, as_money, read_base
from apps.portfolio.calculations.distribution import Solution, limits, solve
from apps.portfolio.calculations.load import worth
from apps.portfolio.calculations.prices import Floats, Problem, loads
from apps.portfolio.choices import DistributionScope, Ineligible, SeatMode
from apps.portfolio.models import Distribution, DistributionMove, DistributionSeat, SellerFocus

# What a seller brings to a client, against 1 for anybody: knowing the town, knowing the industry,
# and being the one whom the client knows.
ANYBODY, TOWN, INDUSTRY, STAYING = 0.2, 1.0, 0.6, 0.5


# The stage of what is under way: "reading", "solving".
Beat = Callable[[str], None]


def silent(stage: str) -> None:
    """Tells nobody how far the work is."""


@dataclass
class Proposal:
    """Rows to be written, and what `Distribution.summary` holds."""

    seats: list[DistributionSeat]
    moves: list[DistributionMove]
    summary: dict[str, Any]


def counted(distribution: Distribution, beat: Beat) -> Proposal:
    """Read the base, divide it, explain each move; nothing is written."""
    beat("reading")
    modes = dict(distribution.seats.values_list("user_id", "mode"))
    found = read_base(distribution)
    seats = seats_of(distribution, found, modes)
    fill_loads(seats, found)
    setting = set_up(distribution, found, seats)
    solution, seconds = answer(distribution, setting, lambda: beat("solving"))
    for seat, price in zip(setting.seats, solution.hour, strict=True):
        seat.hour_price = float(price)
    moves = moves_of(distribution, found, setting, solution, seats)
    return Proposal(seats, moves, summary_of(found, setting, solution, seconds))


def summary_of(
    found: Reading, setting: Setting, solution: Solution, seconds: float
) -> dict[str, Any]:
    return {
        "clients": len(found.divided),
        "level": setting.level,
        "moved_share": solution.moved_share,
        "keeps_limits": solution.keeps_limits,
        "of_bound": solution.value / solution.bound if solution.bound > 0 else None,
        "point": point_of(setting),
        "seconds": round(seconds, 2),
    }


def point_of(setting: Setting) -> float:
    """Potential a year behind one point of score, so that a price can be said in money."""
    best = setting.problem.score.max(axis=1).sum() if setting.rows else 0.0
    potential = sum(row.potential for row in setting.rows)
    return float(potential / best) if np.isfinite(best) and best > 0 else 0.0


@dataclass
class Setting:
    """The seats that may have clients (`seats`, the columns), and what stays outside."""

    seats: list[DistributionSeat]
    rows: list[Row]
    kept: Floats
    problem: Problem
    level: float


def seats_of(
    distribution: Distribution, found: Reading, modes: dict[int, str]
) -> list[DistributionSeat]:
    """Everybody with his mode: what the head chose, and what his state allows."""
    clients = Counter(row.owner for row in found.clients)
    best = Counter(row.owner for row in found.clients if row.level == "A")
    money: Counter[int | None] = Counter()
    for row in found.clients:
        money[row.owner] += row.potential  # type: ignore[assignment]
    return [
        DistributionSeat(
            distribution=distribution,
            user=person,
            mode=mode_of(distribution, person.pk, found.obstacles[person.pk], modes),
            obstacle=found.obstacles[person.pk],
            capacity_hours=found.capacity[person.pk],
            load_hours=0.0,
            potential=as_money(money[person.pk]),
            clients=clients[person.pk],
            clients_a=best[person.pk],
        )
        for person in found.people
    ]


def mode_of(
    distribution: Distribution, person: int, obstacle: Ineligible, modes: dict[int, str]
) -> SeatMode:
    """Leavers and the person whose clients are divided give all; who may not receive keeps his."""
    is_source = distribution.scope == DistributionScope.PERSON and person == distribution.person_id
    if is_source or obstacle == Ineligible.DISMISSED:
        return SeatMode.GIVES
    if modes.get(person) == SeatMode.PINNED:
        return SeatMode.PINNED
    if obstacle:
        return SeatMode.KEEPS
    return SeatMode(modes.get(person, SeatMode.TAKES))


def fill_loads(seats: list[DistributionSeat], found: Reading) -> None:
    load: Counter[int | None] = Counter()
    for row in found.clients:
        load[row.owner] += row.hours  # type: ignore[assignment]
    for seat in seats:
        seat.load_hours = load[seat.user_id] + found.other_hours.get(seat.user_id, 0.0)


def set_up(distribution: Distribution, found: Reading, seats: list[DistributionSeat]) -> Setting:
    """The matrix and the limits.

    Who may only keep is a column for his own clients, without a lower limit and never above what he
    has: he gets nothing, and nothing is taken from him by force.
    """
    pinned = {seat.user_id for seat in seats if seat.mode == SeatMode.PINNED}
    columns = [seat for seat in seats if seat.mode not in (SeatMode.PINNED, SeatMode.GIVES)]
    number = {seat.user_id: index for index, seat in enumerate(columns)}
    takes = np.array([seat.mode == SeatMode.TAKES for seat in columns], dtype=bool)
    rows = [row for row in found.divided if row.owner not in pinned]
    owner = np.array([number.get(row.owner or 0, -1) for row in rows], dtype=np.int64)
    if not takes.any():
        rows, owner = [], owner[:0]
    work = np.array([row.hours for row in rows], dtype=np.float64)
    capacity = np.array([seat.capacity_hours for seat in columns], dtype=np.float64)
    load = np.array([seat.load_hours for seat in columns], dtype=np.float64)
    own = loads(owner[owner >= 0], work[owner >= 0], len(columns))
    kept = np.maximum(load - own, 0.0)
    lowest, highest, level = bounds(takes, capacity, kept, own, work, float(distribution.tolerance))
    score = scores(rows, columns, found, owner)
    allowed = takes[None, :] | (owner[:, None] == np.arange(len(columns))[None, :])
    problem = Problem(np.where(allowed, score, -np.inf), work, lowest, highest, owner)
    return Setting(columns, rows, kept, problem, level)


def bounds(
    takes: np.ndarray,
    capacity: Floats,
    kept: Floats,
    own: Floats,
    work: Floats,
    tolerance: float,
) -> tuple[Floats, Floats, float]:
    """Limits of hours: the common level for those who take, "at most his own" for those who keep."""
    staying = float(own[~takes].sum())
    able = np.where(takes, capacity, 0.0)
    lowest, highest, level = limits(
        able, np.where(takes, kept, 0.0), float(work.sum()) - staying, tolerance
    )
    return np.where(takes, lowest, 0.0), np.where(takes, highest, own), level


def scores(
    rows: list[Row], seats: list[DistributionSeat], found: Reading, owner: np.ndarray
) -> Floats:
    """n × m: (anybody + town + industry + staying) × worth of the client."""
    value = np.array([worth(row.potential) for row in rows], dtype=np.float64)
    focus = {
        one.user_id: one
        for one in SellerFocus.objects.filter(user__in=[seat.user_id for seat in seats])
    }
    fit = np.full((len(rows), len(seats)), ANYBODY)
    for weight, attribute, stated in (
        (TOWN, "city", "cities"),
        (INDUSTRY, "industry", "industries"),
    ):
        fit += weight * known_share(rows, seats, found, focus, attribute, stated)
    stays = owner >= 0
    fit[np.flatnonzero(stays), owner[stays]] += STAYING
    return fit * value[:, None]


def known_share(
    rows: list[Row],
    seats: list[DistributionSeat],
    found: Reading,
    focus: dict[int, SellerFocus],
    attribute: str,
    stated: str,
) -> Floats:
    """n × m, 0 to 1: what each seller said he sells to, else his experience against the most."""
    names = sorted({getattr(row, attribute) for row in rows})
    place = {name: index for index, name in enumerate(names)}
    column = {seat.user_id: index for index, seat in enumerate(seats)}
    counts = np.zeros((len(names), len(seats)))
    for row in found.clients:
        name = getattr(row, attribute)
        if name in place and row.owner in column:
            counts[place[name], column[row.owner]] += 1
    share = counts / np.maximum(counts.max(axis=1, keepdims=True, initial=0), 1)
    for user, one in focus.items():
        if said := {name.strip().casefold() for name in getattr(one, stated)}:
            share[:, column[user]] = [float(name.casefold() in said) for name in names]
    if "" in place:
        share[place[""], :] = 0.0  # an unknown town speaks for nobody
    return share[[place[getattr(row, attribute)] for row in rows]].reshape(len(rows), len(seats))


def with_fair_shares(setting: Setting) -> Problem:
    """The problem that also draws potential nearer to the shares of capacity."""
    potential = np.array([row.potential for row in setting.rows], dtype=np.float64)
    capacity = np.array(
        [seat.capacity_hours if seat.mode == SeatMode.TAKES else 0.0 for seat in setting.seats]
    )
    if not len(potential) or potential.sum() <= 0 or capacity.sum() <= 0:
        return setting.problem
    unit = potential / potential.mean()
    return replace(setting.problem, unit=unit, fair=unit.sum() * capacity / capacity.sum())


def answer(
    distribution: Distribution, setting: Setting, beat: Callable[[], None]
) -> tuple[Solution, float]:
    """The solution and the seconds of CPU that it took."""
    begun = time.process_time()
    solution = solve(
        with_fair_shares(setting), most_moved=float(distribution.most_moved), beat=beat
    )
    return solution, time.process_time() - begun


def moves_of(
    distribution: Distribution,
    found: Reading,
    setting: Setting,
    solution: Solution,
    all_seats: list[DistributionSeat],
) -> list[DistributionMove]:
    """Everybody who changes hands, with the reasons in codes."""
    by_user = {seat.user_id: seat for seat in all_seats}
    known = experience(found)
    moves = []
    for index, row in enumerate(setting.rows):
        seat = setting.seats[int(solution.choice[index])]
        if seat.user_id == row.owner:
            continue
        moves.append(
            DistributionMove(
                distribution=distribution,
                client_id=row.pk,
                old_owner_id=row.owner,
                new_owner_id=seat.user_id,
                level=row.level,
                hours=row.hours,
                potential=as_money(row.potential),
                why=why(row, seat, by_user.get(row.owner or 0), known, setting.level),
            )
        )
    return moves
