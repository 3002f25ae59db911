"""How many days a deal may stay in a stage before it is stuck (F4).

The limits are learned from won deals by a higher room, which names itself in AppConfig.ready; a stage
without a learned limit keeps its own idle limit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import JSONField, Value

from apps.deals.calculations import ENOUGH_STAYS

_learned: list[tuple[Callable[[], dict[int, int]], Callable[[str], Any]]] = []


@dataclass(frozen=True)
class StageLimit:
    """`days` in the stage are usual, more are too many; learned from `n` won deals if they are enough."""

    days: int
    n: int

    @property
    def is_learned(self) -> bool:
        return self.n >= ENOUGH_STAYS


def learn_from(limits: Callable[[], dict[int, int]], of_stage: Callable[[str], Any]) -> None:
    """`limits()` gives days by stage id. `of_stage(stage)`, for a queryset whose column `stage` names
    one, an expression of {"days", "n"}, null without a limit. A second call replaces the first."""
    _learned[:] = [(limits, of_stage)]


def learned_limits() -> dict[int, int]:
    return _learned[0][0]() if _learned else {}


def limit_of(stage: str) -> Any:
    """What was learned of the stage in the column `stage`, to be annotated; read by `stage_limit`."""
    return _learned[0][1](stage) if _learned else Value(None, JSONField())


def stage_limit(learned: dict[str, int] | None, usual_days: int) -> StageLimit:
    return StageLimit(**learned) if learned else StageLimit(usual_days, 0)
