"""What a segmentation counts with and what it learned: told apart from counting, which needs pandas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

# Steps of each part of RFM; of a small base fewer.
BINS, FEW_BINS = 5, 3
QUARTERS = 8
QUARTER_COLUMNS = [f"quarter_{number}" for number in range(1, QUARTERS + 1)]


@dataclass(frozen=True)
class Thresholds:
    """What a run counts with. Shares are fractions; a run keeps its own for ever."""

    a_share: float = 0.80
    b_share: float = 0.95
    margin: float = 0.02
    x_limit: float = 0.5
    y_limit: float = 1.0
    least_quarters: int = 4
    new_days: int = 90
    few_clients: int = 100

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Thresholds:
        """Names that a later version added get their default."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


@dataclass(frozen=True)
class Base:
    """What a run learned about the whole base; `rhythm` in days, `repeat_share` a fraction."""

    rhythm: float
    repeat_share: float
    rfm_bins: int
