"""How many days a deal may stay in a stage before it is stuck (F4).

The limits are learned from won deals by a higher room, which names itself in AppConfig.ready; a stage
without a learned limit keeps its own idle limit.
"""

from collections.abc import Callable

_learned: list[Callable[[], dict[int, int]]] = []


def learn_from(limits: Callable[[], dict[int, int]]) -> None:
    """`limits()` gives days by stage id; a second call replaces the first."""
    _learned[:] = [limits]


def learned_limits() -> dict[int, int]:
    return _learned[0]() if _learned else {}
