"""Moving a deal between stages: the one way in for the form, the list, the import and the API."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.calendars import company_today
from apps.deals import rules
from apps.deals.actions import checks
from apps.deals.actions.activities import plan_next_step
from apps.deals.actions.deals import adjust, change_deal
from apps.deals.actions.errors import field_error, missing_error
from apps.deals.actions.locks import booked, lock_deal, save_deal
from apps.deals.actions.moments import moment_on
from apps.deals.actions.payments import Terms, plan_payments
from apps.deals.actions.trust import keep_trust
from apps.deals.choices import Outcome, StageKind
from apps.deals.models import Competitor, Deal, RefusalReason, Stage, StageMove
from apps.staff.models import User

Refusal = tuple[RefusalReason | None, str, Competitor | None]
OUTCOMES = {StageKind.WON: Outcome.WON, StageKind.LOST: Outcome.LOST}


@transaction.atomic
def move_deal(
    deal: Deal,
    *,
    to: Stage,
    by: User,
    on: date | None = None,
    reason: RefusalReason | None = None,
    comment: str = "",
    competitor: Competitor | None = None,
    imported: bool = False,
) -> Deal:
    """Move the deal to `to` on the business day `on` (today) and record it; a repeat does nothing.

    Every stage that is left forwards, the skipped ones too, must have its exit fields filled in
    (ValidationError "missing_fields"). Won needs an amount, a client and a day that is not in the
    future; lost needs a reason that people may choose (an import may give the product's own) and
    a comment where the reason asks for one. A won deal that is moved back takes its revenue back
    today. Raises PermissionDenied when `by` may not edit the deal.
    """
    deal = lock_deal(deal, by=by)
    if deal.stage_id == to.pk:
        return deal
    checks.check_stage(to, pipeline=deal.pipeline)
    day = on or company_today()
    check_day(deal, to, day)
    if to.kind == StageKind.LOST:
        check_refusal(reason, comment, imported=imported)
    if missing := rules.missing_fields(deal, to):
        raise missing_error(missing)
    if deal.outcome == Outcome.WON:
        adjust(deal, old=deal.amount_base, new=None, by=by, reason=_("moved back from won"))
    return enter(deal, to, by=by, day=day, refusal=(reason, comment.strip(), competitor))


@transaction.atomic
def fill_and_move(
    deal: Deal,
    *,
    to: Stage,
    by: User,
    fields: dict[str, Any] | None = None,
    step: dict[str, Any] | None = None,
    terms: Terms | None = None,
    **closing: Any,
) -> Deal:
    """Fill in what the move asks for, the payments by `terms` too, and make it, or do neither."""
    if fields:
        deal = change_deal(deal, by=by, **fields)
    if step:
        deal = plan_next_step(deal, by=by, **step)
    if terms:
        deal = plan_payments(deal, by=by, terms=terms)
    return move_deal(deal, to=to, by=by, **closing)


def check_day(deal: Deal, to: Stage, day: date) -> None:
    checks.check_not_future("on", day)
    if day < deal.opened_on:
        raise field_error("on", _("The deal was not open yet on that day."), "before_opening")


def check_refusal(reason: RefusalReason | None, comment: str, *, imported: bool) -> None:
    if reason is None:
        raise field_error("reason", _("Say why the deal is lost."), "reason_needed")
    if not (imported or rules.can_choose(reason)):
        raise field_error("reason", _("Choose one of the offered reasons."), "reason_not_offered")
    if reason.needs_comment and not comment.strip() and not imported:
        raise field_error("comment", _("This reason asks for a comment."), "comment_needed")


def enter(
    deal: Deal,
    to: Stage,
    *,
    by: User,
    day: date,
    refusal: Refusal,
) -> Deal:
    """Write the move of a locked and checked deal: the record and the events agree."""
    left = deal.stage
    # A day given afterwards may precede the last move; moves stay in the order they were made.
    moment = max(moment_on(day), deal.stage_since)
    deal = save_deal(deal, stage=to, stage_since=moment, **state_in(deal, to, day, refusal))
    StageMove.objects.create(
        deal=deal,
        from_stage=left,
        to_stage=to,
        is_first_entry=not deal.moves.filter(to_stage=to).exists(),
        owner=deal.owner,
        amount_base=deal.amount_base,
        happened_on=day,
        happened_at=moment,
        author=by,
    )
    if to.kind in OUTCOMES:
        keep_trust([deal.pk])
    return deal


def state_in(deal: Deal, to: Stage, day: date, refusal: Refusal) -> dict[str, Any]:
    """The fields that follow from the stage: outcome, closing day, booking, refusal, next step.

    `deal` still stands in the stage that it leaves.
    """
    is_lost = to.kind == StageKind.LOST
    is_closed = to.kind in OUTCOMES
    reason, comment, competitor = refusal if is_lost else (None, "", None)
    state: dict[str, Any] = {
        "outcome": OUTCOMES.get(StageKind(to.kind), Outcome.OPEN),
        "closed_on": day if is_closed else None,
        "closed_from": stage_left(deal) if is_closed else None,
        "refusal_reason": reason,
        "refusal_comment": comment,
        "competitor": competitor,
    }
    if to.kind == StageKind.WON:
        state["amount_base"] = booked(deal.amount, deal.currency, day)
    if is_closed:
        state |= {"next_step": "", "next_step_at": None}
    return state


def stage_left(deal: Deal) -> Stage | None:
    """Where the deal was still open; a closed one that is closed otherwise keeps what it had."""
    return deal.stage if deal.outcome == Outcome.OPEN else deal.closed_from
