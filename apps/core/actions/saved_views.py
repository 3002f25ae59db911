"""Saving a view under a name, sharing, pinning and removing it."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.models import SavedView

# More would not be a choice any more.
MOST = 50


@transaction.atomic
def save_view(
    *, by: Any, room: str, name: str, query: str, columns: list[str], is_shared: bool = False
) -> SavedView:
    """Keep the filters under `name`; the person's own view of that name is written over.

    Raises ValidationError "name_needed", "too_many".
    """
    name = name.strip()
    if not name:
        raise ValidationError({"name": ValidationError(_("Give it a name."), code="name_needed")})
    mine = SavedView.objects.filter(owner=by, room=room).named()
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise ValidationError(_("50 views are saved already: remove one."), code="too_many")
    view, is_new = SavedView.objects.update_or_create(
        owner=by,
        room=room,
        name=name,
        defaults={"query": query, "columns": columns, "is_shared": is_shared},
    )
    if is_new:
        view.pinned_by.add(by)
    return view


@transaction.atomic
def change_view(view: SavedView, *, by: Any, name: str, is_shared: bool) -> SavedView:
    """Rename one's own view, share it or keep it to oneself. Raises ValidationError "same_name"."""
    check_owner(view, by)
    name = name.strip()
    others = SavedView.objects.filter(owner=by, room=view.room, name=name).exclude(pk=view.pk)
    if others.exists():
        text = _("You have a view of that name.")
        raise ValidationError({"name": ValidationError(text, code="same_name")})
    view.name, view.is_shared = name, is_shared
    view.save(update_fields=["name", "is_shared"])
    return view


def pin_view(view: SavedView, *, by: Any) -> bool:
    """Put the view among the tabs of `by`, or take it away; is it there now?"""
    if view.pinned_by.filter(pk=by.pk).exists():
        view.pinned_by.remove(by)
        return False
    view.pinned_by.add(by)
    return True


def remove_view(view: SavedView, *, by: Any) -> None:
    check_owner(view, by)
    view.delete()


def check_owner(view: SavedView, by: Any) -> None:
    """A shared view is used by all and changed by its owner."""
    if view.owner_id != by.pk:
        raise PermissionDenied
