"""Calls, meetings, e-mails and notes, and the steps they lead to."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clients.models import Client, Contact
from apps.core.calendars import business_day
from apps.deals import rules
from apps.deals.actions import checks
from apps.deals.actions.errors import field_error
from apps.deals.actions.locks import check_values, lock_deal
from apps.deals.choices import ActivityKind, ActivityOrigin, Outcome
from apps.deals.models import Activity, Deal
from apps.staff.models import User

# A clock of another machine may run ahead of ours by so much.
CLOCKS_DIFFER = timedelta(minutes=5)


@transaction.atomic
def log_activity(
    *,
    by: User,
    kind: str,
    deal: Deal | None = None,
    client: Client | None = None,
    contact: Contact | None = None,
    outcome: str = "",
    text: str = "",
    happened_at: datetime | None = None,
    duration_minutes: int | None = None,
    next_step: str = "",
    next_step_at: datetime | None = None,
    origin: str = ActivityOrigin.TYPED,
) -> Activity:
    """Record what `by` did, about a deal or a client, and plan the deal's next step.

    A call, meeting or e-mail does the step that was due by the end of its day; a new step takes
    the place of the old one; without either the plan stays. Raises ValidationError "no_subject",
    "future", "step_needs_when", "step_needs_text", and PermissionDenied for foreign work.
    """
    moment = happened_at or timezone.now()
    check_activity(deal, client, moment)
    checks.check_step(next_step, next_step_at)
    if deal:
        deal = lock_deal(deal, by=by)
        client = deal.client
        touch(deal, kind, moment, next_step=next_step.strip(), next_step_at=next_step_at)
    elif by.role not in rules.SELLING:
        raise PermissionDenied
    else:
        checks.check_client(client, by=by)
    checks.check_contact(contact, client=client)
    activity = Activity(
        kind=kind,
        deal=deal,
        client=client,
        contact=contact,
        user=by,
        outcome=outcome,
        text=text.strip(),
        duration_minutes=duration_minutes,
        origin=origin,
        happened_on=business_day(moment),
        happened_at=moment,
    )
    activity.clean_fields(exclude=["deal", "client", "contact", "user", "reversal_of"])
    activity.save()
    return activity


def check_activity(deal: Deal | None, client: Client | None, moment: datetime) -> None:
    if deal is None and client is None:
        raise ValidationError(_("Choose a client or a deal."), code="no_subject")
    if moment > timezone.now() + CLOCKS_DIFFER:
        raise field_error("happened_at", _("The moment is in the future."), "future")


def touch(
    deal: Deal, kind: str, moment: datetime, *, next_step: str, next_step_at: datetime | None
) -> None:
    """Move the clock of activity and the plan of a locked deal.

    No new version: an edit open elsewhere holds none of these fields.
    """
    deal.last_activity_at = max(filter(None, (deal.last_activity_at, moment)))
    if next_step_at:
        deal.next_step, deal.next_step_at = next_step, next_step_at
        check_open(deal)
    elif is_step_done(deal, kind, moment):
        deal.next_step, deal.next_step_at = "", None
    check_values(deal, ["next_step"])
    deal.save(update_fields=["last_activity_at", "next_step", "next_step_at"])


def is_step_done(deal: Deal, kind: str, moment: datetime) -> bool:
    """A note does nothing; anything else does what was due on its day or before."""
    if kind == ActivityKind.NOTE or deal.next_step_at is None:
        return False
    return business_day(deal.next_step_at) <= business_day(moment)


def check_open(deal: Deal) -> None:
    if deal.outcome != Outcome.OPEN:
        raise field_error("next_step", _("A closed deal has no next step."), "closed")


@transaction.atomic
def plan_next_step(deal: Deal, *, by: User, next_step: str, next_step_at: datetime | None) -> Deal:
    """Plan the next step, or take the plan away (both empty)."""
    checks.check_step(next_step, next_step_at)
    deal = lock_deal(deal, by=by)
    if next_step_at:
        check_open(deal)
    deal.next_step, deal.next_step_at = next_step.strip(), next_step_at
    check_values(deal, ["next_step"])
    deal.save(update_fields=["next_step", "next_step_at"])
    return deal


@transaction.atomic
def reverse_activity(activity: Activity, *, by: User) -> Activity:
    """Strike a wrong record out; it stays to be seen, and a repeat returns the same reversal.

    Only its author, his lead or the head may. The deal's clock goes back to what is left.
    """
    if by.role not in rules.SELLING or not rules.sees_work_of(activity.user_id, by=by):
        raise PermissionDenied
    if activity.reversal_of_id:
        raise ValidationError(_("This is a correction itself."), code="is_reversal")
    if activity.deal:
        lock_deal(activity.deal, by=by)
    Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    if known := Activity.objects.filter(reversal_of=activity).first():
        return known
    reversal = Activity.objects.create(**reversed_fields(activity, by))
    if activity.deal_id:
        last = Activity.objects.filter(deal_id=activity.deal_id).standing().first()
        moment = last.happened_at if last else None
        Deal.objects.filter(pk=activity.deal_id).update(last_activity_at=moment)
    return reversal


def reversed_fields(activity: Activity, by: User) -> dict[str, Any]:
    return {
        "kind": activity.kind,
        "deal_id": activity.deal_id,
        "client_id": activity.client_id,
        "user_id": activity.user_id,
        "origin": activity.origin,
        "text": _("Struck out by %(name)s") % {"name": by},
        "happened_on": activity.happened_on,
        "happened_at": activity.happened_at,
        "reversal_of": activity,
    }
