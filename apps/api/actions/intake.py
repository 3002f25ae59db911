"""An inquiry from outside becomes a lead: once, with a client, an owner, a source and a consent."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.api.models import Intake, IntakeForm
from apps.clients.actions import create_client, create_contact, record_consent
from apps.clients.actions.duplicates import same_requisites
from apps.clients.actions.fields import CLEANERS
from apps.clients.actions.owners import move as move_owner
from apps.clients.choices import ClientKind, ConsentKind
from apps.clients.models import Client, Contact
from apps.clients.rules import can_own
from apps.core.calendars import company_today
from apps.core.notifying import notify, register_kind
from apps.deals.actions import create_deal
from apps.deals.choices import StageKind
from apps.deals.lead_owners import Choice, Lead, next_owner, the_head
from apps.deals.models import Deal, Pipeline, Stage
from apps.staff.models import User

register_kind("lead_received", gettext_lazy("A lead came to you"))

HOUR = timedelta(hours=1)
# What one sender, and one form, may bring in an hour; a flood is somebody's program.
PER_ADDRESS, PER_FORM = 20, 300


class TooOften(Exception):
    """The sender, or the form, has brought too much within the hour."""


@dataclass(frozen=True)
class Inquiry:
    """What the sender wrote; a phone or an e-mail is needed to answer it."""

    name: str
    company: str = ""
    phone: str = ""
    email: str = ""
    city: str = ""
    comment: str = ""
    consent: bool = False


@transaction.atomic
def receive_inquiry(form: IntakeForm, inquiry: Inquiry, *, key: str, address: str) -> Intake:
    """Make a lead of `inquiry`; the same `key` again returns what was made of the first.

    Raises TooOften, and ValidationError by field, "consent", "no_contact", "key_reused" (the key
    came with other contents before), "no_owner" (nobody sells here yet), "no_lead_stage".
    """
    form = IntakeForm.objects.select_for_update(of=("self",)).get(pk=form.pk)
    written = fingerprint(inquiry)
    if known := Intake.objects.filter(form=form, key=key).first():
        if known.body_hash != written:
            raise ValidationError(_("This key came with other contents."), "key_reused")
        return known
    check_rate(form, address)
    inquiry = cleaned(inquiry)
    intake = kept(form, key, written, address)
    intake.deal = make_lead(form, inquiry)
    intake.save(update_fields=["deal"])
    return intake


@transaction.atomic
def remember_spam(form: IntakeForm, *, key: str, address: str) -> None:
    """What the trap caught counts against the limits; nothing else is kept of it."""
    check_rate(form, address)
    if not Intake.objects.filter(form=form, key=key).exists():
        kept(form, key, "", address)


def kept(form: IntakeForm, key: str, written: str, address: str) -> Intake:
    return Intake.objects.create(
        form=form, key=key, body_hash=written, address_hash=address_hash(address)
    )


def check_rate(form: IntakeForm, address: str) -> None:
    recent = Intake.objects.filter(received_at__gt=timezone.now() - HOUR)
    if recent.filter(address_hash=address_hash(address)).count() >= PER_ADDRESS:
        raise TooOften
    if recent.filter(form=form).count() >= PER_FORM:
        raise TooOften


def address_hash(address: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), sha256).hexdigest()


def fingerprint(inquiry: Inquiry) -> str:
    return sha256(json.dumps(asdict(inquiry), sort_keys=True).encode()).hexdigest()


def cleaned(inquiry: Inquiry) -> Inquiry:
    """In the stored form. Raises ValidationError by field."""
    said, errors = asdict(inquiry), {}
    for field in ("name", "phone", "email", "city"):
        if said[field]:
            try:
                said[field] = CLEANERS[field](said[field])
            except ValidationError as error:
                errors[field] = error
    if not said["name"].strip():
        errors["name"] = ValidationError(_("Say how to call you."), "required")
    if not inquiry.consent:
        errors["consent"] = ValidationError(_("Without the consent we may not answer."), "consent")
    if not (said["phone"] or said["email"] or errors):
        text = _("Leave a phone or an e-mail, so that we can answer.")
        errors["phone"] = ValidationError(text, "no_contact")
    if errors:
        raise ValidationError(errors)
    return Inquiry(**said)


def make_lead(form: IntakeForm, inquiry: Inquiry) -> Deal:
    client = known_client(inquiry)
    choice = choice_for(form, inquiry, client)
    owner = choice.person
    client = client or new_client(form, inquiry, owner)
    if client.owner is None or not can_own(client.owner):
        move_owner(client, owner, None, _("An inquiry came by “%(form)s”.") % {"form": form.name})
    contact = contact_of(client, inquiry, owner)
    agreed(form, client, contact)
    deal = create_deal(
        by=writer_for(client, owner),
        title=_("Inquiry: %(name)s") % {"name": inquiry.company or inquiry.name},
        pipeline=form.pipeline,
        owner=owner,
        stage=lead_stage(form.pipeline),
        client=client,
        contact=contact,
        source=form.source,
        note=inquiry.comment,
    )
    choice.keep(deal)
    tell_owner(deal, form)
    return deal


def known_client(inquiry: Inquiry) -> Client | None:
    """The client with this phone or e-mail, his own or a contact's: the oldest one."""
    same = same_requisites("", inquiry.phone, inquiry.email)
    for condition in same.values():
        found = Client.objects.kept().filter(condition).select_related("owner").order_by("pk")
        if client := found.first():
            return client
    return None


