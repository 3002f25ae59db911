"""A client comes into the base and changes."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clients.actions.fields import CLIENT_FIELDS, checked
from apps.clients.models import Client, OwnerChange
from apps.clients.rules import can_change, can_own
from apps.core.access import allowed
from apps.core.models import Tag
from apps.core.versions import save_version
from apps.staff.models import User

TAKEN = "one_client_an_inn_and_kpp"
PERSON_INN = 12


@transaction.atomic
def create_client(*, by: User, owner: User | None = None, **fields: Any) -> Client:
    """A new client of `owner`, of `by` himself when none is named.

    Raises ValidationError by field, "exists" for an INN and KPP in use, "owner" for an owner
    outside the sight of `by`; PermissionDenied when `by` may not create clients.
    """
    if not allowed(by, "clients.add_client"):
        raise PermissionDenied
    owner = owner or by
    check_owner(owner, by)
    client = Client(owner=owner, **checked(fields, CLIENT_FIELDS))
    check_fields(client)
    save_new(client)
    OwnerChange.objects.create(
        client=client, new_owner=owner, happened_at=timezone.now(), author=by
    )
    return client


@transaction.atomic
def change_client(client: Client, *, by: User, expected_version: int, **fields: Any) -> Client:
    """Write `fields` into the client as it was at `expected_version`.

    Raises Conflict when somebody was quicker, ValidationError by field or "exists",
    PermissionDenied when `by` may not. The owner is not a field: see `assign_client`.
    """
    if not can_change(client, by=by):
        raise PermissionDenied
    for name, value in checked(fields, CLIENT_FIELDS).items():
        setattr(client, name, value)
    check_fields(client)
    try:
        with transaction.atomic():
            return save_version(client, expected=expected_version, fields=list(fields))
    except IntegrityError as error:
        raise as_exists(error) from error


@transaction.atomic
def tag_client(client: Client, *, by: User, tags: Iterable[Tag]) -> Client:
    """Let the client carry exactly `tags`; one that it carries may be archived, a new one not.

    Raises ValidationError "archived_tag", PermissionDenied.
    """
    if not can_change(client, by=by):
        raise PermissionDenied
    client = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    wanted, carried = set(tags), set(client.tags.all())
    if any(tag.archived_at for tag in wanted - carried):
        raise ValidationError(_("The tag is not in use any more."), "archived_tag")
    client.tags.set(wanted)
    return client


def check_owner(owner: User, by: User) -> None:
    """Raises ValidationError "owner" unless `by` may give a client to `owner`."""
    if not can_own(owner) or not User.objects.work_visible_to(by).filter(pk=owner.pk).exists():
        raise ValidationError(_("This person cannot own the client."), "owner")


def check_fields(client: Client) -> None:
    """The limits of the columns; uniqueness is the database's matter, see `as_exists`."""
    client.clean_fields(exclude=["owner"])
    check_kpp(client)
    check_parent(client)


def check_kpp(client: Client) -> None:
    """A KPP is given to organisations and their branches; a person's INN has 12 digits."""
    if client.kpp and len(client.inn) == PERSON_INN:
        text = _("An entrepreneur has no KPP: his INN has 12 digits. Clear one of the two.")
        raise ValidationError({"kpp": ValidationError(text, "kpp_of_person")})


def check_parent(client: Client) -> None:
    """Raises ValidationError when the parent companies go in a circle."""
    above, seen = client.parent, {client.pk}
    while above is not None:
        if above.pk in seen:
            raise ValidationError(
                {"parent": ValidationError(_("A company cannot stand above itself."), "circle")}
            )
        seen.add(above.pk)
        above = above.parent


def save_new(client: Client) -> None:
    try:
        with transaction.atomic():
            client.save()
    except IntegrityError as error:
        raise as_exists(error) from error


def as_exists(error: IntegrityError) -> Exception:
    """The error of a second client with one INN and KPP in words that give nothing away."""
    if TAKEN not in str(error):
        return error
    text = _("A client with this INN and KPP exists. If you do not see it, ask your lead.")
    return ValidationError({"inn": ValidationError(text, "exists")})
