"""ABC, XYZ and the whole segmentation: frames in, frames out; no database, no clock.

A frame has one row a client, indexed by the client's number. Money is in whole cents (int64), so
that sums and ties are exact. Source of every rule: FORMULAS.md of this room.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from apps.portfolio.calculations import lifecycle, rfm
from apps.portfolio.calculations.thresholds import QUARTER_COLUMNS, Base, Thresholds
from apps.portfolio.choices import AbcClass, XyzClass


def share_before(revenue: pd.Series) -> pd.Series:
    """The share of all revenue that larger clients bring, for each client with revenue above zero.

    Clients with the same revenue have the same share, that of the first of them. Others are NaN.
    """
    paying = revenue[revenue > 0].sort_values(ascending=False, kind="stable")
    before = paying.cumsum() - paying
    return (
        (before.groupby(paying).min().reindex(paying).set_axis(paying.index))
        .div(paying.sum())
        .reindex(revenue.index)
    )


def abc(shares: pd.Series, thresholds: Thresholds) -> pd.Series:
    """A below the first threshold of the share before the client, B below the second, else C."""
    classes = np.select(
        [shares.isna(), shares < thresholds.a_share, shares < thresholds.b_share],
        [AbcClass.NONE.value, AbcClass.A.value, AbcClass.B.value],
        AbcClass.C.value,
    )
    return pd.Series(classes, index=shares.index, dtype=object)


def held_abc(
    raw: pd.Series, shares: pd.Series, previous: pd.DataFrame, thresholds: Thresholds
) -> pd.Series:
    """`raw`, unless the client only just crossed a threshold: then the class of the run before.

    `previous` has "abc" (what was published) and "abc_raw" by client. A client changes when his
    share lies beyond the threshold by the margin, or when two runs in a row say the same class.
    """
    before = previous["abc"].reindex(raw.index)
    said = previous["abc_raw"].reindex(raw.index)
    is_near = pd.Series(False, index=raw.index)
    for name, (low, high) in widened_ranges(thresholds).items():
        is_near |= (before == name) & (shares >= low) & (shares < high)
    return raw.where(~is_near | (said == raw), before)


def widened_ranges(thresholds: Thresholds) -> dict[str, tuple[float, float]]:
    """The half-open range of shares in which a client of each class keeps it."""

    def moved(limit: float, by: float) -> float:
        return round(limit + by, 6)  # 0.80 + 0.02 is 0.82, not 0.8200000000000001

    a, b, margin = thresholds.a_share, thresholds.b_share, thresholds.margin
    return {
        AbcClass.A.value: (-np.inf, moved(a, margin)),
        AbcClass.B.value: (moved(a, -margin), moved(b, margin)),
        AbcClass.C.value: (moved(b, -margin), np.inf),
    }


def quarters_known(first_on: pd.Series, starts: list[date]) -> pd.Series:
    """How many of the quarters that begin at `starts` each client has been a client in.

    The quarter of the first order counts; 0 for who never ordered.
    """
    edges = np.array(starts, dtype="datetime64[D]")
    days = first_on.to_numpy(dtype="datetime64[D]")
    place = np.searchsorted(edges, days, side="right")
    known = len(edges) - np.maximum(place - 1, 0)
    return pd.Series(np.where(np.isnat(days), 0, known), index=first_on.index)


def variation(quarters: pd.DataFrame, known: pd.Series, least: int) -> pd.Series:
    """σ ÷ mean of quarterly revenue over the quarters each client is known in, zeros included.

    σ is that of all the quarters (divided by n). NaN below `least` quarters and where the mean is
    not above zero. `quarters` has the oldest quarter first.
    """
    sums = quarters.to_numpy(dtype=float)
    count = known.to_numpy()
    is_inside = np.arange(sums.shape[1]) >= sums.shape[1] - count[:, None]
    sums = np.where(is_inside, sums, 0.0)
    divisor = np.maximum(count, 1)
    mean = sums.sum(axis=1) / divisor
    spread = np.where(is_inside, (sums - mean[:, None]) ** 2, 0.0).sum(axis=1) / divisor
    is_enough = (count >= least) & (mean > 0)
    cv = np.sqrt(spread) / np.where(is_enough, mean, 1.0)
    return pd.Series(np.where(is_enough, cv, np.nan), index=quarters.index)


def xyz(cv: pd.Series, thresholds: Thresholds) -> pd.Series:
    """X up to the first limit of the variation, Y up to the second, Z above; "" where unknown."""
    classes = np.select(
        [cv.isna(), cv <= thresholds.x_limit, cv <= thresholds.y_limit],
        [XyzClass.NONE.value, XyzClass.X.value, XyzClass.Y.value],
        XyzClass.Z.value,
    )
    return pd.Series(classes, index=cv.index, dtype=object)


def segment(
    clients: pd.DataFrame, previous: pd.DataFrame, *, day: date, starts: list[date],
    thresholds: Thresholds,
) -> tuple[pd.DataFrame, Base]:  # fmt: skip
    """Every class of every client at the end of `day`, and what was learned of the base.

    `clients` has, by number: revenue and last_year (cents), orders and order_days (counts),
    first_on and last_on (datetime64, NaT for none), own_gap, earlier_gap and last_gap (days, NaN
    for none), QUARTER_COLUMNS (cents). `previous` is the run before, see `held_abc`.
    """
    found = clients.copy()
    since_first = (pd.Timestamp(day) - found["first_on"]).dt.days
    is_new = since_first <= thresholds.new_days
    found["share_before"] = share_before(found["revenue"].where(~is_new, 0))
    found["abc_raw"] = abc(found["share_before"], thresholds)
    found["abc"] = held_abc(found["abc_raw"], found["share_before"], previous, thresholds)
    found.loc[is_new, ["abc", "abc_raw"]] = AbcClass.NEW.value
    known = quarters_known(found["first_on"], starts)
    found["cv"] = variation(found[QUARTER_COLUMNS], known, thresholds.least_quarters)
    found["xyz"] = xyz(found["cv"], thresholds)
    found, base = lifecycle.add_lifecycle(found, day=day, new_days=thresholds.new_days)
    scores = rfm.scores(found[found["orders"] > 0], few=thresholds.few_clients)
    found = found.join(scores.frame)
    return found, Base(base.rhythm, base.repeat_share, scores.bins)