def choice_for(form: IntakeForm, inquiry: Inquiry, client: Client | None) -> Choice:
    """Who looks after the client; for a stranger, and while the owner is away, the next in turn."""
    owner = client.owner if client else None
    if owner is not None and can_own(owner) and not is_away(owner):
        return Choice(owner)
    name = inquiry.company or inquiry.name
    choice = next_owner(Lead(name, form.pipeline, form.source, client, inquiry.city))
    if choice is None:
        raise ValidationError(_("Nobody can take the inquiry yet."), "no_owner")
    return choice


def is_away(person: User) -> bool:
    return person.absences.on(company_today()).exists()


def writer_for(client: Client, owner: User) -> User:
    """In whose name the deal is written: the owner's, or the head's where he does not see both."""
    head = the_head()
    if head is None or Client.objects.visible_to(owner).filter(pk=client.pk).exists():
        return owner
    return head


def new_client(form: IntakeForm, inquiry: Inquiry, owner: User) -> Client:
    is_company = bool(inquiry.company.strip())
    return create_client(
        by=owner,
        kind=ClientKind.COMPANY if is_company else ClientKind.PERSON,
        name=inquiry.company if is_company else inquiry.name,
        phone="" if is_company else inquiry.phone,
        email="" if is_company else inquiry.email,
        city=inquiry.city,
        source=form.source,
    )


def contact_of(client: Client, inquiry: Inquiry, owner: User) -> Contact | None:
    """The person who wrote: a known contact, a new one, or None when the client is the person."""
    if client.kind == ClientKind.PERSON:
        return None
    for field in ("phone", "email"):
        value = getattr(inquiry, field)
        if value and (found := client.contacts.kept().filter(**{field: value}).first()):  # type: ignore[attr-defined]
            return found
    return create_contact(
        by=owner, client=client, name=inquiry.name, phone=inquiry.phone, email=inquiry.email
    )


def agreed(form: IntakeForm, client: Client, contact: Contact | None) -> None:
    record_consent(
        by=None,
        client=client,
        contact=contact,
        kind=ConsentKind.PERSONAL_DATA,
        text_version=form.consent_version,
        text=form.consent_text,
        given_on=company_today(),
        source=_("form “%(form)s”") % {"form": form.name},
    )


def lead_stage(pipeline: Pipeline) -> Stage:
    stages = pipeline.stages.kept().filter(kind=StageKind.LEAD)  # type: ignore[attr-defined]
    stage = stages.order_by("order", "pk").first()
    if stage is None:
        raise ValidationError(_("The pipeline has no stage for leads."), "no_lead_stage")
    return stage


def tell_owner(deal: Deal, form: IntakeForm) -> None:
    notify(
        [deal.owner],
        kind="lead_received",
        title=format_lazy(gettext_lazy("New lead: {client}"), client=str(deal.client)),
        body=format_lazy(gettext_lazy("By “{form}”. The clock is running."), form=form.name),
        url=reverse("deals:deal", args=[deal.pk]),
        dedupe_key=f"lead:{deal.pk}",
    )
