"""Into the bin for 30 days, and out of it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.clients.actions.clients import as_exists
from apps.clients.actions.owners import locked
from apps.clients.models import Client
from apps.clients.rules import can_archive, can_restore
from apps.staff.models import User

_obstacles: list[Callable[[Client], Any]] = []


def forbid_archiving(reason: Callable[[Client], Any]) -> None:
    """Let a higher room keep a client from the bin: `reason(client)` says why, or nothing."""
    _obstacles.append(reason)


@transaction.atomic
def archive_client(client: Client, *, by: User) -> Client:
    """Put the client into the bin; twice is once.

    Raises PermissionDenied, and ValidationError "needed" with the reason of the room that needs it.
    """
    client = locked(client, by)
    if client.archived_at is not None:
        return client
    if not can_archive(client, by=by):
        raise PermissionDenied
    if reasons := [str(reason) for obstacle in _obstacles if (reason := obstacle(client))]:
        raise ValidationError([ValidationError(reason, "needed") for reason in reasons])
    client.archived_at, client.version = timezone.now(), client.version + 1
    client.save(update_fields=["archived_at", "version"])
    return client


@transaction.atomic
def restore_client(client: Client, *, by: User) -> Client:
    """Take the client out of the bin; twice is once.

    Raises PermissionDenied, also after 30 days, and ValidationError "exists" when another client
    has its INN and KPP by now.
    """
    client = locked(client, by)
    if client.archived_at is None:
        return client
    if not can_restore(client, by=by, now=timezone.now()):
        raise PermissionDenied
    client.archived_at, client.version = None, client.version + 1
    try:
        with transaction.atomic():
            client.save(update_fields=["archived_at", "version"])
    except IntegrityError as error:
        raise as_exists(error) from error
    return client
