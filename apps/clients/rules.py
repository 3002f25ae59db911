"""Yes/no questions about loaded clients; who sees one at all is the matter of `visible_to`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apps.core.access import allowed
from apps.staff.choices import SELLING_ROLES, Role

if TYPE_CHECKING:
    from apps.clients.models import Client
    from apps.staff.models import User

BIN = timedelta(days=30)


def can_change(client: Client, *, by: User) -> bool:
    """May the seer `by` edit the client and its contacts? In the bin nothing is edited."""
    return client.archived_at is None and allowed(by, "clients.change_client")


def can_assign(client: Client, *, by: User) -> bool:
    return client.archived_at is None and allowed(by, "clients.assign_client")


def can_archive(client: Client, *, by: User) -> bool:
    return client.archived_at is None and allowed(by, "clients.archive_client")


def can_restore(client: Client, *, by: User, now: datetime) -> bool:
    """Out of the bin within 30 days."""
    is_in_bin = client.archived_at is not None and client.archived_at > now - BIN
    return is_in_bin and allowed(by, "clients.archive_client")


def can_own(person: User) -> bool:
    """Clients belong to people who sell and still work here."""
    return person.is_active and person.role in SELLING_ROLES


def may_leave_without_owner(by: User) -> bool:
    return by.role == Role.HEAD
