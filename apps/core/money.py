"""The one place where money is rounded and divided."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def round_money(value: Decimal) -> Decimal:
    """`value` to cents, halves away from zero: 0.005 becomes 0.01 and -0.005 becomes -0.01."""
    return value.quantize(CENT, ROUND_HALF_UP)


def split_exactly(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """`total`, rounded to cents, in parts proportional to `weights`; the parts sum up exactly.

    Largest remainder: each part is its share cut to cents, and the cents left over go to the
    largest remainders, the first of equal ones first. A negative total gives the negated parts.
    Raises ValueError for a negative weight and when all weights are zero.
    """
    if any(weight < 0 for weight in weights) or not sum(weights):
        raise ValueError("weights must be positive")
    cents = int(round_money(abs(total)) / CENT)
    shares = [cents * Decimal(weight) / sum(weights) for weight in weights]
    parts = [int(share.to_integral_value(ROUND_FLOOR)) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda at: parts[at] - shares[at])
    for at in by_remainder[: cents - sum(parts)]:
        parts[at] += 1
    sign = -1 if total < 0 else 1
    return [sign * part * CENT for part in parts]
