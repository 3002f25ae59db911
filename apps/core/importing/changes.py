"""What a row changes in a record that exists, and how that is taken back."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

_ENCODER = DjangoJSONEncoder()


def wanted(record: models.Model, values: dict[str, Any], *, only_empty: bool) -> dict[str, Any]:
    """The fields that a row would change. A blank cell never erases what is known."""
    changes = {}
    for name, value in values.items():
        known = getattr(record, name)
        if value in ("", None) or value == known:
            continue
        if only_empty and known not in ("", None):
            continue
        changes[name] = value
    return changes


def apply(record: models.Model, changes: dict[str, Any]) -> dict[str, Any]:
    """Change the record in memory with its version; returns what undo needs, as JSON."""
    before = {name: plain(getattr(record, name)) for name in changes}
    for name, value in changes.items():
        setattr(record, name, value)
    record.version += 1  # type: ignore[attr-defined]
    return {"version": record.version, "fields": before}  # type: ignore[attr-defined]


def restore(record: models.Model, before: dict[str, Any]) -> list[str]:
    """Put the values of `before` back in memory; returns the names of the changed columns."""
    for name, value in before["fields"].items():
        setattr(record, name, value_of(type(record), name, value))
    record.version += 1  # type: ignore[attr-defined]
    return [*before["fields"], "version"]


def value_of(model: type[models.Model], name: str, kept: Any) -> Any:
    """The value of a column from what `plain` kept of it."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return None if kept is None else field.to_python(kept)


def plain(value: Any) -> Any:
    """A value as JSON keeps it: dates in ISO, money as text."""
    return _ENCODER.default(value) if isinstance(value, date | Decimal) else value


def save_all(records: Sequence[models.Model], fields: Iterable[str], *, batch: int = 200) -> None:
    """Write the named columns of records that the caller has locked."""
    names = sorted(set(fields))
    if records and names:
        type(records[0])._default_manager.bulk_update(records, names, batch_size=batch)
