"""Hours: what a client costs and what a person has; the worth of a client; evenness."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class Norms:
    """Touches a month and minutes of a touch by level ("" is no level); minutes of the rest."""

    touches: dict[str, float]
    touch_minutes: dict[str, int]
    lead_minutes: int
    deal_minutes: int
    task_minutes: int


def client_hours(norms: Norms, level: str) -> float:
    """Hours a month that looking after a client of `level` takes, without his deals."""
    known = level if level in norms.touch_minutes else ""
    return norms.touches[known] * norms.touch_minutes[known] / MINUTES_AN_HOUR


def open_work_hours(norms: Norms, *, leads: int, deals: int, tasks: int) -> float:
    """Hours a month of open leads, deals beyond the lead and tasks."""
    minutes = leads * norms.lead_minutes + deals * norms.deal_minutes + tasks * norms.task_minutes
    return minutes / MINUTES_AN_HOUR


def capacity_hours(
    *, working_days: int, away_days: int, hours_per_day: float, ramp: float, client_share: float
) -> float:
    """Hours for clients in the coming month: working hours × ramp × (1 − absence) × their share.

    `away_days` of the `working_days` are absence; `ramp` and `client_share` are fractions.
    """
    if working_days <= 0:
        return 0.0
    absence = min(away_days / working_days, 1.0)
    return working_days * hours_per_day * ramp * (1 - absence) * client_share


def worth(potential: float) -> float:
    """The weight of a client in the score: the logarithm of his potential, in thousands a year.

    So that one giant does not outweigh a hundred; a client without potential still weighs something.
    """
    return 0.25 + math.log1p(max(potential, 0.0) / 1000)


def spread(values: Sequence[float]) -> float | None:
    """Coefficient of variation σ ÷ mean; None when there is nothing to compare."""
    mean = sum(values) / len(values) if values else 0.0
    if len(values) < 2 or not mean:
        return None
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) / mean
