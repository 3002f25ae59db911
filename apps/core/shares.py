"""How sure a share of counted cases is; plain values only."""

from math import sqrt
from typing import NamedTuple

# Two-sided 95 %: the 0.975 quantile of the normal distribution.
Z95 = 1.959963984540054
# A rate over fewer cases says too little to be shown (F20).
ENOUGH = 10


class Interval(NamedTuple):
    """Fractions, `low` <= `high`."""

    low: float
    high: float


def wilson(successes: int, n: int, z: float = Z95) -> Interval:
    """The score interval of `successes` of `n`; for n = 0 nothing is known: 0..1.

    It stays within 0..1 and does not shrink to a point at 0 or n of n. Raises ValueError when
    there are more successes than cases. Source: E. B. Wilson, "Probable inference, the law of
    succession, and statistical inference", JASA 22 (1927), 209-212.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    if n == 0:
        return Interval(0.0, 1.0)
    share, square = successes / n, z * z
    middle = share + square / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + square / (4 * n * n))
    scale = 1 + square / n
    return Interval(max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def newcombe(first: tuple[int, int], second: tuple[int, int], z: float = Z95) -> Interval:
    """The interval of the difference of two shares (successes, n), the first less the second.

    Source: R. G. Newcombe, "Interval estimation for the difference between independent
    proportions", Statistics in Medicine 17 (1998), 873-890, method 10. Raises ValueError for n = 0.
    """
    if not (first[1] and second[1]):
        raise ValueError("a share of nothing has no difference")
    share1, share2 = first[0] / first[1], second[0] / second[1]
    of1, of2 = wilson(*first, z), wilson(*second, z)
    difference = share1 - share2
    below = sqrt((share1 - of1.low) ** 2 + (of2.high - share2) ** 2)
    above = sqrt((of1.high - share1) ** 2 + (share2 - of2.low) ** 2)
    return Interval(difference - below, difference + above)
