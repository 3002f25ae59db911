"""Consents to the processing of personal data: given, withdrawn, never erased as a record."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.clients.models import Client, Consent, Contact
from apps.clients.rules import can_change
from apps.core.calendars import company_today
from apps.core.notifying import notify, register_kind
from apps.staff.models import User

register_kind("consent_withdrawn", gettext_lazy("A person withdrew a consent"))

# 152-FZ, article 21, part 5: the data is destroyed within 30 days of the withdrawal.
DESTROYED_WITHIN = timedelta(days=30)


@transaction.atomic
def record_consent(
    *,
    by: User | None,
    client: Client,
    contact: Contact | None = None,
    kind: str,
    text_version: str,
    given_on: date,
    source: str,
    text: str = "",
) -> Consent:
    """Keep that the person agreed; `by` is None when he did so himself, in a form.

    The same consent of the same day is kept once. Raises ValidationError "future",
    "foreign_contact" or by field, PermissionDenied.
    """
    if by is not None and not can_change(client, by=by):
        raise PermissionDenied
    check_consent(client, contact, given_on)
    consent = Consent(
        client=client,
        contact=contact,
        kind=kind,
        text_version=text_version.strip(),
        text=text.strip(),
        given_on=given_on,
        source=source.strip(),
        recorded_by=by,
    )
    consent.clean_fields(exclude=["client", "contact", "recorded_by"])
    same = Consent.objects.standing().filter(
        client=client,
        contact=contact,
        kind=kind,
        text_version=consent.text_version,
        given_on=given_on,
    )
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if known := same.first():
        return known
    consent.save()
    return consent


def check_consent(client: Client, contact: Contact | None, given_on: date) -> None:
    if given_on > company_today():
        error = ValidationError(_("The day is in the future."), "future")
        raise ValidationError({"given_on": error})
    if contact is not None and contact.client_id != client.pk:
        error = ValidationError(_("The contact is of another client."), "foreign_contact")
        raise ValidationError({"contact": error})


@transaction.atomic
def withdraw_consent(
    consent: Consent, *, by: User, on: date | None = None, note: str = ""
) -> Consent:
    """Write the withdrawal and tell the client's owner until when the data must be gone.

    Twice is once. Raises ValidationError "future" and "before_given", PermissionDenied.
    """
    consent = (
        Consent.objects.select_for_update(of=("self",)).select_related("client").get(pk=consent.pk)
    )
    if not can_change(consent.client, by=by):
        raise PermissionDenied
    if consent.withdrawn_on is not None:
        return consent
    day = on or company_today()
    if day > company_today():
        raise ValidationError({"on": ValidationError(_("The day is in the future."), "future")})
    if day < consent.given_on:
        error = ValidationError(_("It was given later than that."), "before_given")
        raise ValidationError({"on": error})
    consent.withdrawn_on, consent.withdrawal_note = day, note.strip()[:255]
    consent.save(update_fields=["withdrawn_on", "withdrawal_note"])
    tell_owner(consent)
    return consent


def tell_owner(consent: Consent) -> None:
    client = consent.client
    if client.owner is None:
        return
    until = date_format(destroyed_by(consent), "d.m.Y")
    notify(
        [client.owner],
        kind="consent_withdrawn",
        title=format_lazy(gettext_lazy("{client}: a consent is withdrawn"), client=client.name),
        body=format_lazy(
            gettext_lazy("Stop using the data; destroy it by {day} (152-FZ)."), day=until
        ),
        url=reverse("clients:client", args=[client.pk]),
        dedupe_key=f"consent:{consent.pk}:withdrawn",
    )


def destroyed_by(consent: Consent) -> date:
    """The last day on which the data may exist; of a withdrawn consent only."""
    assert consent.withdrawn_on is not None
    return consent.withdrawn_on + DESTROYED_WITHIN
