"""Every write of the deals room; see the modules for what each promises."""

from apps.deals.actions.activities import log_activity, plan_next_step, reverse_activity
from apps.deals.actions.basics import (
    create_default_pipeline,
    create_refusal_reasons,
    not_stated_reason,
)
from apps.deals.actions.contents import Line, set_lines, set_splits
from apps.deals.actions.deals import (
    archive_deal,
    assign_deal,
    change_deal,
    create_deal,
    restore_deal,
)
from apps.deals.actions.files import attach_file, remove_file, restore_file
from apps.deals.actions.leaving import count_open_deals, hand_over_deals
from apps.deals.actions.moves import fill_and_move, move_deal
from apps.deals.actions.payments import (
    Payment,
    Terms,
    allocate_receipt,
    plan_payments,
    propose_parts,
    record_receipt,
    reverse_allocation,
    reverse_receipt,
    set_schedule,
)
from apps.deals.actions.places import at_version, change_owner, move_from, plan_step_from
from apps.deals.actions.promises import (
    Debt,
    debt_of,
    follow_up_promises,
    owed_on,
    record_debt_call,
)
from apps.deals.actions.refusals import draw_losses, record_call, reopen_call
from apps.deals.actions.tags import tag_deal
from apps.deals.actions.trust import (
    create_trust_signals,
    keep_trust,
    mark_trust,
    put_mark_back,
    take_mark_back,
)

__all__ = [
    "Debt",
    "Line",
    "Payment",
    "Terms",
    "allocate_receipt",
    "archive_deal",
    "assign_deal",
    "at_version",
    "attach_file",
    "change_deal",
    "change_owner",
    "count_open_deals",
    "create_deal",
    "create_default_pipeline",
    "create_refusal_reasons",
    "create_trust_signals",
    "debt_of",
    "draw_losses",
    "fill_and_move",
    "follow_up_promises",
    "hand_over_deals",
    "keep_trust",
    "log_activity",
    "mark_trust",
    "move_deal",
    "move_from",
    "not_stated_reason",
    "owed_on",
    "plan_next_step",
    "plan_payments",
    "plan_step_from",
    "propose_parts",
    "put_mark_back",
    "record_call",
    "record_debt_call",
    "record_receipt",
    "remove_file",
    "reopen_call",
    "restore_deal",
    "restore_file",
    "reverse_activity",
    "reverse_allocation",
    "reverse_receipt",
    "set_lines",
    "set_schedule",
    "set_splits",
    "tag_deal",
    "take_mark_back",
]
