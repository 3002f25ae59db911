"""Plan decomposition (F1): the year to quarters, months, teams and people, exact at every step.

FORMULAS.md, "Plan decomposition", has the worked examples that the tests repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from apps.core.money import CENT, split_exactly

ZERO, ONE = Decimal(0), Decimal(1)
# A newcomer bears a quarter of the full plan in his first month, a quarter more in each next one.
RAMP_STEP = Decimal("0.25")
FULL_DAY_HOURS = Decimal(8)
MONTHS_A_QUARTER = 3
MONTHS_A_YEAR = 12

# A person and the place of a month, from 0.
CellKey = tuple[int, int]


class CannotSpreadError(ValueError):
    """`code` is "kept_over_total" or "nobody_free"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def months_between(earlier: date, later: date) -> int:
    """Calendar months from the month of `earlier` to that of `later`; negative the other way."""
    return (later.year - earlier.year) * MONTHS_A_YEAR + later.month - earlier.month


def ramp_in(month: date, *, now: date, share_now: Decimal, hired_on: date | None) -> Decimal:
    """The share of the full plan that a person can bear in the month that begins on `month`.

    0 before the hire. Months before that of `now` count from the hire: 0.25, 0.5, 0.75, 1. From
    `now` on the share set by hand (`share_now`) grows by a quarter a month; a share of 0 says that
    the person bears no plan and stays. Someone hired later counts from his hire.
    """
    since_hire = months_between(hired_on, month) if hired_on else MONTHS_A_YEAR
    if since_hire < 0 or share_now == 0:
        return ZERO
    ahead = months_between(now, month)
    if ahead < 0 or (hired_on is not None and months_between(now, hired_on) > 0):
        return min(ONE, RAMP_STEP * (since_hire + 1))
    return min(ONE, share_now + RAMP_STEP * ahead)


@dataclass(frozen=True)
class Capacity:
    """`days` the person is employed of the month's working ones, `away` of these, his shares."""

    days: int
    away: int
    hours: Decimal
    ramp: Decimal

    @property
    def weight(self) -> Decimal:
        """In full working days of a grown-in person."""
        return (self.days - self.away) * self.hours * self.ramp


def capacity_in(
    working_days: Iterable[date],
    *,
    hired_on: date | None,
    left_on: date | None,
    absences: Iterable[tuple[date, date]],
    hours_per_day: Decimal,
    ramp: Decimal,
) -> Capacity:
    """Working days from the hire until before `left_on`; absences are half-open ranges."""
    days = [
        day
        for day in working_days
        if (hired_on is None or hired_on <= day) and (left_on is None or day < left_on)
    ]
    away = sum(any(start <= day < end for start, end in absences) for day in days)
    return Capacity(len(days), away, hours_per_day / FULL_DAY_HOURS, ramp)


def potentials(past: Mapping[int, tuple[Decimal, int]], weight: Decimal) -> dict[int, Decimal]:
    """How much better than the mean of the group each person sells; 1 is the mean.

    `past` holds the revenue of the last 12 months and in how many of them the person was here.
    What he sold a month, against the mean of the group, is drawn towards 1: it counts by `weight`
    (a fraction from 0 to 1) and by his months ÷ 12.
    """
    a_month = {
        person: max(sum_, ZERO) / months for person, (sum_, months) in past.items() if months
    }
    mean = sum(a_month.values(), ZERO) / len(a_month) if a_month else ZERO
    if not mean:
        return dict.fromkeys(past, ONE)
    found = dict.fromkeys(past, ONE)
    for person, sold in a_month.items():
        trust = weight * min(past[person][1], MONTHS_A_YEAR) / MONTHS_A_YEAR
        found[person] = (ONE + trust * (sold / mean - ONE)).quantize(
            Decimal("0.0001"), ROUND_HALF_UP
        )
    return found


@dataclass(frozen=True)
class Place:
    """A person in the tree: `path` are the nodes above him, the highest first; weights by month."""

    person: int
    path: tuple[int, ...]
    weights: Sequence[Decimal]


