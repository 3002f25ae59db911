"""May this happen now? Questions about loaded deals, asked by actions and by pages."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from apps.deals.big_choices import HelpEventKind, HelpState
from apps.deals.choices import ExitField, HygieneGap, Outcome, StageKind
from apps.staff.choices import Role
from apps.staff.models import User

SELLING = (Role.SELLER, Role.LEAD, Role.HEAD)
LEADING = (Role.LEAD, Role.HEAD)
IN_WORK = (StageKind.LEAD, StageKind.OPEN)


def sees_work_of(person_id: int | None, *, by: Any) -> bool:
    """Is the person's work in the scope of `by`?"""
    if person_id == by.pk:
        return True
    return by.role != Role.SELLER and (
        User.objects.work_visible_to(by).filter(pk=person_id).exists()
    )


def can_edit(deal: Any, *, by: Any) -> bool:
    """Sellers their own deals, leads and heads those of their people; a director only reads."""
    return by.role in SELLING and sees_work_of(deal.owner_id, by=by)


def can_assign(deal: Any, *, by: Any) -> bool:
    """Leads within their teams, heads within the department; nobody hands over his own deals."""
    return by.role in LEADING and sees_work_of(deal.owner_id, by=by)


def can_split(deal: Any, *, by: Any) -> bool:
    """The shares of a won deal are moved by leads and heads only: revenue hangs on them."""
    return can_edit(deal, by=by) and (deal.outcome != Outcome.WON or by.role in LEADING)


def may_go(deal: Any) -> bool:
    """May the deal go to the bin? A won one stays: its revenue has been counted."""
    return deal.outcome != Outcome.WON


def can_reverse_money(*, by: Any) -> bool:
    return by.role in LEADING


def can_set_up(*, by: Any) -> bool:
    """Pipelines, products and reasons are the administrator's."""
    return by.role == Role.ADMIN


def can_verify(call: Any, *, by: Any) -> bool:
    """Who leads the seller calls the client; nobody checks a loss of his own."""
    deal = call.deal
    is_own = by.pk in (call.owner_id, deal.owner_id)
    return by.role in LEADING and not is_own and sees_work_of(deal.owner_id, by=by)


def can_set_up_losses(*, by: Any) -> bool:
    """Competitors, acts of trust and the norm of verification are the head's too."""
    return by.role in (Role.HEAD, Role.ADMIN)


def can_choose(reason: Any) -> bool:
    """A reason that people may give: kept, not of the product's own, the end of its branch."""
    return not (reason.is_system or reason.archived_at or reason.children.exists())


def stages_left(stage: Any, to: Any, stages: Iterable[Any]) -> list[Any]:
    """The stages that a move forwards leaves, the skipped ones included; none on the way back.

    A closed deal comes back as if from before the first stage; a refusal asks for nothing.
    """
    if to.kind == StageKind.LOST:
        return []
    start = stage.order if stage.kind in IN_WORK else -1
    return [other for other in stages if other.kind in IN_WORK and start <= other.order < to.order]


def missing_fields(deal: Any, to: Any, *, stages: Iterable[Any] | None = None) -> list[ExitField]:
    """What must be filled in before `deal` enters `to`, in the order of ExitField.

    `stages` are those of the pipeline, if the caller has them loaded. The closing day of a won
    deal stands for its expected close, and it needs no next step; it always needs an amount and
    a client.
    """
    if stages is None:
        stages = deal.pipeline.stages.kept()
    asked = {field for stage in stages_left(deal.stage, to, stages) for field in stage.exit_fields}
    if to.kind == StageKind.WON:
        asked |= {ExitField.AMOUNT, ExitField.CLIENT}
        asked -= {ExitField.EXPECTED_CLOSE, ExitField.NEXT_STEP}
    return [field for field in ExitField if field in asked and not is_filled(deal, field)]


def is_filled(deal: Any, field: str) -> bool:
    match field:
        case ExitField.CLIENT:
            return deal.client_id is not None
        case ExitField.CONTACT:
            return deal.contact_id is not None
        case ExitField.AMOUNT:
            return deal.amount is not None
        case ExitField.EXPECTED_CLOSE:
            return deal.expected_close_on is not None
        case ExitField.NEXT_STEP:
            return deal.next_step_at is not None
        case ExitField.LINES:
            return deal.lines.exists()
        case ExitField.SCHEDULE:
            return deal.schedule.exists()
    raise LookupError(f"no such exit field: {field!r}")


def hygiene_gaps(
    deal: Any,
    *,
    now: datetime,
    today: date,
    stages: Iterable[Any] | None = None,
    has_overdue_task: bool = False,
) -> list[HygieneGap]:
    """What an open deal lacks (F18), the most pressing first; nothing for a closed one."""
    if deal.outcome != Outcome.OPEN:
        return []
    close_on, step_at = deal.expected_close_on, deal.next_step_at
    found = {
        HygieneGap.NO_STEP: step_at is None,
        HygieneGap.STEP_OVERDUE: step_at is not None and step_at < now,
        HygieneGap.NO_CLOSE_DAY: close_on is None,
        HygieneGap.CLOSE_PASSED: close_on is not None and close_on < today,
        HygieneGap.NO_CLIENT: deal.client_id is None,
        HygieneGap.NO_AMOUNT: deal.amount is None,
        HygieneGap.STAGE_FIELDS: _lacks_earlier_fields(deal, stages),
        HygieneGap.TASK_OVERDUE: has_overdue_task,
    }
    return [gap for gap, is_there in found.items() if is_there]


# Gaps of their own, not repeated as fields of a stage.
_TOLD_APART = {
    ExitField.CLIENT,
    ExitField.AMOUNT,
    ExitField.EXPECTED_CLOSE,
    ExitField.NEXT_STEP,
}


def _lacks_earlier_fields(deal: Any, stages: Iterable[Any] | None) -> bool:
    return bool(set(earlier_gaps(deal, stages=stages)) - _TOLD_APART)


def earlier_gaps(deal: Any, *, stages: Iterable[Any] | None = None) -> list[ExitField]:
    """What the stages before the present one ask for and the deal does not have."""
    if stages is None:
        stages = deal.pipeline.stages.kept()
    passed = [stage for stage in stages if stage.kind in IN_WORK and stage.order < deal.stage.order]
    asked = {field for stage in passed for field in stage.exit_fields}
    return [field for field in ExitField if field in asked and not is_filled(deal, field)]


def can_mark_big(deal: Any, *, by: Any) -> bool:
    """Leads and heads say which deals of their people are big."""
    return can_assign(deal, by=by)


def may_write(deal: Any, *, by: Any) -> bool:
    """May a deal that `by` sees be written to: by those who sell, until it is in the bin."""
    return by.role in SELLING and not deal.archived_at


def can_ask_help(deal: Any) -> bool:
    return deal.outcome == Outcome.OPEN and not deal.archived_at


def can_help(deal: Any, request: Any, *, by: Any) -> bool:
    """A leader of the owner, though never the one who asked."""
    return can_assign(deal, by=by) and by.pk != request.author_id


def may_respond(request: Any, kind: str) -> bool:
    """An open request takes any answer; after it a leader may still join."""
    if request.state == HelpState.OPEN:
        return True
    return kind == HelpEventKind.JOINED and request.state in (
        HelpState.ANSWERED,
        HelpState.DECLINED,
    )


def can_set_big_norms(*, by: Any) -> bool:
    return by.role in (Role.HEAD, Role.ADMIN)
