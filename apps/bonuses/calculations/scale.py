"""The scale itself (F8): steps of a commission, or shares of a target bonus. Nothing is rounded here."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

ZERO, ONE = Decimal(0), Decimal(1)


class Step(NamedTuple):
    """From `starts_at` on, `rate` holds.

    Of a commission: an amount and a fraction of it. Of a scale: an attainment (1 is the whole plan)
    and the fraction of the target bonus that is due there.
    """

    starts_at: Decimal
    rate: Decimal


class TierPart(NamedTuple):
    """The part of the base that lies within one step, and what it brings."""

    starts_at: Decimal
    ends_at: Decimal | None
    rate: Decimal
    part: Decimal
    amount: Decimal


def tier_parts(base: Decimal, steps: Sequence[Step]) -> list[TierPart]:
    """`base` cut at the steps, from the lowest; the last step has no end. Parts add up to the base
    that lies above the first step."""
    ends = [step.starts_at for step in steps[1:]]
    parts = []
    for step, end in zip(steps, [*ends, None], strict=True):
        top = base if end is None else min(base, end)
        part = max(top - step.starts_at, ZERO)
        parts.append(TierPart(step.starts_at, end, step.rate, part, part * step.rate))
    return parts


def marginal(base: Decimal, steps: Sequence[Step]) -> Decimal:
    """Σ rate × (part of the base inside the step). 2.5 m on 3/5/8 % from 0, 1 and 2 m: 120,000."""
    return sum((part.amount for part in tier_parts(base, steps)), ZERO)


def rate_at(value: Decimal, steps: Sequence[Step]) -> Decimal:
    """The rate of the highest step reached; 0 below the first."""
    return next((step.rate for step in reversed(steps) if value >= step.starts_at), ZERO)


def retroactive(base: Decimal, steps: Sequence[Step]) -> Decimal:
    """Rate of the step reached × the whole base. 2.5 m on 3/5/8 % from 0, 1 and 2 m: 200,000."""
    return max(base, ZERO) * rate_at(base, steps)


def paid_share(
    attainment: Decimal, points: Sequence[Step], *, accelerator: Decimal, ceiling: Decimal | None
) -> Decimal:
    """The share of the target bonus due at `attainment`.

    Nothing below the first point; a straight line between points; above the last one each further
    percent of the plan brings `accelerator` percent of the bonus, up to `ceiling`.
    Points 70 % → 50 %, 100 % → 100 %, accelerator 1.5: 85 % gives 75 %, 120 % gives 130 %.
    """
    if not points or attainment < points[0].starts_at:
        return ZERO
    share = _between(attainment, points)
    if share is None:
        last = points[-1]
        share = last.rate + accelerator * (attainment - last.starts_at)
    return share if ceiling is None else min(share, ceiling)


def _between(attainment: Decimal, points: Sequence[Step]) -> Decimal | None:
    """On the line between the two points around `attainment`; None beyond the last."""
    for low, high in pairwise(points):
        if attainment < high.starts_at:
            way = (attainment - low.starts_at) / (high.starts_at - low.starts_at)
            return low.rate + way * (high.rate - low.rate)
    return None
