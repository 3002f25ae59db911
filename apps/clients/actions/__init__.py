from apps.clients.actions.archiving import archive_client, restore_client
from apps.clients.actions.clients import change_client, create_client, tag_client
from apps.clients.actions.consents import record_consent, withdraw_consent
from apps.clients.actions.contacts import (
    archive_contact,
    change_contact,
    create_contact,
    restore_contact,
)
from apps.clients.actions.duplicates import Duplicate, Found, find_duplicates
from apps.clients.actions.levels import write_levels
from apps.clients.actions.merging import merge_clients, merge_contacts, undo_merge
from apps.clients.actions.owners import assign_client, hand_over_clients

__all__ = [
    "Duplicate",
    "Found",
    "archive_client",
    "archive_contact",
    "assign_client",
    "change_client",
    "change_contact",
    "create_client",
    "create_contact",
    "find_duplicates",
    "hand_over_clients",
    "merge_clients",
    "merge_contacts",
    "record_consent",
    "restore_client",
    "restore_contact",
    "tag_client",
    "undo_merge",
    "withdraw_consent",
    "write_levels",
]
