"""One act upon many rows: choose, preview, apply, undo.

A room says what can be done to its rows, once for the preview, the work and the undo:

    class AssignDeals(BulkAction):
        code, label, permission = "deals.assign", _("Hand over"), "deals.assign_deal"

        def rows(self, viewer): ...                          # what the person may touch
        def load(self, params): ...                          # ids of the form into objects
        def refusals(self, rows, given, by): ...             # {pk: why it would be skipped}
        def apply(self, row, given, by): ...                 # the room's own action; the saved row
        def revert(self, row, before, given, by): ...

    add_bulk_action(AssignDeals())                           # in AppConfig.ready

    batch = draft(action, rows, params={"owner": 7}, by=request.user, back="/deals/?…")

`draft` freezes the rows with their versions and changes nothing; the pages `core:batch`,
`core:batch_apply` and `core:batch_undo` do the rest. A row that somebody changed after the preview,
or after the act when it is undone, is left alone and listed with the reason.
"""

from apps.core.bulk.applying import apply_batch
from apps.core.bulk.drafting import LARGEST, draft, picked
from apps.core.bulk.registry import BulkAction, add_bulk_action, bulk_action
from apps.core.bulk.undoing import undo_batch

__all__ = [
    "LARGEST",
    "BulkAction",
    "add_bulk_action",
    "apply_batch",
    "bulk_action",
    "draft",
    "picked",
    "undo_batch",
]
