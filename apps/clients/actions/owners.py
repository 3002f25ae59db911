"""A client goes from one owner to another."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.clients.actions.clients import check_owner
from apps.clients.models import Client, OwnerChange
from apps.clients.rules import can_assign, may_leave_without_owner
from apps.core.notifying import notify, register_kind
from apps.staff.models import User

register_kind("client_assigned", gettext_lazy("A client was given to you"))


@transaction.atomic
def assign_client(client: Client, *, to: User | None, by: User, reason: str = "") -> Client:
    """Give the client to `to`, or to nobody, and write the event; the same owner changes nothing.

    The rights are checked under the lock. Raises PermissionDenied when `by` may not (any more), and
    ValidationError "owner" for a person who cannot own it.
    """
    client = locked(client, by)
    if not can_assign(client, by=by):
        raise PermissionDenied
    if to is not None:
        check_owner(to, by)
    elif not may_leave_without_owner(by):
        raise ValidationError(_("Only the head may leave a client without an owner."), "owner")
    if client.owner_id == (to.pk if to else None):
        return client
    move(client, to, by, reason)
    if to is not None and to != by:
        tell_new_owner(client, to, by)
    return client


def locked(client: Client, by: User) -> Client:
    """The row as it is now, locked; PermissionDenied when `by` sees it no more."""
    rows = Client.objects.visible_to(by).select_for_update(of=("self",))
    found = rows.filter(pk=client.pk).first()
    if found is None:
        raise PermissionDenied
    return found


def move(client: Client, to: User | None, by: User | None, reason: str) -> None:
    """Write the owner and the event; editors of the old version will see a conflict."""
    before, client.owner, client.version = client.owner, to, client.version + 1
    client.save(update_fields=["owner", "version"])
    OwnerChange.objects.create(
        client=client,
        old_owner=before,
        new_owner=to,
        happened_at=timezone.now(),
        author=by,
        reason=reason.strip()[:255],
    )


def tell_new_owner(client: Client, to: User, by: User) -> None:
    notify(
        [to],
        kind="client_assigned",
        title=format_lazy(gettext_lazy("{client} is your client now"), client=client.name),
        body=format_lazy(gettext_lazy("Given by {person}."), person=str(by)),
        url=reverse("clients:client", args=[client.pk]),
        dedupe_key=f"client:{client.pk}:owner:{client.version}",
    )


@transaction.atomic
def hand_over_clients(leaver: User, *, to: User, by: User) -> int:
    """Everything the leaving person owns goes to `to`; for `dismiss`, which checked the rights."""
    owned = Client.objects.kept().filter(owner=leaver).select_for_update().order_by("pk")
    for client in owned:
        move(client, to, by, _("The owner has left."))
    return len(owned)
