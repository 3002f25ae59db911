"""The formulas of FORMULAS.md: plain values in, plain values out.

Money is Decimal, shares are fractions, `None` is "not defined". Nothing is capped at 100 %.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from apps.core.money import round_money, split_exactly
from apps.deals.calculations import ENOUGH_STAYS

ZERO = Decimal(0)
SHARE = Decimal("0.0001")
# How many imagined deals of the stage's own probability weigh against the counted ones.
PRIOR_DEALS = 20
# Half-width of an 80% interval in standard errors.
Z80 = Decimal("1.2816")
ENOUGH_MONTHS = 3


def ratio(part: Decimal | int, whole: Decimal | int | None) -> Decimal | None:
    """`part` of `whole` as a fraction to four places; None when there is no whole."""
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(SHARE, ROUND_HALF_UP)


def mean_money(total: Decimal, count: int) -> Decimal | None:
    """Money per case, to cents."""
    return round_money(total / count) if count > 0 else None


def even_share(days_done: int, days_total: int) -> Decimal:
    """The share of a period that has gone by, where no history says better."""
    return ratio(days_done, days_total) or ZERO


def share_at(curve: Sequence[Decimal], days_done: int, days_total: int) -> Decimal | None:
    """How much of its total a past month had when the same part of its working days was done.

    `curve` is the cumulative revenue at the end of each working day; between two days it is read
    as a straight line. None for a month that sold nothing.
    """
    if not curve or curve[-1] <= 0 or not days_total:
        return None
    place = Decimal(days_done) * len(curve) / Decimal(days_total)
    whole = int(place)
    before = curve[whole - 1] if whole else ZERO
    after = curve[min(whole, len(curve) - 1)]
    reached = before + (after - before) * (place - whole)
    return (reached / curve[-1]).quantize(SHARE, ROUND_HALF_UP)


def expected_share(
    curves: Iterable[Sequence[Decimal]], days_done: int, days_total: int
) -> tuple[Decimal, int]:
    """Mean share of the past months at this working day, and how many months stand behind it.

    Fewer than three months say nothing: then working days count evenly, and the number is 0.
    """
    shares = [share_at(curve, days_done, days_total) for curve in curves]
    known = [share for share in shares if share is not None]
    if days_done >= days_total:
        return Decimal(1), len(known)
    if len(known) < ENOUGH_MONTHS:
        return even_share(days_done, days_total), 0
    mean = (sum(known, ZERO) / len(known)).quantize(SHARE, ROUND_HALF_UP)
    return min(max(mean, ZERO), Decimal(1)), len(known)


def run_rate(fact: Decimal, share: Decimal) -> Decimal | None:
    """What the period will come to if the rest of it goes as history does."""
    return round_money(fact / share) if share > 0 else None


def needed_per_day(plan: Decimal | None, fact: Decimal, days_left: int) -> Decimal | None:
    """What each working day left must bring; 0 once the plan is reached."""
    if plan is None or days_left <= 0:
        return None
    return round_money(max(plan - fact, ZERO) / days_left)


def coverage(pipeline: Decimal, plan: Decimal | None, fact: Decimal) -> Decimal | None:
    """Pipeline due in the period per unit of what is missing; None when nothing is missing."""
    if plan is None or plan <= fact:
        return None
    return (pipeline / (plan - fact)).quantize(SHARE, ROUND_HALF_UP)


def weighted(deals: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Sum of amount times probability; `deals` holds (amount, probability from 0 to 1)."""
    total = ZERO
    for amount, probability in deals:
        if not 0 <= probability <= 1:
            raise ValueError(f"probability {probability} is not within 0..1")
        total += amount * probability
    return round_money(total)


def shrunk_share(won: int, closed: int, prior: Decimal) -> Decimal:
    """Win share of a stage, drawn towards the stage's own probability while cases are few."""
    share = (won + PRIOR_DEALS * prior) / (closed + PRIOR_DEALS)
    return share.quantize(SHARE, ROUND_HALF_UP)


def percentile(values: Sequence[int], share: Decimal) -> int | None:
    """The smallest value that at least `share` of the values do not exceed (percentile_disc)."""
    if not values:
        return None
    ordered = sorted(values)
    place = -((-len(ordered) * share) // 1)
    return ordered[max(int(place), 1) - 1]


def stuck_after(stays: Sequence[int], idle_limit: int) -> int:
    """Days in a stage beyond which a deal is stuck: P75 of won deals, the limit while few."""
    learned = percentile(stays, Decimal("0.75")) if len(stays) >= ENOUGH_STAYS else None
    return idle_limit if learned is None else max(learned, 1)


def running_total(parts: Iterable[Decimal]) -> list[Decimal]:
    total, totals = ZERO, []
    for part in parts:
        total += part
        totals.append(total)
    return totals


def wape(pairs: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Sum of |forecast - fact| over the sum of facts; `pairs` holds (forecast, fact)."""
    pairs = list(pairs)
    facts = sum((fact for _, fact in pairs), ZERO)
    misses = sum((abs(forecast - fact) for forecast, fact in pairs), ZERO)
    return ratio(misses, facts)


def interval(
    point: Decimal, floor: Decimal, errors: Sequence[Decimal]
) -> tuple[Decimal, Decimal] | None:
    """The 80% interval round `point` that past relative errors give, never below `floor`.

    The spread is the root mean square of the errors with two imagined ones of 15 %; fewer than
    three months give none.
    """
    if len(errors) < ENOUGH_MONTHS:
        return None
    imagined = 2 * Decimal("0.15") ** 2
    mean_square = (imagined + sum((error**2 for error in errors), ZERO)) / (2 + len(errors))
    half = point * Z80 * mean_square.sqrt()
    return round_money(max(point - half, floor)), round_money(max(point + half, floor))


def cumulative_shares(amounts: Sequence[Decimal], counts: Sequence[int]) -> list[Decimal]:
    """Share of the total down to each row; of the counts when no row has an amount."""
    values = list(amounts) if any(amounts) else [Decimal(count) for count in counts]
    total = sum(values, ZERO)
    return [ratio(value, total) or ZERO for value in running_total(values)]


def seasonality(years: Sequence[Sequence[Decimal]]) -> list[Decimal]:
    """Twelve month weights with the mean 1, from whole years of revenue by month (F1).

    A month's mean share of its year, drawn towards 1 while years are few: with n years the
    history weighs n / (n + 2).
    """
    whole = [year for year in years if sum(year) > 0]
    if not whole:
        return [Decimal(1)] * 12
    trust = Decimal(len(whole)) / (len(whole) + 2)
    weights = []
    for month in range(12):
        mean = sum((year[month] * 12 / sum(year) for year in whole), ZERO) / len(whole)
        weights.append(max(trust * mean + 1 - trust, ZERO).quantize(SHARE, ROUND_HALF_UP))
    return weights


def distribute(
    total: Decimal, months: Sequence[Decimal], people: Sequence[Decimal]
) -> list[list[Decimal]]:
    """`total` by month weights and within a month by people's weights; the parts sum up exactly.

    The outer list has a row per person, the inner ones a sum per month.
    """
    by_month = [split_exactly(part, people) for part in split_exactly(total, months)]
    return [list(row) for row in zip(*by_month, strict=True)]
