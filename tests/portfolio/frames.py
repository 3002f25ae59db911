"""Frames of clients for the calculations, made from plain lists of orders."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from apps.portfolio.calculations.spans import calendar_quarter, months_back, quarter_starts
from apps.portfolio.calculations.thresholds import QUARTER_COLUMNS, QUARTERS

DAY = date(2026, 10, 31)


def sales_frame(orders, day=DAY):
    """What the database counts, counted here client by client: `orders` holds
    (client, day, cents), returns with cents below zero."""
    end = day + timedelta(days=1)
    start, starts = months_back(end, 12), quarter_starts(end, QUARTERS)
    rows = {}
    for client in sorted({one[0] for one in orders}):
        own = [(on, cents) for who, on, cents in orders if who == client and on <= day]
        bought = [(on, cents) for on, cents in own if cents > 0]
        days = sorted({on for on, _cents in bought})
        gaps = [(b - a).days for a, b in pairwise(days)]
        bounds = [*starts, end]
        quarters = {
            name: sum(cents for on, cents in own if bounds[at] <= on < bounds[at + 1])
            for at, name in enumerate(QUARTER_COLUMNS)
        }
        rows[client] = {
            "revenue": sum(cents for on, cents in own if on >= start),
            "last_year": sum(
                cents for on, cents in bought if days and on > months_back(days[-1], 12)
            ),
            "orders": sum(on >= start for on, _cents in bought),
            "order_days": len(days),
            "first_on": days[0] if days else None,
            "last_on": days[-1] if days else None,
            "own_gap": np.median(gaps) if gaps else np.nan,
            "earlier_gap": np.median(gaps[:-1]) if len(gaps) > 1 else np.nan,
            "last_gap": gaps[-1] if gaps else np.nan,
            "quarters": sum(
                1 << at for at in {calendar_quarter(on) - calendar_quarter(days[0]) for on in days}
            ),
            **quarters,
        }
    frame = pd.DataFrame.from_dict(rows, orient="index")
    for name in ("first_on", "last_on"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


NO_RUN = pd.DataFrame({"abc": [], "abc_raw": []}, dtype=object)
