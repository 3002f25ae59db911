"""Yes/no questions about loaded clients; who sees one at all is the matter of `visible_to`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from apps.core.access import allowed
from apps.staff.choices import SELLING_ROLES, Role

if TYPE_CHECKING:
    from apps.clients.models import Client, Merge
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
    """Out of the bin within 30 days; a merged client comes back by undoing the merge only."""
    is_in_bin = client.archived_at is not None and client.archived_at > now - BIN
    is_in_bin = is_in_bin and client.merged_into_id is None
    return is_in_bin and allowed(by, "clients.archive_client")


def can_own(person: User) -> bool:
    """Clients belong to people who sell and still work here."""
    return person.is_active and person.role in SELLING_ROLES


def may_leave_without_owner(by: User) -> bool:
    return by.role == Role.HEAD


def can_merge(*clients: Client, by: User) -> bool:
    """Merging puts a client into the bin, so it is for those who may do that."""
    is_kept = all(client.archived_at is None for client in clients)
    return is_kept and allowed(by, "clients.merge_client")


def can_undo(merge: Merge, kept: Any, *, by: User, now: datetime) -> bool:
    """For 30 days; contacts by whoever edits the client."""
    permission = "merge_client" if merge.subject == "client" else "change_client"
    is_open = merge.undone_at is None and merge.merged_at > now - BIN
    return is_open and kept.archived_at is None and allowed(by, f"clients.{permission}")
