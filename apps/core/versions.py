"""Two people, one record: a save names the version it was made from, a stale one is not written.

The second saver gets a page with both versions (`conflict_page`); what he chooses there comes back
to the same view, which reads it through `chosen`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import F, Field, GeneratedField
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from apps.core.history import is_audited, last_saved
from apps.core.models import Versioned
from apps.core.shown import names_of, plain, shown

Record = TypeVar("Record", bound=Versioned)

CHOICE = "use_"
UNSHOWN = {"version", "idempotency_key", "csrfmiddlewaretoken"}


class Conflict(Exception):
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


@dataclass(frozen=True)
class Difference:
    """A field in which the two versions differ; `choice` is what is offered first."""

    name: str
    label: str
    mine: str
    theirs: str
    choice: str


def remember_initial(form: BaseForm) -> None:
    """Let the page carry what the fields held when it was opened: it tells what a sender touched."""
    for field in form.fields.values():
        field.show_hidden_initial = not field.widget.is_hidden


def conflict_page(
    request: HttpRequest,
    form: BaseForm,
    current: Versioned | None,
    labels: Mapping[str, str] | None = None,
    *,
    cancel: str = "",
    saved_form: BaseForm | None = None,
) -> HttpResponse:
    """409 with the two versions field by field; what was typed travels along in hidden fields.

    `form` is bound and valid, `current` comes from Conflict, `labels` replaces the form's labels.
    A field that the sender left as he had found it is offered as "theirs". Without `current` the
    record is gone, and the page keeps the text for him. `cancel` is where "keep theirs" leads.
    `saved_form`, unbound and made from `current`, compares fields that are no columns of the record.
    """
    context = {
        "fields": differences(form, current, labels or {}, request.user, saved_form),
        "hidden": typed(form),
        "action": request.get_full_path(),
        "cancel": cancel or request.get_full_path(),
        "current": current,
    }
    if current is not None:
        context["version"] = current.version
        if is_audited(type(current)):
            context["who"], context["at"] = last_saved(current)
    if not request.headers.get("HX-Request"):
        return render(request, "core/conflict.html", context, status=409)
    response = render(request, "core/_conflict.html", context, status=409)
    response["HX-Retarget"], response["HX-Reswap"] = "#modal-body", "innerHTML"
    return response


def chosen(request: HttpRequest, saved_form: BaseForm) -> QueryDict:
    """The posted fields, with "theirs" taken from `saved_form`: unbound, made from the record."""
    data = request.POST.copy()
    for name in saved_form.fields:
        if data.pop(f"{CHOICE}{name}", ["mine"])[-1] == "theirs":
            bound = saved_form[name]
            data.setlist(bound.html_name, wire_values(bound))
    return data


def wire_values(bound: BoundField) -> list[str]:
    """The value of a field as a browser would send it."""
    if isinstance(bound.value(), bool):
        return ["on"] if bound.value() else []
    value = bound.field.widget.format_value(bound.value())
    if value is None:
        return []
    values = value if isinstance(value, list | tuple) else [value]
    return [str(one) for one in values]


def typed(form: BaseForm) -> list[tuple[str, str]]:
    """Everything that was sent, as pairs for hidden fields."""
    data = form.data
    assert isinstance(data, QueryDict)
    return [
        (name, value)
        for name, values in data.lists()
        if name not in UNSHOWN and not name.startswith(CHOICE)
        for value in values
    ]


def differences(
    form: BaseForm,
    current: Versioned | None,
    labels: Mapping[str, str],
    viewer: Any,
    saved_form: BaseForm | None = None,
) -> list[Difference]:
    fields = {name: model_field(current, name) for name in form.cleaned_data}
    if current is None:
        rows = [(name, said(form, name), "", "mine") for name in form.cleaned_data]
    else:
        names = names_of(
            ((field, getattr(current, field.attname)) for field in fields.values() if field), viewer
        )
        base = base_of(current, form)
        rows = [
            (
                name,
                said(form, name, field),
                shown(field, getattr(current, field.attname), names),
                "theirs" if unchanged(form, name, field, base) else "mine",
            )
            for name, field in fields.items()
            if field
        ]
        rows += beside_columns(form, saved_form, [name for name in fields if not fields[name]])
    return [
        Difference(name, str(labels.get(name) or form[name].label), mine, theirs, choice)
        for name, mine, theirs, choice in rows
        if mine != theirs
    ]


def beside_columns(
    form: BaseForm, saved_form: BaseForm | None, names: Iterable[str]
) -> list[tuple[str, str, str, str]]:
    """Name, mine, theirs, choice of fields that only the form knows: people beside, day and hour."""
    if saved_form is None:
        return []
    remembers = any(form[name].html_initial_name in form.data for name in form.fields)
    return [
        (
            name,
            said(form, name),
            plain(saved_form[name].initial),
            "theirs" if remembers and name not in form.changed_data else "mine",
        )
        for name in names
        if name not in UNSHOWN
    ]


def model_field(record: Versioned | None, name: str) -> Field | None:
    """The column behind a field of the form, if there is one."""
    if record is None or name in UNSHOWN:
        return None
    columns = {field.name: field for field in record._meta.concrete_fields}
    return columns.get(name)


def said(form: BaseForm, name: str, field: Field | None = None) -> str:
    """What the sender put into the field, in words."""
    value = form.cleaned_data[name]
    if field is None or field.is_relation:
        return plain(value)
    return shown(field, value)


def base_of(current: Versioned, form: BaseForm) -> Any:
    """The version that the sender had before him, from the audit; None when it is not kept."""
    version = form.data.get("version", "")
    if not version.isdigit() or not is_audited(type(current)):
        return None
    events = current.events  # type: ignore[attr-defined]
    return events.filter(version=int(version)).order_by("pgh_id").last()


def unchanged(form: BaseForm, name: str, field: Field, base: Any) -> bool:
    """Did the sender leave the field as it was? Unknown counts as touched."""
    if form[name].html_initial_name in form.data:
        return name not in form.changed_data
    if base is None:
        return False
    value = form.cleaned_data[name]
    mine = getattr(value, "pk", None) if field.is_relation else value
    return mine == getattr(base, field.attname)
