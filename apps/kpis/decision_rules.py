"""What may happen to a decision now."""

from typing import Any

from apps.core.access import allowed
from apps.core.models import Decision


def can_change_note(decision: Decision, *, by: Any) -> bool:
    """Its author alone, as long as he decides at all."""
    return decision.author_id == by.pk and allowed(by, "kpis.add_decision")
