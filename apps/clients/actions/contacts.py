"""The people on the client's side."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from apps.clients.actions.fields import CONTACT_FIELDS, checked
from apps.clients.models import Client, Contact
from apps.clients.rules import can_change
from apps.core.versions import save_version
from apps.staff.models import User


@transaction.atomic
def create_contact(*, by: User, client: Client, **fields: Any) -> Contact:
    """A new contact of `client`. Raises ValidationError by field, PermissionDenied."""
    check_right(client, by)
    contact = Contact(client=client, **checked(fields, CONTACT_FIELDS))
    contact.clean_fields()
    contact.save()
    return contact


@transaction.atomic
def change_contact(contact: Contact, *, by: User, expected_version: int, **fields: Any) -> Contact:
    """Raises Conflict, ValidationError by field, PermissionDenied."""
    check_right(contact.client, by)
    for name, value in checked(fields, CONTACT_FIELDS).items():
        setattr(contact, name, value)
    contact.clean_fields()
    return save_version(contact, expected=expected_version, fields=list(fields))


@transaction.atomic
def archive_contact(contact: Contact, *, by: User) -> Contact:
    """Put the contact into the bin; twice is once."""
    return set_archived(contact, by, is_archived=True)


@transaction.atomic
def restore_contact(contact: Contact, *, by: User) -> Contact:
    return set_archived(contact, by, is_archived=False)


def set_archived(contact: Contact, by: User, *, is_archived: bool) -> Contact:
    check_right(contact.client, by)
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if contact.merged_into_id:
        return contact  # it comes back by undoing the merge
    if (contact.archived_at is not None) != is_archived:
        contact.archived_at = timezone.now() if is_archived else None
        contact.version += 1
        contact.save(update_fields=["archived_at", "version"])
    return contact


def check_right(client: Client, by: User) -> None:
    if not can_change(client, by=by):
        raise PermissionDenied
