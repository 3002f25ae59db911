"""What happened to a record: who changed what and when, from the audit that triggers keep."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext as _

from apps.core.shown import Names, label_of, names_of, shown

LIMIT = 100


@dataclass(frozen=True)
class Change:
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One save: when, by whom ("" for the system itself), and the fields or words that say it."""

    at: datetime
    author: str
    text: str = ""
    changes: list[Change] = field(default_factory=list)


def is_audited(model: type[models.Model]) -> bool:
    return any(relation.name == "events" for relation in model._meta.related_objects)


def history_of(obj: models.Model, viewer: Any, limit: int = LIMIT) -> list[Entry]:
    """The last `limit` saves of `obj`, newest first, as far as `viewer` may know them.

    Fields that no form shows (versions, keys for sorting) are left out, and so are saves of nothing
    else; the names of rows that `viewer` may not see are replaced by "hidden".
    """
    events = obj.events  # type: ignore[attr-defined]
    rows = list(events.select_related("pgh_context").order_by("-pgh_id")[: limit + 1])
    fields = told_fields(type(obj))
    names = names_of(((one, getattr(row, one.attname)) for row in rows for one in fields), viewer)
    people = people_of(rows)
    entries = []
    for newer, older in pairwise([*rows, None]):
        entry = entry_of(newer, older, fields, names, people)
        if entry.text or entry.changes:
            entries.append(entry)
    return entries[:limit]


def told_fields(model: type[models.Model]) -> list[models.Field]:
    """What a reader may see: the fields that a form could show."""
    kept = {one.name for one in model.events.rel.related_model._meta.concrete_fields}  # type: ignore[attr-defined]
    return [
        one
        for one in model._meta.concrete_fields
        if one.editable and not one.primary_key and one.name in kept
    ]


def entry_of(
    newer: Any, older: Any, fields: list[models.Field], names: Names, people: dict[int, str]
) -> Entry:
    metadata = newer.pgh_context.metadata if newer.pgh_context else {}
    author = people.get(metadata.get("user", 0), "")
    changes = [] if older is None else changes_between(older, newer, fields, names)
    words = [text_of(newer, older), metadata.get("note", "")]
    return Entry(newer.pgh_created_at, author, ". ".join(filter(None, words)), changes)


def changes_between(
    older: Any, newer: Any, fields: list[models.Field], names: Names
) -> list[Change]:
    return [
        Change(label_of(one), shown(one, before, names), shown(one, after, names))
        for one in fields
        if (before := getattr(older, one.attname)) != (after := getattr(newer, one.attname))
    ]


def text_of(newer: Any, older: Any) -> str:
    """What happened as a whole, when that says more than the fields."""
    if newer.pgh_label == "delete":
        return _("Deleted")
    if newer.pgh_label == "insert":
        return _("Created")
    was, now = getattr(older, "archived_at", None), getattr(newer, "archived_at", None)
    if now and not was:
        return _("Put into the bin")
    return _("Taken out of the bin") if was and not now else ""


def people_of(rows: list[Any]) -> dict[int, str]:
    """Who made these saves, by number; one query."""
    numbers = {row.pgh_context.metadata.get("user") for row in rows if row.pgh_context}
    found = get_user_model()._default_manager.in_bulk(numbers - {None})
    return {pk: str(person) for pk, person in found.items()}


def last_saved(obj: models.Model) -> tuple[str, datetime | None]:
    """Who saved `obj` last ("" for the system itself) and when."""
    events = obj.events  # type: ignore[attr-defined]
    row = events.select_related("pgh_context").order_by("-pgh_id").first()
    if row is None:
        return "", None
    return next(iter(people_of([row]).values()), ""), row.pgh_created_at
