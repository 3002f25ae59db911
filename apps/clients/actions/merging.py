"""Two clients, or two contacts of one client, that turn out to be one; and the way back.

The merged-away row goes to the bin with `merged_into`; what hung on it follows by
`apps.core.merging`, and the record keeps from where. For 30 days the merge can be undone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clients.actions.clients import as_exists, check_owner, check_parent
from apps.clients.actions.contacts import check_right
from apps.clients.actions.fields import CLIENT_FIELDS, CONTACT_FIELDS
from apps.clients.actions.owners import move as move_owner
from apps.clients.models import Client, Contact, LikelyDuplicate, Merge, MergedRows
from apps.clients.rules import BIN, can_assign, can_merge, can_undo
from apps.core import merging
from apps.staff.models import User

MODELS: dict[str, type[Client | Contact]] = {"client": Client, "contact": Contact}
CHOICES = {"client": (*CLIENT_FIELDS, "owner"), "contact": CONTACT_FIELDS}
SKIPPED_SHOWN = 200


@transaction.atomic
def merge_clients(kept: Client, gone: Client, *, by: User, take: Collection[str] = ()) -> Merge:
    """Make `gone` a part of `kept`; the fields in `take` get the values of `gone`.

    Everything attached follows. Raises ValidationError "same", "in_bin", "circle", "exists" (a
    third client has the INN and KPP) and PermissionDenied when `by` may not or sees only one.
    """
    check_take(take, "client")
    kept, gone = locked_pair(Client.objects.visible_to(by), kept, gone)
    if not can_merge(kept, gone, by=by):
        raise PermissionDenied
    if "owner" in take and gone.owner_id != kept.owner_id:
        check_new_owner(kept, gone.owner, by)
    LikelyDuplicate.objects.filter(client__in=(kept, gone)).delete()
    fields = with_code(kept, gone, chosen_fields(kept, gone, set(take) - {"parent"}))
    fields |= new_parent(kept, gone, take="parent" in take)
    try:
        with transaction.atomic():
            return unite("client", kept, gone, fields, by)
    except IntegrityError as error:
        raise as_exists(error) from error


@transaction.atomic
def merge_contacts(kept: Contact, gone: Contact, *, by: User, take: Collection[str] = ()) -> Merge:
    """The same for two contacts of one client; ValidationError "other_client" for any others."""
    check_take(take, "contact")
    kept, gone = locked_pair(Contact.objects.visible_to(by), kept, gone)
    if kept.client_id != gone.client_id:
        raise ValidationError(_("The contacts are of different clients."), "other_client")
    check_right(kept.client, by)
    return unite("contact", kept, gone, chosen_fields(kept, gone, take), by)


def check_take(take: Collection[str], subject: str) -> None:
    if unknown := set(take) - set(CHOICES[subject]):
        raise TypeError(f"not a choice of a merge: {sorted(unknown)}")


def locked_pair(rows: models.QuerySet, kept: Any, gone: Any) -> tuple[Any, Any]:
    """Both as they are now, locked in the order of their numbers."""
    if kept.pk == gone.pk:
        raise ValidationError(_("Choose two different ones."), "same")
    wanted = rows.filter(pk__in=(kept.pk, gone.pk)).select_for_update(of=("self",))
    found = {row.pk: row for row in wanted.order_by("pk")}
    if len(found) < 2:
        raise PermissionDenied
    if any(row.archived_at is not None for row in found.values()):
        raise ValidationError(_("One of the two is in the bin by now."), "in_bin")
    return found[kept.pk], found[gone.pk]


def check_new_owner(kept: Client, owner: User | None, by: User) -> None:
    if not can_assign(kept, by=by):
        raise PermissionDenied
    if owner is not None:
        check_owner(owner, by)


def chosen_fields(kept: Any, gone: Any, take: Collection[str]) -> dict[str, Any]:
    """What of `gone` is written into `kept`, by column; equal values are left out."""
    columns = {field.name: field.attname for field in type(kept)._meta.concrete_fields}
    taken = {columns[name]: getattr(gone, columns[name]) for name in take}
    return {name: value for name, value in taken.items() if value != getattr(kept, name)}


def with_code(kept: Client, gone: Client, fields: dict[str, Any]) -> dict[str, Any]:
    """The code of another system goes along when `kept` has none: the next import must find it."""
    if gone.external_id and not kept.external_id:
        return {**fields, "external_id": gone.external_id}
    return fields


def new_parent(kept: Client, gone: Client, *, take: bool) -> dict[str, Any]:
    """Nobody stands under himself: a parent that is one of the two gives way to the other's."""
    wanted = gone.parent_id if take or kept.parent_id == gone.pk else kept.parent_id
    if wanted in (kept.pk, gone.pk):
        wanted = None
    return {} if wanted == kept.parent_id else {"parent_id": wanted}


def unite(subject: str, kept: Any, gone: Any, fields: dict[str, Any], by: User) -> Merge:
    """Put `gone` away, let what hangs on it follow, write `fields` and the record of it all."""
    before = {name: getattr(kept, name) for name in fields}
    put_away(gone, kept, is_code_taken="external_id" in fields)
    moved = merging.move(gone, kept)
    write(kept, fields, by, _("Merged with a duplicate."))
    merge = Merge.objects.create(
        subject=subject,
        kept_id=kept.pk,
        gone_id=gone.pk,
        fields={name: [told(before[name]), told(fields[name])] for name in fields},
        author=by,
    )
    keep_moved(merge, moved)
    return merge


