"""How a deal lives: which stages it enters, on which days, and how it ends."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from apps.dashboard.sample.days import FAILED_SHARE, Span
from apps.deals.choices import Outcome

# By the number of the stage on the way: usual days in it, and share of lost deals that end there.
STAGE_DAYS = (1, 4, 7, 8, 5, 3)
LOST_SHARES = (0.36, 0.25, 0.21, 0.12, 0.04, 0.02)
BASE_CHANCE = 0.18
FORGOTTEN_SHARE = 0.014
FORGOTTEN_WITHIN_DAYS = 220
MEDIAN_AMOUNT = 720_000
LEVEL_AMOUNTS = {"A": 1.9, "B": 1.2, "C": 0.72, "": 0.6}
LEAST, MOST = 45_000, 9_500_000


@dataclass(slots=True)
class Life:
    """Days of entering the stages of the way, the first is the day of opening.

    `end` is the working day on which it was won or lost, None while it is open; `due` the day on
    which it would be closed; `forgotten` an open deal that nobody will close.
    """

    entered: list[date]
    outcome: Outcome
    end: date | None
    due: date
    forgotten: bool = False


def draw_amount(level: str, rng: random.Random) -> float:
    raw = MEDIAN_AMOUNT * LEVEL_AMOUNTS[level] * rng.lognormvariate(0, 0.55)
    return min(max(raw, LEAST), MOST)


def draw_life(
    span: Span,
    opened: date,
    horizon: date,
    stages: int,
    won: bool,
    size: float,
    rng: random.Random,
) -> Life:
    """A life that begins on the working day `opened` and is known until before `horizon`.

    `won` is what it comes to if the month is a usual one, `size` the amount against the median.
    """
    last = stages - 1 if won else _lost_at(stages, rng)
    days = _path(span, opened, last + 1, size, won, rng)
    due = _later_in_month(span, days[-1], days[-2], rng) if won else days[-1]
    if won and due in span.failed and rng.random() > FAILED_SHARE:
        won = False
    entered = [opened, *(day for day in days[1:-1] if day < horizon)]
    forgotten = not won and _is_forgotten(span, opened, rng)
    if due >= horizon or forgotten:
        return Life(entered, Outcome.OPEN, None, due, forgotten)
    return Life(entered, Outcome.WON if won else Outcome.LOST, due, due)


def _lost_at(stages: int, rng: random.Random) -> int:
    """Number of the stage of the way in which a lost deal ends."""
    return min(rng.choices(range(len(LOST_SHARES)), LOST_SHARES)[0], stages - 1)


def _path(
    span: Span, opened: date, stages: int, size: float, won: bool, rng: random.Random
) -> list[date]:
    """Days of entering `stages` stages and of leaving the last one."""
    slow = size**0.18 * (1.0 if won else 1.15)
    days, day = [opened], opened
    for number in range(stages):
        usual = STAGE_DAYS[min(number, len(STAGE_DAYS) - 1)]
        stay = usual * slow * rng.lognormvariate(0, 0.55)
        day = span.working_from(day + timedelta(days=round(stay)))
        days.append(day)
    return days


def _later_in_month(span: Span, day: date, not_before: date, rng: random.Random) -> date:
    """A deal due early in the month waits for its end more often than it hurries."""
    return max(rng.choice(span.working_in(day)), not_before)


def _is_forgotten(span: Span, opened: date, rng: random.Random) -> bool:
    recent = (span.today - opened).days < FORGOTTEN_WITHIN_DAYS
    return recent and rng.random() < FORGOTTEN_SHARE
