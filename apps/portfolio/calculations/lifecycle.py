"""Where a client stands against his own rhythm, and how likely he is to buy again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from apps.portfolio.choices import Lifecycle

# A rhythm of one's own needs so many days with an order.
OWN_RHYTHM_FROM = 3
# The rhythm of a base in which nobody has one yet, days.
UNKNOWN_RHYTHM = 90.0
ACTIVE, COOLING, SLEEPING = 1.5, 3.0, 6.0
LOST_FROM_DAYS = 180
RETURNED_DAYS = 90
# A base of a few orders must not make anybody certain.
LEAST_SHARE, MOST_SHARE = 0.05, 0.95


@dataclass(frozen=True)
class Rhythm:
    """Of the whole base: the median gap in days, and the share of orders that another follows."""

    rhythm: float
    repeat_share: float


def base_rhythm(clients: pd.DataFrame) -> float:
    """The median of the clients' own median gaps, days."""
    own = clients.loc[clients["order_days"] >= OWN_RHYTHM_FROM, "own_gap"]
    return float(own.median()) if len(own) else UNKNOWN_RHYTHM


def rhythm_of(gap: pd.Series, order_days: pd.Series, base: float) -> pd.Series:
    """The client's own median gap, that of the base below three days with an order."""
    return gap.where(order_days >= OWN_RHYTHM_FROM, base).fillna(base)


def states(clients: pd.DataFrame, *, base: float, new_days: int) -> pd.Series:
    """The state of each client. `clients` has tenure and silence (days since the first and the
    last order), order_days, rhythm, last_gap and earlier_gap.
    """
    silence, rhythm = clients["silence"], clients["rhythm"]
    earlier = rhythm_of(clients["earlier_gap"], clients["order_days"] - 1, base)
    is_back = (silence <= RETURNED_DAYS) & (clients["last_gap"] > COOLING * earlier)
    names = np.select(
        [
            silence.isna(),
            clients["tenure"] <= new_days,
            is_back,
            silence <= ACTIVE * rhythm,
            silence <= COOLING * rhythm,
            (silence <= SLEEPING * rhythm) | (silence < LOST_FROM_DAYS),
        ],
        [
            Lifecycle.PROSPECT.value,
            Lifecycle.NEW.value,
            Lifecycle.RETURNED.value,
            Lifecycle.ACTIVE.value,
            Lifecycle.COOLING.value,
            Lifecycle.SLEEPING.value,
        ],
        Lifecycle.LOST.value,
    )
    return pd.Series(names, index=clients.index, dtype=object)


def repeat_share(clients: pd.DataFrame) -> float:
    """The share of days with an order that another one followed, of those that had time for it.

    A last order has had time when the silence after it is longer than three rhythms.
    """
    buyers = clients[clients["order_days"] > 0]
    followed = float((buyers["order_days"] - 1).sum())
    dropped = float((buyers["silence"] > COOLING * buyers["rhythm"]).sum())
    if not followed + dropped:
        return (LEAST_SHARE + MOST_SHARE) / 2
    return min(max(followed / (followed + dropped), LEAST_SHARE), MOST_SHARE)


def chance_of_order(silence: pd.Series, rhythm: pd.Series, share: float) -> pd.Series:
    """P(the client will order again), by Bayes; 0 for who never ordered.

    Before the silence it was `share`; who means to order stays silent for d days with the
    probability ½^(d ÷ rhythm), who left for ever with certainty.
    """
    quiet = share * np.power(0.5, silence / rhythm)
    return (quiet / (quiet + 1 - share)).fillna(0.0)


def add_lifecycle(
    clients: pd.DataFrame, *, day: date, new_days: int
) -> tuple[pd.DataFrame, Rhythm]:
    """The frame with tenure, silence, rhythm, has_own_rhythm, lifecycle and chance."""
    found = clients.copy()
    base = base_rhythm(found)
    found["tenure"] = (pd.Timestamp(day) - found["first_on"]).dt.days
    found["silence"] = (pd.Timestamp(day) - found["last_on"]).dt.days
    found["has_own_rhythm"] = found["order_days"] >= OWN_RHYTHM_FROM
    found["rhythm"] = rhythm_of(found["own_gap"], found["order_days"], base)
    found["lifecycle"] = states(found, base=base, new_days=new_days)
    share = repeat_share(found)
    found["chance"] = chance_of_order(found["silence"], found["rhythm"], share)
    return found, Rhythm(base, share)