def decompose(
    total: Decimal,
    season: Sequence[Decimal],
    places: Sequence[Place],
    *,
    kept: Mapping[CellKey, Decimal] | None = None,
    step: Decimal = CENT,
) -> dict[CellKey, Decimal]:
    """Every person's amount of every month; the whole makes `total` exactly.

    The year goes to quarters and months by `season`, a month to the branches of the tree by the sums
    of their people's weights, and so down to the people. Cells of `kept` stay as they are: a month
    that holds more of them than its share has just them, and the others give it. A month in which
    nobody is free has no share. Parts are multiples of `step`, what is left over goes to the
    largest weight. Raises CannotSpreadError when the kept cells exceed the total, or when something
    is left and there is nobody to bear it.
    """
    kept = kept or {}
    free = {
        month: [p for p in places if (p.person, month) not in kept and p.weights[month] > 0]
        for month in range(len(season))
    }
    rests = _rests(total, season, free, kept, step)
    found = dict.fromkeys(((p.person, month) for p in places for month in range(len(season))), ZERO)
    found |= kept
    for month, rest in rests.items():
        for person, part in _share_out(rest, free[month], month, step):
            found[person, month] = part
    return found


def _rests(
    total: Decimal,
    season: Sequence[Decimal],
    free: Mapping[int, list[Place]],
    kept: Mapping[CellKey, Decimal],
    step: Decimal,
) -> dict[int, Decimal]:
    """What each month has for its free people: its share less what is kept there."""
    held = dict.fromkeys(range(len(season)), ZERO)
    for (_person, month), amount in kept.items():
        held[month] += amount
    shared = {month for month in held if free[month] and season[month] > 0}
    while shared:
        rest = total - sum((held[month] for month in held if month not in shared), ZERO)
        if rest < 0:
            raise CannotSpreadError("kept_over_total")
        targets = _by_quarters(rest, {month: season[month] for month in sorted(shared)}, step)
        full = {month for month in shared if targets[month] < held[month]}
        if not full:
            return {month: target - held[month] for month, target in targets.items()}
        shared -= full
    missing = total - sum(held.values(), ZERO)
    if missing:
        raise CannotSpreadError("nobody_free" if missing > 0 else "kept_over_total")
    return {}


def _by_quarters(
    total: Decimal, weights: Mapping[int, Decimal], step: Decimal
) -> dict[int, Decimal]:
    quarters: dict[int, list[int]] = {}
    for month in weights:
        quarters.setdefault(month // MONTHS_A_QUARTER, []).append(month)
    sums = [sum((weights[month] for month in months), ZERO) for months in quarters.values()]
    found: dict[int, Decimal] = {}
    for months, part in zip(quarters.values(), split_in_steps(total, sums, step), strict=True):
        parts = split_in_steps(part, [weights[month] for month in months], step)
        found.update(zip(months, parts, strict=True))
    return found


def _share_out(
    amount: Decimal, places: Sequence[Place], month: int, step: Decimal, depth: int = 0
) -> Iterator[tuple[int, Decimal]]:
    """`amount` over the branches below `depth`, down to the people."""
    branches: dict[Any, list[Place]] = {}
    for place in places:
        is_above = depth < len(place.path)
        branches.setdefault(place.path[depth] if is_above else (place.person,), []).append(place)
    weights = [sum((p.weights[month] for p in inside), ZERO) for inside in branches.values()]
    parts = split_in_steps(amount, weights, step)
    for inside, part in zip(branches.values(), parts, strict=True):
        if len(inside) == 1:
            yield inside[0].person, part
        else:
            yield from _share_out(part, inside, month, step, depth + 1)


def split_in_steps(
    total: Decimal, weights: Sequence[Decimal], step: Decimal = CENT
) -> list[Decimal]:
    """Parts of `total`, not negative, in proportion to `weights`, in multiples of `step`.

    What `total` has beyond a multiple goes to the largest weight; the parts sum up exactly.
    """
    whole = total // step
    parts = [part / CENT * step for part in split_exactly(whole * CENT, weights)]
    parts[max(range(len(weights)), key=lambda at: weights[at])] += total - whole * step
    return parts


def scaled(amounts: Sequence[Decimal], share: Decimal, step: Decimal = CENT) -> list[Decimal]:
    """Another level of the plan: `share` of the whole, rounded to `step`, in the same proportions."""
    total = sum(amounts, ZERO)
    if not total:
        return [ZERO] * len(amounts)
    wanted = (total * share / step).quantize(ONE, ROUND_HALF_UP) * step
    return split_in_steps(wanted, amounts, step)


def still_to_plan(annual: Decimal, *, over: Decimal, done_now: Decimal) -> Decimal:
    """What the days left of the year must bring; 0 once the year's total is reached.

    `over` is the fact of the months that are over, `done_now` that of the running month so far.
    """
    return max(annual - over - done_now, ZERO)


def grown(amount: Decimal, percent: Decimal, step: Decimal = CENT) -> Decimal:
    """`amount` more by `percent` (-10 is a tenth less), to the nearest multiple of `step`."""
    return (amount * (100 + percent) / 100 / step).quantize(ONE, ROUND_HALF_UP) * step
