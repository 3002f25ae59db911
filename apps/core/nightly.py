"""Steps that rooms below the night bring to it: filled in AppConfig.ready.

The night belongs to a high room, which takes over what stands here when it is loaded itself; a
room between them says what it does for a day, without knowing who calls.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class NightlyStep:
    """`run(day)` counts what is due for the business day and returns the number of rows.

    It may be run twice for one day. `order` is its place among the steps of the night, `label` lazy.
    """

    code: str
    order: int
    label: Any
    run: Callable[[date], int]


_steps: dict[str, NightlyStep] = {}


def offer_step(step: NightlyStep) -> None:
    """Let every night do `step`; a second one of the same code replaces the first."""
    _steps[step.code] = step


def offered_steps() -> list[NightlyStep]:
    return sorted(_steps.values(), key=lambda step: step.order)
