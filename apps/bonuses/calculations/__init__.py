"""Bonuses in numbers: plain values in, plain values out. Money is Decimal, shares are fractions."""

from apps.bonuses.calculations.accrual import (
    Accrual,
    Gate,
    Held,
    NextStep,
    Standing,
    Terms,
    accrue,
    difference,
    next_step,
)
from apps.bonuses.calculations.scale import (
    Step,
    TierPart,
    marginal,
    paid_share,
    rate_at,
    retroactive,
    tier_parts,
)
from apps.bonuses.calculations.shares import Paid, Taken, share_out, take_back, unpaid_part

__all__ = [
    "Accrual",
    "Gate",
    "Held",
    "NextStep",
    "Paid",
    "Standing",
    "Step",
    "Taken",
    "Terms",
    "TierPart",
    "accrue",
    "difference",
    "marginal",
    "next_step",
    "paid_share",
    "rate_at",
    "retroactive",
    "share_out",
    "take_back",
    "tier_parts",
    "unpaid_part",
]
