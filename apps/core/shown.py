"""How a stored value is written for a reader: in histories, conflicts and previews."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.core import numerals

Names = dict[tuple[type[models.Model], Any], str]


def label_of(field: models.Field) -> str:
    return str(capfirst(field.verbose_name))


def shown(field: models.Field, value: Any, names: Names | None = None) -> str:
    """`value` of `field` in words of the active language; "" for nothing.

    A foreign key is looked up in `names` (see `names_of`); what is not there stays unnamed.
    """
    if value is None or value == "":
        return ""
    if field.is_relation:
        return (names or {}).get((related(field), value), _("hidden"))
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    return plain(value)


def plain(value: Any) -> str:
    """A value without a field: numbers, dates and truth by the active language."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return numerals.number(value, 0 if value == value.to_integral_value() else 2)
    if isinstance(value, int):
        return numerals.number(value)
    if isinstance(value, dt.datetime):
        return numerals.moment(value, today=timezone.localdate())
    if isinstance(value, dt.date):
        return numerals.day(value)
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    if isinstance(value, list | tuple | models.QuerySet):
        return ", ".join(map(plain, value))
    return str(value)


def related(field: models.Field) -> type[models.Model]:
    model = field.related_model
    assert isinstance(model, type)
    return model


def names_of(pairs: Iterable[tuple[models.Field, Any]], viewer: Any) -> Names:
    """What the rows behind foreign keys are called; one query a model.

    Rows that `viewer` may not see are left out.
    """
    wanted: dict[type[models.Model], set[Any]] = {}
    for field, value in pairs:
        if field.is_relation and value is not None:
            wanted.setdefault(related(field), set()).add(value)
    names: Names = {}
    for model, keys in wanted.items():
        rows = model._default_manager.all()
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(viewer)
        names |= {(model, pk): str(row) for pk, row in rows.in_bulk(keys).items()}
    return names
