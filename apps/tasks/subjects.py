"""What a task may be about: any row with a page of its own, named "deals.deal:5" in an address.

The row's room is not imported. By the convention of the house the model `Deal` of the room `deals`
has the scope `visible_to`, the permission "deals.view_deal" and the page "deals:deal".
"""

from typing import Any

from django.apps import apps
from django.db import models
from django.urls import NoReverseMatch, reverse

from apps.core.access import allowed, granted


def subject_named(name: str, viewer: Any) -> models.Model | None:
    """The row "room.model:id", if `viewer` may see it; None for anything else."""
    label, _, pk = name.partition(":")
    if not (pk.isascii() and pk.isdigit()):
        return None
    model = model_named(label)
    if model is None or not allowed(viewer, view_permission(label)):
        return None
    return model._default_manager.visible_to(viewer).filter(pk=int(pk)).first()  # type: ignore[attr-defined]


def model_named(label: str) -> type[models.Model] | None:
    """The model "room.model", when tasks can be about its rows."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    has_scope = hasattr(model._default_manager, "visible_to")
    return model if has_scope and view_permission(label) in granted() else None


def view_permission(label: str) -> str:
    room, _, noun = label.partition(".")
    return f"{room}.view_{noun}"


def name_of(subject: models.Model) -> str:
    return f"{subject._meta.label_lower}:{subject.pk}"


def subject_page(subject: models.Model | None) -> str:
    """The address of the row's page; "" when it has none."""
    if subject is None:
        return ""
    try:
        return reverse(subject._meta.label_lower.replace(".", ":"), args=[subject.pk])
    except NoReverseMatch:
        return ""


def visible_subjects(tasks: list[Any], viewer: Any) -> dict[tuple[int, int], models.Model]:
    """The subjects of `tasks` that `viewer` may see, by (content type, id); one query a model."""
    wanted: dict[Any, set[int]] = {}
    for task in tasks:
        if task.content_type_id:
            wanted.setdefault(task.content_type, set()).add(task.object_id)
    found: dict[tuple[int, int], models.Model] = {}
    for kind, ids in wanted.items():
        model = model_named(f"{kind.app_label}.{kind.model}")
        if model is None or not allowed(viewer, view_permission(f"{kind.app_label}.{kind.model}")):
            continue
        rows = model._default_manager.visible_to(viewer).filter(pk__in=ids)  # type: ignore[attr-defined]
        found |= {(kind.pk, row.pk): row for row in rows}
    return found
