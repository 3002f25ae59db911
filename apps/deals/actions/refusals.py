"""Checking why deals were lost: drawing the sample of a week, and what the client said."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.periods import week_of
from apps.deals import rules
from apps.deals.actions.errors import field_error
from apps.deals.choices import CallResult
from apps.deals.models import RefusalReason, VerificationCall, VerificationNorm
from apps.staff.models import User

# The draw is by the hash of the deal and its week: the same for whoever runs it and however often,
# and nothing that a seller could choose. Reasons of the product's own say nothing to be checked.
DRAW = """
INSERT INTO deals_verificationcall
       (deal_id, owner_id, stated_id, lost_on, week, due_on, result, comment)
SELECT id, owner_id, refusal_reason_id, closed_on, %(week)s, %(due_on)s, '', ''
FROM (
    SELECT deal.*,
           row_number() OVER (PARTITION BY deal.owner_id
                              ORDER BY md5(%(week)s::date::text || ' ' || deal.id), deal.id) AS place,
           count(*) OVER (PARTITION BY deal.owner_id) AS lost
    FROM deals_deal deal
    JOIN deals_refusalreason reason ON reason.id = deal.refusal_reason_id
    WHERE deal.outcome = 'lost' AND deal.archived_at IS NULL AND NOT reason.is_system
      AND deal.closed_on >= %(week)s AND deal.closed_on < %(end)s
) losses
WHERE place <= GREATEST(ceil(%(share)s * lost), %(per_seller)s)
ON CONFLICT (deal_id, lost_on) DO NOTHING
"""


def draw_losses(week: date) -> int:
    """Draw the sample of the week of `week` by the present norm; how many calls are new.

    Of each seller who lost n deals: max(⌈share · n⌉, the least number), as far as there are so
    many. Drawn calls stay when the norm changes; drawing again adds what is missing.
    """
    norm, period = VerificationNorm.current(), week_of(week)
    asked = {
        "week": period.start,
        "end": period.end,
        "due_on": period.end + timedelta(days=norm.days),
        "share": norm.share,
        "per_seller": norm.per_seller,
    }
    with connection.cursor() as cursor:
        cursor.execute(DRAW, asked)
        return int(cursor.rowcount)


@transaction.atomic
def record_call(
    call: VerificationCall,
    *,
    by: User,
    result: str,
    found: RefusalReason | None = None,
    comment: str = "",
) -> VerificationCall:
    """What the client said; a client who was not reached names no reason.

    Raises PermissionDenied for the seller whose loss it is and for those who do not lead him,
    ValidationError "already_made", "reopened" when the deal is lost no more, "reason_needed",
    "reason_not_offered", "comment_needed".
    """
    call = lock_call(call, by=by)
    if call.result != CallResult.DUE:
        raise ValidationError(_("This call has been made already."), code="already_made")
    if call.deal.outcome != "lost":
        raise ValidationError(_("The deal is not lost any more."), code="reopened")
    is_reached = result == CallResult.REACHED
    if is_reached:
        check_found(found, comment)
    call.result, call.found = CallResult(result), found if is_reached else None
    call.comment, call.made_by, call.made_at = comment.strip(), by, timezone.now()
    call.save()
    return call


@transaction.atomic
def reopen_call(call: VerificationCall, *, by: User) -> VerificationCall:
    """Take back what was recorded: the call is to be made again. The history keeps it."""
    call = lock_call(call, by=by)
    call.result, call.found, call.comment = CallResult.DUE, None, ""
    call.made_by = call.made_at = None
    call.save()
    return call


def lock_call(call: VerificationCall, *, by: User) -> VerificationCall:
    locked = VerificationCall.objects.select_for_update().get(pk=call.pk)
    if not rules.can_verify(locked, by=by):
        raise PermissionDenied
    return locked


def check_found(found: RefusalReason | None, comment: str) -> None:
    if found is None:
        raise field_error("found", _("Say which reason the client named."), "reason_needed")
    if not rules.can_choose(found):
        raise field_error("found", _("Choose one of the offered reasons."), "reason_not_offered")
    if found.needs_comment and not comment.strip():
        raise field_error("comment", _("This reason asks for a comment."), "comment_needed")
