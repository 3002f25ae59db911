"""Steps that rooms below the night bring to it: filled in AppConfig.ready.

The night belongs to a high room, which takes over what stands here when it is loaded itself; a
room between them says what it does for a day, without knowing who calls.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class NightlyStep:
    """`run(day)` counts what is due for the business day and returns the number of rows.

    It may be run twice for one day. `order` is its place among the steps of the night, `label` lazy,
    `after` are the codes of the steps that it needs, of a lower order.
    A step with `follow(day, since)` in place of `run` counts what was recorded since that moment only,
    the time within which a transaction commits included; everything when it is None.
    """

    code: str
    order: int
    label: Any
    run: Callable[[date], int] | None = None
    follow: Callable[[date, datetime | None], int] | None = None
    after: tuple[str, ...] = ()

    def done(self, day: date, since: datetime | None) -> int:
        if self.follow is not None:
            return self.follow(day, since)
        assert self.run is not None, f"the step {self.code} has nothing to do"
        return self.run(day)


_steps: dict[str, NightlyStep] = {}


def offer_step(step: NightlyStep) -> None:
    """Let every night do `step`; a second one of the same code replaces the first."""
    _steps[step.code] = step


def offered_steps() -> list[NightlyStep]:
    return sorted(_steps.values(), key=lambda step: step.order)
