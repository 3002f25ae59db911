"""Two rows that are one thing: everything attached to the one follows it to the other.

What may be attached is not listed anywhere: `references_to` reads it from the models, so that a new
model with a key to a client, or a new generic reference, is moved from its first day.

Events refuse UPDATE by trigger, because what happened is not rewritten. Whose row an event hangs on
is another matter: both rows are the same company, and an event left behind would be missing from
its page, its debts and its segment, in every query that anybody writes later. So `move` switches
the trigger off for its own statement, which writes the pointer and nothing else; where each row
came from stays in the record of the merge, and `move_back` reads it from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pghistory.models
import pgtrigger
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.db.models import F

from apps.core.models import Versioned

EVENTS = "append_only"
CHUNK = 5000


@dataclass(frozen=True)
class Reference:
    """A column by which rows of `model` hang on another row; `kind_field` when it is generic."""

    model: type[models.Model]
    field: str
    kind_field: str = ""

    @property
    def name(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"

    def rows_of(self, target: type[models.Model], pk: int) -> models.QuerySet:
        """Everything that hangs on the row `pk` of `target`, whatever a default manager hides."""
        rows = self.model._base_manager.filter(**{self.field: pk})
        if self.kind_field:
            kind = ContentType.objects.get_for_model(target)
            rows = rows.filter(**{self.kind_field: kind})
        return rows


@dataclass
class Moved:
    """Rows of one reference that followed: number → version after the move (0 without versions)."""

    reference: Reference
    versions: dict[int, int]
    # Rows that could not follow, since the other row has their like (the same tag, the same run).
    left: list[int]


def references_to(target: type[models.Model]) -> list[Reference]:
    """Every foreign key, link of a many-to-many and generic reference to `target`, but its history."""
    found: list[Any] = target._meta.get_fields(include_hidden=True)
    keys = [
        Reference(relation.related_model, relation.field.attname)
        for relation in found
        if (relation.one_to_many or relation.one_to_one)
        and relation.auto_created
        and not relation.concrete
        and not isinstance(relation.field, GenericForeignKey)
        and is_business(relation.related_model)
    ]
    return keys + [
        Reference(model, field.fk_field, field.ct_field)
        for model in apps.get_models(include_auto_created=True)
        if is_business(model)
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey)
    ]


def is_business(model: type[models.Model]) -> bool:
    """The audit is the past of the row itself and stays with it."""
    return not issubclass(model, pghistory.models.Event) and not model._meta.proxy


def move(gone: models.Model, kept: models.Model) -> list[Moved]:
    """Hang everything that hangs on `gone` on `kept`; both are locked by the caller."""
    target = type(kept)
    done = []
    for reference in references_to(target):
        rows = reference.rows_of(target, gone.pk)
        if reference.model is target:
            rows = rows.exclude(pk=kept.pk)  # no row hangs on itself
        numbers = list(rows.order_by("pk").values_list("pk", flat=True))
        if numbers:
            done.append(repointed(reference, numbers, kept.pk))
    return done


def repointed(reference: Reference, numbers: list[int], pk: int) -> Moved:
    """Point the rows `numbers` to `pk`; those that a constraint refuses stay."""
    left: list[int] = []
    for chunk in chunks(numbers):
        try:
            with transaction.atomic():
                point(reference, chunk, pk)
        except IntegrityError:
            left += point_one_by_one(reference, chunk, pk)
    followed = [number for number in numbers if number not in set(left)]
    return Moved(reference, versions_of(reference.model, followed), left)


def point_one_by_one(reference: Reference, numbers: Iterable[int], pk: int) -> list[int]:
    """The same for a chunk that holds a refused row; returns the refused ones."""
    left = []
    for number in numbers:
        try:
            with transaction.atomic():
                point(reference, [number], pk)
        except IntegrityError:
            left.append(number)
    return left


def point(reference: Reference, numbers: list[int], pk: int) -> None:
    values: dict[str, Any] = {reference.field: pk}
    if issubclass(reference.model, Versioned):
        values["version"] = F("version") + 1  # whoever has the row open sees a conflict
    # The inner transaction ends first: a refusal is undone before the trigger is switched on again.
    with events_movable(reference.model), transaction.atomic():
        reference.model._base_manager.filter(pk__in=numbers).update(**values)


@contextmanager
def events_movable(model: type[models.Model]) -> Iterator[None]:
    """Let an append-only table take the one statement that moves a pointer."""
    triggers = getattr(model._meta, "triggers", [])
    if not any(trigger.name == EVENTS for trigger in triggers):
        yield
        return
    with pgtrigger.ignore(f"{model._meta.label}:{EVENTS}"):
        yield


def versions_of(model: type[models.Model], numbers: list[int]) -> dict[int, int]:
    if not issubclass(model, Versioned):
        return dict.fromkeys(numbers, 0)
    rows = model._base_manager.filter(pk__in=numbers)
    return dict(rows.values_list("pk", "version"))


def move_back(
    reference: Reference, versions: dict[int, int], gone: models.Model, kept_pk: int
) -> list[int]:
    """Hang rows on `gone` again; returns the numbers of those that were changed since and stay.

    A row was changed when it hangs on something else by now, or somebody saved it.
    """
    rows = reference.rows_of(type(gone), kept_pk).filter(pk__in=list(versions))
    current = versions_of(reference.model, list(rows.values_list("pk", flat=True)))
    same = [pk for pk, version in versions.items() if current.get(pk) == version]
    back = repointed(reference, same, gone.pk) if same else Moved(reference, {}, [])
    return sorted(set(versions) - set(same) | set(back.left))


def reference_named(name: str, target: type[models.Model]) -> Reference | None:
    """The reference of a record made earlier; None when its model is no more."""
    return next((one for one in references_to(target) if one.name == name), None)


def chunks(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), CHUNK):
        yield numbers[start : start + CHUNK]