def put_away(gone: Any, kept: Any, *, is_code_taken: bool) -> None:
    gone.archived_at, gone.merged_into, gone.version = timezone.now(), kept, gone.version + 1
    names = ["archived_at", "merged_into", "version"]
    if is_code_taken:
        gone.external_id = ""
        names.append("external_id")
    gone.save(update_fields=names)


def write(row: Any, fields: dict[str, Any], by: User, reason: str) -> None:
    """Write `fields` (by column) into a locked row; a new owner is an event as well."""
    values = dict(fields)
    owner = values.pop("owner_id", row) if "owner_id" in values else row
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*values, "version"])
    if isinstance(row, Client):
        check_parent(row)
    if owner is not row:
        move_owner(row, User.objects.filter(pk=owner).first(), by, reason)


def keep_moved(merge: Merge, moved: list[merging.Moved]) -> None:
    MergedRows.objects.bulk_create(
        MergedRows(
            merge=merge,
            reference=one.reference.name,
            numbers=list(one.versions),
            versions=list(one.versions.values()),
        )
        for one in moved
        if one.versions
    )


def told(value: Any) -> str | None:
    """A stored value as the record keeps it; `read` is the way back."""
    return None if value is None else str(value)


def read(model: type[models.Model], column: str, text: str | None) -> Any:
    if text is None:
        return None
    field: Any = next(one for one in model._meta.concrete_fields if one.attname == column)
    return (field.target_field if field.is_relation else field).to_python(text)


@transaction.atomic
def undo_merge(merge: Merge, *, by: User) -> Merge:
    """Bring the merged-away row back with what followed it; twice is once.

    What was changed since stays with the kept row and is listed in `skipped`. Raises
    PermissionDenied, and ValidationError "too_late" after 30 days, "in_bin" when the kept row is in
    the bin or was merged itself, "exists" when a third client has the INN and KPP by now.
    """
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at is not None:
        return merge
    kept, gone = pair_of(merge, by)
    check_undo(merge, kept, by)
    try:
        with transaction.atomic():
            merge.skipped = [*take_fields_back(merge, kept, by), *part(merge, kept, gone)]
    except IntegrityError as error:
        raise as_exists(error) from error
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["skipped", "undone_at", "undone_by"])
    return merge


def pair_of(merge: Merge, by: User) -> tuple[Any, Any]:
    """The kept and the gone row, locked; PermissionDenied when `by` does not see both."""
    rows: Any = MODELS[merge.subject].objects
    wanted = rows.visible_to(by).filter(pk__in=(merge.kept_id, merge.gone_id))
    found = {row.pk: row for row in wanted.select_for_update(of=("self",)).order_by("pk")}
    if len(found) < 2:
        raise PermissionDenied
    return found[merge.kept_id], found[merge.gone_id]


def check_undo(merge: Merge, kept: Any, by: User) -> None:
    if kept.archived_at is not None:
        text = _("The other one is in the bin or was merged again: begin there.")
        raise ValidationError(text, "in_bin")
    if not can_undo(merge, kept, by=by, now=timezone.now()):
        if merge.merged_at <= timezone.now() - BIN:
            raise ValidationError(_("A merge can be undone for 30 days."), "too_late")
        raise PermissionDenied


def take_fields_back(merge: Merge, kept: Any, by: User) -> list[dict[str, Any]]:
    """Restore what the merge wrote into the kept row; the fields changed since are returned."""
    model, back, skipped = type(kept), {}, []
    for column, (before, after) in merge.fields.items():
        if told(getattr(kept, column)) == after:
            back[column] = read(model, column, before)
        else:
            field = next(one for one in model._meta.concrete_fields if one.attname == column)
            skipped.append(skipped_line(str(field.verbose_name), kept))
    write(kept, back, by, _("The merge was undone."))
    return skipped


def part(merge: Merge, kept: Any, gone: Any) -> list[dict[str, Any]]:
    """Take `gone` out of the bin and hang on it what followed; the rows that stay are returned."""
    gone.archived_at, gone.merged_into, gone.version = None, None, gone.version + 1
    names = ["archived_at", "merged_into", "version"]
    if "external_id" in merge.fields:
        gone.external_id = merge.fields["external_id"][1]
        names.append("external_id")
    gone.save(update_fields=names)
    skipped = []
    for moved in merge.moved.all():  # type: ignore[attr-defined]
        reference = merging.reference_named(moved.reference, type(kept))
        if reference is None:
            continue
        versions = dict(zip(moved.numbers, moved.versions, strict=True))
        stayed = merging.move_back(reference, versions, gone, kept.pk)
        skipped += named(reference.model, stayed)
    return skipped


def named(model: type[models.Model], numbers: list[int]) -> list[dict[str, Any]]:
    rows = model._base_manager.filter(pk__in=numbers[:SKIPPED_SHOWN])
    return [skipped_line(str(model._meta.verbose_name), row) for row in rows]


def skipped_line(what: str, row: models.Model) -> dict[str, Any]:
    """What stayed; the page names it to those who may see `model` and `pk`."""
    return {"what": what, "model": row._meta.label_lower, "pk": row.pk, "name": str(row)}
