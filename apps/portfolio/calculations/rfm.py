"""RFM by ranks: how lately, how often, for how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from apps.portfolio.calculations.thresholds import BINS, FEW_BINS
from apps.portfolio.choices import RfmSegment


@dataclass(frozen=True)
class Scores:
    """`frame`: r, f, m (1 to `bins`) and rfm (the name of the segment) by client."""

    frame: pd.DataFrame
    bins: int


def rank_score(values: pd.Series, bins: int) -> pd.Series:
    """ceil(bins × rank ÷ n), 1 for the smallest; equal values share their average rank."""
    return np.ceil(bins * values.rank(method="average") / max(len(values), 1)).astype(int)


def frequency_score(orders: pd.Series, bins: int) -> pd.Series:
    """1 for a single order; the rest by ranks over 2 to `bins`.

    Cutting all of them by ranks would tear apart the third of the base that ordered once.
    """
    score = pd.Series(1, index=orders.index)
    rest = orders[orders > 1]
    score[rest.index] = 1 + rank_score(rest, bins - 1)
    return score


def scores(clients: pd.DataFrame, *, few: int) -> Scores:
    """The scores of clients with an order in the period; terciles when they are fewer than `few`.

    `clients` has silence (days since the last order), orders and revenue (cents).
    """
    bins = FEW_BINS if len(clients) < few else BINS
    frame = pd.DataFrame(
        {
            "r": rank_score(-clients["silence"], bins),
            "f": frequency_score(clients["orders"], bins),
            "m": rank_score(clients["revenue"], bins),
        },
        index=clients.index,
    )
    frame["rfm"] = segments(frame, bins)
    return Scores(frame, bins)


def segments(frame: pd.DataFrame, bins: int) -> pd.Series:
    """The named segment of each client; FM is the mean of F and M, halves rounded up.

    Terciles are stretched first: 1, 2, 3 stand for 1, 3, 5. The first rule that fits counts; a
    single recent order is told before loyalty, which needs more than one.
    """
    r, f, m = (stretched(frame[name], bins) for name in ("r", "f", "m"))
    fm = np.floor((f + m) / 2 + 0.5)
    names = np.select(
        [
            (r >= 4) & (fm >= 4),
            (r >= 4) & (f == 1),
            (r >= 2) & (fm >= 3),
            (r <= 2) & (fm >= 3),
            (r <= 2) & (fm <= 2),
        ],
        [
            RfmSegment.CHAMPIONS.value,
            RfmSegment.NEWCOMERS.value,
            RfmSegment.LOYAL.value,
            RfmSegment.AT_RISK.value,
            RfmSegment.HIBERNATING.value,
        ],
        RfmSegment.ATTENTION.value,
    )
    return pd.Series(names, index=frame.index, dtype=object)


def stretched(score: pd.Series, bins: int) -> pd.Series:
    """A score of three steps on the scale of five."""
    return score * 2 - 1 if bins == FEW_BINS else score
