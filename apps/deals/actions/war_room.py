"""What is kept about a big deal: its mark, the people who decide, risks, the mutual plan, concessions.

Every write takes hold of the deal first, which checks the rights and puts the writers in a row.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clients.models import Contact
from apps.core.calendars import company_today
from apps.core.versions import save_version
from apps.deals import rules
from apps.deals.actions.errors import field_error
from apps.deals.actions.locks import lock_deal, lock_row
from apps.deals.big_choices import USUAL_INFLUENCE, Attitude, DealPart, Grade, RiskEnd
from apps.deals.models import BigMark, Concession, Deal, DealRisk, PlanStep, Stakeholder
from apps.staff.models import User

Row = TypeVar("Row", Stakeholder, DealRisk, PlanStep)


@transaction.atomic
def mark_big(deal: Deal, *, by: User, is_big: bool, reason: str) -> BigMark:
    """Say that the deal is big, or is not, whatever its sum; the last word holds.

    Raises PermissionDenied unless `by` leads the owner, ValidationError "no_reason" without words.
    """
    deal = lock_row(deal)
    if not rules.can_mark_big(deal, by=by):
        raise PermissionDenied
    if not reason.strip():
        raise field_error("reason", _("Say why."), "no_reason")
    values = {"is_big": is_big, "reason": reason.strip(), "author": by}
    return BigMark.objects.update_or_create(deal=deal, defaults=values)[0]


@transaction.atomic
def unmark_big(deal: Deal, *, by: User) -> None:
    """Let the sum decide again; harmless when repeated."""
    deal = lock_row(deal)
    if not rules.can_mark_big(deal, by=by):
        raise PermissionDenied
    BigMark.objects.filter(deal=deal).delete()


@transaction.atomic
def add_stakeholder(
    deal: Deal,
    *,
    by: User,
    contact: Contact,
    part: str,
    attitude: str = Attitude.UNKNOWN,
    influence: int | None = None,
) -> Stakeholder:
    """Put a contact of the client on the map; his influence is the usual one of the part.

    Raises ValidationError "foreign_contact" for a contact of somebody else, "on_the_map" for one
    who stands there already.
    """
    deal = lock_deal(deal, by=by)
    if contact.client_id != deal.client_id or contact.archived_at:
        raise field_error("contact", _("He is no contact of this client."), "foreign_contact")
    if deal.stakeholders.kept().filter(contact=contact).exists():
        raise field_error("contact", _("He is on the map already."), "on_the_map")
    usual = USUAL_INFLUENCE.get(DealPart(part), Grade.MIDDLE)
    return Stakeholder.objects.create(
        deal=deal, contact=contact, part=part, attitude=attitude, influence=influence or usual
    )


@transaction.atomic
def add_risk(deal: Deal, *, by: User, **fields: Any) -> DealRisk:
    """`fields`: title, probability, impact, response, person, due_on."""
    return DealRisk.objects.create(deal=lock_deal(deal, by=by), **fields)


@transaction.atomic
def add_plan_step(deal: Deal, *, by: User, title: str, side: str, due_on: date) -> PlanStep:
    deal = lock_deal(deal, by=by)
    return PlanStep.objects.create(deal=deal, title=title.strip(), side=side, due_on=due_on)


@transaction.atomic
def change_row(row: Row, *, by: User, expected_version: int, **fields: Any) -> Row:
    """Edit a stakeholder, a risk or a step; Conflict for a stale version."""
    locked = lock_kept(row, by=by)
    for name, value in fields.items():
        setattr(locked, name, value)
    return save_version(locked, expected=expected_version, fields=list(fields))


def lock_kept(row: Row, *, by: User) -> Row:
    """The row as it is now, under the lock of its deal; "archived" for a removed one."""
    lock_deal(row.deal, by=by)
    locked = type(row).objects.select_for_update().get(pk=row.pk)
    if locked.archived_at:
        raise ValidationError(_("It has been removed meanwhile."), code="archived")
    return locked


@transaction.atomic
def remove_row(row: Row, *, by: User) -> Row:
    """Take a stakeholder, a risk or a step away; a second time changes nothing."""
    return set_archived(row, by=by, is_archived=True)


@transaction.atomic
def restore_row(row: Row, *, by: User) -> Row:
    """Bring it back. Raises ValidationError "on_the_map" for a contact put there anew meanwhile."""
    if isinstance(row, Stakeholder):
        again = Stakeholder.objects.kept().filter(deal=row.deal_id, contact=row.contact_id)
        if again.exclude(pk=row.pk).exists():
            raise ValidationError(_("He is on the map already."), code="on_the_map")
    return set_archived(row, by=by, is_archived=False)


def set_archived(row: Row, *, by: User, is_archived: bool) -> Row:
    lock_deal(row.deal, by=by)
    locked = type(row).objects.select_for_update().get(pk=row.pk)
    if bool(locked.archived_at) == is_archived:
        return locked
    locked.archived_at = timezone.now() if is_archived else None
    return save_version(locked, expected=locked.version, fields=["archived_at"])


@transaction.atomic
def end_risk(risk: DealRisk, *, by: User, end: str) -> DealRisk:
    """The risk was averted, came true, or (RiskEnd.OPEN) is there again; the same end again is
    harmless."""
    locked = lock_kept(risk, by=by)
    if locked.end == end:
        return locked
    locked.end = RiskEnd(end)
    locked.ended_on = None if end == RiskEnd.OPEN else company_today()
    return save_version(locked, expected=locked.version, fields=["end", "ended_on"])


@transaction.atomic
def tick_step(step: PlanStep, *, by: User, is_done: bool) -> PlanStep:
    """The step is done today, or is not after all; ticking twice keeps the first day."""
    locked = lock_kept(step, by=by)
    if bool(locked.done_on) == is_done:
        return locked
    locked.done_on = company_today() if is_done else None
    return save_version(locked, expected=locked.version, fields=["done_on"])


@transaction.atomic
def record_concession(
    deal: Deal,
    *,
    by: User,
    given: str,
    worth: Decimal,
    agreed_by: User,
    in_return: str = "",
    given_on: date | None = None,
) -> Concession:
    """Write down what was given, in the deal's currency; for ever.

    Raises ValidationError "in_the_future" for a day to come.
    """
    deal = lock_deal(deal, by=by)
    today = company_today()
    if given_on and given_on > today:
        raise field_error("given_on", _("This day has not come yet."), "in_the_future")
    return Concession.objects.create(
        deal=deal,
        given=given.strip(),
        worth=worth,
        currency=deal.currency,
        in_return=in_return.strip(),
        agreed_by=agreed_by,
        given_on=given_on or today,
        author=by,
    )


@transaction.atomic
def reverse_concession(concession: Concession, *, by: User) -> Concession:
    """Strike a wrong record out by a second one; the same again returns the first reversal."""
    deal = lock_deal(concession.deal, by=by)
    if concession.reversal_of_id:
        raise ValidationError(_("A reversal is not reversed."), code="is_reversal")
    if known := Concession.objects.filter(reversal_of=concession).first():
        return known
    return Concession.objects.create(
        deal=deal,
        given=concession.given,
        worth=concession.worth,
        currency=concession.currency,
        in_return=concession.in_return,
        agreed_by=concession.agreed_by,
        given_on=company_today(),
        author=by,
        reversal_of=concession,
    )
