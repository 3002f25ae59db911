"""A deal begins, changes, changes hands, goes to the bin and comes back."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clients.models import Client, Contact, Source
from apps.core.calendars import company_today
from apps.core.models import Company
from apps.deals import rules
from apps.deals.actions import checks
from apps.deals.actions.big_notice import tell_if_big
from apps.deals.actions.errors import field_error, missing_error
from apps.deals.actions.locks import booked, check_values, lock_deal, lock_row, save_deal
from apps.deals.actions.moments import moment_on
from apps.deals.choices import Outcome
from apps.deals.models import Deal, Pipeline, Stage, StageMove, WonAdjustment
from apps.staff.models import User

# What an edit may change; the stage, the owner and the next step have actions of their own.
EDITABLE = (
    "title",
    "client",
    "contact",
    "source",
    "amount",
    "currency",
    "expected_close_on",
    "note",
)


@transaction.atomic
def create_deal(
    *,
    by: User,
    title: str,
    pipeline: Pipeline,
    owner: User,
    stage: Stage | None = None,
    client: Client | None = None,
    contact: Contact | None = None,
    amount: Decimal | None = None,
    currency: str | None = None,
    opened_on: date | None = None,
    expected_close_on: date | None = None,
    source: Source | None = None,
    next_step: str = "",
    next_step_at: datetime | None = None,
    note: str = "",
    external_id: str = "",
    imported: bool = False,
) -> Deal:
    """Begin a deal in `stage`, by default the first of the pipeline, and record the entry.

    A deal begun in a later stage must have what the stages before it ask for, unless `imported`:
    what comes from another system may be incomplete and counts against hygiene. A closed deal is
    begun open and then moved. Raises PermissionDenied for an owner outside the scope of `by`.
    """
    if by.role not in rules.SELLING or not rules.sees_work_of(owner.pk, by=by):
        raise PermissionDenied
    checks.check_client(client, by=by)
    if owner.pk != by.pk and not imported:
        checks.check_receives(owner, stage or checks.first_stage(pipeline))
    deal = Deal(
        title=title.strip(),
        pipeline=pipeline,
        stage=stage or checks.first_stage(pipeline),
        owner=owner,
        client=client,
        contact=contact,
        amount=amount,
        currency=currency or Company.current().currency,
        opened_on=opened_on or company_today(),
        expected_close_on=expected_close_on,
        source=source,
        next_step=next_step.strip(),
        next_step_at=next_step_at,
        note=note,
        external_id=external_id,
    )
    check_beginning(deal)
    begin(deal, by=by)
    if not imported and (gaps := rules.earlier_gaps(deal)):
        raise missing_error(gaps)
    if not imported:
        tell_if_big(deal, before=None, by=by)
    return deal


def check_beginning(deal: Deal) -> None:
    checks.check_stage(deal.stage, pipeline=deal.pipeline)
    if deal.stage.kind not in rules.IN_WORK:
        raise field_error("stage", _("A deal begins open; close it afterwards."), "born_closed")
    checks.check_not_future("opened_on", deal.opened_on)
    checks.check_contact(deal.contact, client=deal.client)
    checks.check_step(deal.next_step, deal.next_step_at)


def begin(deal: Deal, *, by: User) -> None:
    """Save a checked deal with its entry into the first stage."""
    deal.stage_since = moment_on(deal.opened_on)
    check_values(deal, [field.name for field in Deal._meta.fields])
    deal.amount_base = booked(deal.amount, deal.currency, deal.opened_on)
    deal.save()
    StageMove.objects.create(
        deal=deal,
        to_stage=deal.stage,
        owner=deal.owner,
        amount_base=deal.amount_base,
        happened_on=deal.opened_on,
        happened_at=deal.stage_since,
        author=by,
    )


@transaction.atomic
def change_deal(
    deal: Deal, *, by: User, expected_version: int | None = None, **fields: Any
) -> Deal:
    """Change fields of EDITABLE; None as `expected_version` means the version as it is now.

    The amount of a won deal keeps its day: the difference is a WonAdjustment of today. Raises
    Conflict for a stale version, PermissionDenied when the deal has gone out of reach.
    """
    if unknown := set(fields) - set(EDITABLE):
        raise TypeError(f"not for an edit: {sorted(unknown)}")
    deal = lock_deal(deal, by=by)
    before, client_before = deal.amount_base, deal.client_id
    fields |= rebooked(deal, **fields)
    if "title" in fields:
        fields["title"] = fields["title"].strip()
    for field, value in fields.items():
        setattr(deal, field, value)
    if deal.client_id != client_before:
        checks.check_client(deal.client, by=by)
    check_change(deal)
    deal = save_deal(deal, expected_version=expected_version, **fields)
    tell_if_big(deal, before=before, by=by)
    if deal.outcome == Outcome.WON:
        adjust(deal, old=before, new=deal.amount_base, by=by)
    return deal


def rebooked(deal: Deal, **fields: Any) -> dict[str, Any]:
    """The new amount at the rate of the closing day, or of today while the deal is open.

    An amount that stays as it is keeps its booking: nothing is returned.
    """
    amount, currency = fields.get("amount", deal.amount), fields.get("currency", deal.currency)
    if (amount, currency) == (deal.amount, deal.currency):
        return {}
    return {"amount_base": booked(amount, currency, deal.closed_on or company_today())}


def check_change(deal: Deal) -> None:
    checks.check_contact(deal.contact, client=deal.client)
    if deal.outcome != Outcome.WON:
        return
    if deal.amount is None:
        raise field_error("amount", _("A won deal has an amount."), "won_needs_amount")
    if deal.client_id is None:
        raise field_error("client", _("A won deal has a client."), "won_needs_client")


def adjust(
    deal: Deal, *, old: Decimal | None, new: Decimal | None, by: User, reason: str = ""
) -> None:
    """Count the difference of won revenue today, to the owner of today."""
    difference = (new or Decimal(0)) - (old or Decimal(0))
    if difference:
        WonAdjustment.objects.create(
            deal=deal,
            amount_base=difference,
            owner=deal.owner,
            happened_on=company_today(),
            author=by,
            reason=reason,
        )


@transaction.atomic
def assign_deal(deal: Deal, *, to: User, by: User) -> Deal:
    """Give the deal to `to`; what was won before stays with its owner of then.

    Raises PermissionDenied unless `by` leads both people, ValidationError "dismissed" for a person
    who has left, "absent" for a lead to somebody who is away today: it would wait for nobody.
    """
    deal = lock_row(deal)
    if not rules.can_assign(deal, by=by) or not rules.sees_work_of(to.pk, by=by):
        raise PermissionDenied
    if deal.owner_id == to.pk:
        return deal
    if not to.is_active:
        raise field_error("owner", _("The person has left."), "dismissed")
    checks.check_receives(to, deal.stage)
    return save_deal(deal, owner=to)


@transaction.atomic
def archive_deal(deal: Deal, *, by: User) -> Deal:
    """Put the deal into the bin for 30 days; harmless when repeated."""
    deal = lock_row(deal)
    if not rules.can_edit(deal, by=by):
        raise PermissionDenied
    if not rules.may_go(deal):
        raise ValidationError(_("A won deal is not archived: reopen it first."), code="won_is_kept")
    return deal if deal.archived_at else save_deal(deal, archived_at=timezone.now())


@transaction.atomic
def restore_deal(deal: Deal, *, by: User) -> Deal:
    """Take the deal out of the bin; harmless when repeated."""
    deal = lock_row(deal)
    if not rules.can_edit(deal, by=by):
        raise PermissionDenied
    return save_deal(deal, archived_at=None) if deal.archived_at else deal
