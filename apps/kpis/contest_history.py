"""What sides of a contest did in a stretch of days, and what a contest would have brought before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from apps.core.metrics import (
    FEWEST_CASES,
    Direction,
    Metric,
    added,
    all_metrics,
    read_columns,
    source_of,
)
from apps.core.periods import Period
from apps.kpis.calculations.contest import (
    MOST_WINDOWS,
    Prize,
    Simulation,
    Tally,
    baselines,
    scores,
    simulate,
)
from apps.kpis.models import DealFact

BASELINE = timedelta(weeks=13)
WEEK = Decimal(7)
ZERO, ONE = Decimal(0), Decimal(1)
SEED = 20_261_126

# Side to its people.
Sides = Mapping[int, Collection[int]]
Columns = Mapping[int, Mapping[str, Decimal]]


def contest_metrics() -> list[Metric]:
    """Sums and ratios of which more is better; a balance is nobody's achievement of a month."""
    return [
        metric
        for metric in all_metrics()
        if metric.direction == Direction.MORE
        and not any(source_of(code).is_stock for code in metric.sources)
    ]


def tallies(
    metric: Metric, period: Period, sides: Sides, *, by_week: bool = True
) -> dict[int, Tally]:
    """The sums of each side in one statement a source; a plain sum counts per person.

    `by_week`: and week, so that stretches of different length can be compared.
    """
    columns = read_columns(period, metric.sources)
    return tallied(metric, columns, sides, weeks_of(period) if by_week else ONE)


def tallied(metric: Metric, columns: Columns, sides: Sides, weeks: Decimal) -> dict[int, Tally]:
    return {side: tally(metric, columns, people, weeks) for side, people in sides.items()}


def weeks_of(period: Period) -> Decimal:
    return Decimal(period.length) / WEEK


def tally(
    metric: Metric,
    columns: Columns,
    people: Collection[int],
    weeks: Decimal,
) -> Tally:
    measure = metric.measure(added(columns.get(person, {}) for person in people))
    if measure.bottom is None:
        return Tally(measure.top, weeks * len(people))
    # A rate of a few cases is luck: it takes no place until there are ten.
    if metric.is_rate and measure.n < FEWEST_CASES:
        return Tally(ZERO, ZERO)
    return Tally(measure.top, measure.bottom)


def baselines_before(metric: Metric, day: date, sides: Sides) -> dict[int, Decimal | None]:
    """Of the thirteen weeks before `day`."""
    return baselines(tallies(metric, Period(day - BASELINE, day), sides))


def past_windows(length: int, today: date, first: date | None) -> list[Period]:
    """Up to twelve stretches of `length` days that end before `today`, each after a baseline."""
    if first is None:
        return []
    found: list[Period] = []
    end = today
    while len(found) < MOST_WINDOWS and end - timedelta(days=length) - BASELINE >= first:
        found.append(Period(end - timedelta(days=length), end))
        end -= timedelta(days=length)
    return found


def first_day() -> date | None:
    """Since when there are facts."""
    return DealFact.objects.order_by("day").values_list("day", flat=True).first()


def rehearse(
    metric: Metric,
    *,
    length: int,
    sides: Sides,
    prizes: Iterable[Prize],
    by_place: bool,
    is_normalised: bool,
    budget: Decimal,
    today: date,
) -> dict[str, Any]:
    """The simulation of a contest with its own rule, and who would win by the other one, as JSON."""
    windows = past_windows(length, today, first_day())
    fair, plain = [], []
    for window in windows:
        columns, base = (
            read_columns(window, metric.sources),
            baselines_before(metric, window.start, sides),
        )
        fair.append(scores(tallied(metric, columns, sides, weeks_of(window)), base))
        plain.append(scores(tallied(metric, columns, sides, ONE), None))
    rule = {"by_place": by_place, "budget": budget, "seed": SEED}
    own, other = (fair, plain) if is_normalised else (plain, fair)
    found = simulate(own, list(prizes), **rule)  # type: ignore[arg-type]
    against = simulate(other, [], **rule)  # type: ignore[arg-type]
    return {**stored(found, against), "as_of": today.isoformat()}


def stored(found: Simulation, against: Simulation) -> dict[str, Any]:
    kept = asdict(found)
    kept |= {name: str(kept[name]) for name in ("expected", "low", "high")}
    kept["wins"] = {str(side): round(share, 4) for side, share in found.wins.items()}
    return kept | {
        "top_share": found.top_share,
        "top_side": found.top_side,
        "is_lopsided": found.is_lopsided,
        "is_short": found.is_short,
        "other_top_share": against.top_share,
    }
