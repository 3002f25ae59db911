"""Acts that name what the person had before him: a card in its column, a cell of the list."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.versions import Conflict
from apps.deals.actions.activities import plan_next_step
from apps.deals.actions.deals import assign_deal
from apps.deals.actions.locks import lock_deal, lock_row
from apps.deals.actions.moves import fill_and_move
from apps.deals.models import Deal, Stage
from apps.staff.models import User


@transaction.atomic
def move_from(deal: Deal, *, left: int | None, to: Stage, by: User, **given: Any) -> Deal:
    """Move a card that stood in the stage `left` (None: wherever it is) by `fill_and_move`.

    Raises ValidationError "moved_meanwhile" when it is in a third stage by now; a card that is in
    `to` already stays there, so that many equal drops make one event.
    """
    now = lock_deal(deal, by=by)
    if now.stage_id == to.pk:
        return now
    if left is not None and now.stage_id != left:
        text = _("Somebody has moved the deal to “%(stage)s” meanwhile.")
        raise ValidationError(text % {"stage": now.stage.name}, code="moved_meanwhile")
    return fill_and_move(now, to=to, by=by, **given)


def at_version(deal: Deal, expected: int) -> Deal:
    """The locked row, if it is still that version; raises Conflict otherwise."""
    now = lock_row(deal)
    if now.version != expected:
        raise Conflict(now)
    return now


@transaction.atomic
def change_owner(deal: Deal, *, to: User, by: User, expected_version: int) -> Deal:
    """`assign_deal` from a cell of the list. Raises Conflict for a stale version."""
    return assign_deal(at_version(deal, expected_version), to=to, by=by)


@transaction.atomic
def plan_step_from(
    deal: Deal, *, was: str, by: User, next_step: str, next_step_at: datetime | None
) -> Deal:
    """`plan_next_step` from a cell that showed the step `was` (see `step_mark`).

    A step makes no version of the deal. Raises Conflict when another step is planned by now.
    """
    now = lock_row(deal)
    if step_mark(now) != was:
        raise Conflict(now)
    return plan_next_step(now, by=by, next_step=next_step, next_step_at=next_step_at)


def step_mark(deal: Deal) -> str:
    """The step as one text, to tell whether it is still the same."""
    at = deal.next_step_at
    return f"{at.isoformat() if at else ''} {deal.next_step}"[:300].strip()
