"""What kinds of decisions there are and where their effect is shown: filled in AppConfig.ready.

add_decision_kind(DecisionKind("handover", _("handover"), "portfolio:handover",
                               "portfolio.view_handover"))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.core.access import allowed
from apps.core.models import Decision


@dataclass(frozen=True)
class DecisionKind:
    """`url_name` takes the id of the subject; empty: the decision is about no object."""

    code: str
    label: Any
    url_name: str = ""
    permission: str = ""

    def address(self, decision: Decision, user: Any) -> str:
        """The page of what was decided, for who may open it."""
        if not self.url_name or decision.object_id is None or not allowed(user, self.permission):
            return ""
        return reverse(self.url_name, args=[decision.object_id])


# The page of a decision's effect, "" for who may not see it.
EffectPage = Callable[[int, Any], str]

_kinds: dict[str, DecisionKind] = {}
_pages: list[EffectPage] = []


def add_decision_kind(kind: DecisionKind) -> None:
    """A second one of the same code replaces the first."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> DecisionKind:
    """One that nobody named goes by its code."""
    return _kinds.get(code) or DecisionKind(code, code)


def all_kinds() -> list[DecisionKind]:
    return list(_kinds.values())


def show_effects_at(page: EffectPage) -> None:
    """The room that measures says where."""
    _pages[:] = [page]


def effect_page(decision: int | None, user: Any) -> str:
    """Where `user` sees what the decision has moved; "" where he may not, or nothing was decided."""
    return _pages[0](decision, user) if decision is not None and _pages else ""
