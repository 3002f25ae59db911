"""What rooms let people do to many rows at once."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from apps.core.models import Batch


class BulkAction(ABC):
    """`code` is "room.verb", `label` a lazy name, `permission` who may; see the package."""

    code: str
    label: Any
    permission: str

    @abstractmethod
    def rows(self, viewer: Any) -> QuerySet:
        """The rows that `viewer` may see, of a Versioned model."""

    @abstractmethod
    def describe(self, given: Any) -> str:
        """What is done, for people: "Owner: Ivanova"."""

    @abstractmethod
    def apply(self, row: Any, given: Any, by: Any) -> Any:
        """Do it by the room's action; the row as saved. A ValidationError skips the row."""

    @abstractmethod
    def revert(self, row: Any, before: dict[str, Any], given: Any, by: Any) -> Any:
        """Put the row back to `before`; the row as saved. A ValidationError keeps it as it is."""

    def load(self, params: dict[str, Any]) -> Any:
        """`params` as `apply` wants them, read once for all rows."""
        return params

    def refusals(self, rows: Iterable[Any], given: Any, by: Any) -> dict[int, str]:
        """Rows that would be skipped, by pk, each with its reason; no query per row."""
        return {}

    def before(self, row: Any, given: Any) -> dict[str, Any]:
        """What `revert` will need, as JSON."""
        return {}


_actions: dict[str, BulkAction] = {}


def add_bulk_action(action: BulkAction) -> None:
    """Offer `action`; a second one of the same code replaces the first."""
    _actions[action.code] = action


def bulk_action(code: str) -> BulkAction:
    """Raises LookupError for a code that no room knows."""
    if code not in _actions:
        raise LookupError(f"there is no bulk action {code!r}")
    return _actions[code]


def action_of(batch: Batch) -> BulkAction:
    return bulk_action(batch.action)
