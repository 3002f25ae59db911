"""Two people, one record: a save names the version it was made from, a stale one is not written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import F, GeneratedField

from apps.core.models import Versioned

Record = TypeVar("Record", bound=Versioned)


class Conflict(Exception):  # noqa: N818 - it is no error: two people were quick
    """Somebody saved the record first; `current` is what is stored now, None when it is gone."""

    def __init__(self, current: Versioned | None) -> None:
        super().__init__("the record was saved by somebody else")
        self.current = current


def save_version(instance: Record, *, expected: int, fields: Iterable[str]) -> Record:
    """Write `fields` of `instance` if the stored version is still `expected`.

    One UPDATE decides: of many savers of one version exactly one wins, the others get Conflict and
    nothing of theirs is written. On success the instance carries the next version.
    """
    model = type(instance)
    rows = model._base_manager.filter(pk=instance.pk, version=expected)
    columns = {field.name: field.attname for field in model._meta.concrete_fields}
    values = {name: getattr(instance, columns[name]) for name in fields}
    if not rows.update(**values, version=F("version") + 1):
        raise Conflict(model._base_manager.filter(pk=instance.pk).first())
    instance.version = expected + 1
    computed = [field.name for field in model._meta.fields if isinstance(field, GeneratedField)]
    if computed:
        instance.refresh_from_db(fields=computed)
    return instance
