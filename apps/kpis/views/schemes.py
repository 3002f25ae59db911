"""KPI schemes: the list, a scheme with its versions, the editor, the trial and the start."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.core.periods import month_of
from apps.kpis import scheme_forms as forms
from apps.kpis.actions.schemes import end_scheme, keep_scheme, start_version, try_again
from apps.kpis.models import KpiScheme, SchemeVersion
from apps.kpis.scheme_editor import Editor
from apps.kpis.scheme_page import (
    compare,
    gate_in_words,
    read_list,
    read_trial,
    rule_rows,
    standing_of,
    start_months,
    whom,
)

ROWS = 50


@require_GET
@requires("kpis.view_scheme")
def scheme_list(request: HttpRequest) -> HttpResponse:
    rows = read_list(request.user, company_today())
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "may_change": allowed(request.user, "kpis.change_scheme")}
    return render(request, "kpis/scheme_list.html", context)


@require_GET
@requires("kpis.view_scheme")
def scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """What rules, what comes, and what a version changes: `?old=` and `?new=` are numbers."""
    found = get_object_or_404(visible(request), pk=pk)
    versions = list(found.versions.select_related("author").prefetch_related("items", "gates"))
    month = month_of(company_today()).start
    current, coming, draft = standing_of(found, versions, month)
    main = current or coming or draft
    in_scope = may_change(request, found)
    context = {
        "scheme": found,
        "whom": whom(found),
        "versions": [one for one in versions if one.starts_on or one == draft],
        "current": current,
        "coming": coming,
        "draft": draft,
        "main": main,
        "rules": rule_rows(main) if main else [],
        "gates": [gate_in_words(gate) for gate in main.gates.all()] if main else [],
        "may_change": in_scope and found.ends_on is None,
        "may_keep": in_scope and found.ends_on is not None and found.ends_on > month,
        "months": start_months(company_today())[1:],
    }
    return render(request, "kpis/scheme.html", context | compared(request, versions, current))


def compared(
    request: HttpRequest, versions: list[SchemeVersion], current: SchemeVersion | None
) -> dict[str, Any]:
    """Two versions side by side: those asked for, else the one in force and the newest."""
    by_number = {str(version.number): version for version in versions}
    old = by_number.get(request.GET.get("old", ""), current)
    new = by_number.get(request.GET.get("new", ""), versions[0] if versions else None)
    if old is None or new is None or old == new:
        return {}
    return {
        "old": old,
        "new": new,
        "lines": compare(old, new),
        "old_gates": [gate_in_words(gate) for gate in old.gates.all()],
        "new_gates": [gate_in_words(gate) for gate in new.gates.all()],
    }


@require_http_methods(["GET", "POST"])
@requires("kpis.change_scheme")
@idempotent
def scheme_create(request: HttpRequest) -> HttpResponse:
    return edited(request, Editor.new(request))


@require_http_methods(["GET", "POST"])
@requires("kpis.change_scheme")
@idempotent
def scheme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(changeable(request), pk=pk)
    if found.ends_on is not None:
        raise Http404
    return edited(request, Editor.of(request, found))


def edited(request: HttpRequest, editor: Editor) -> HttpResponse:
    """Every button of the editor is an act of one form: `act` says which."""
    if request.method == "POST":
        version = editor.act(request.POST.get("act", ""))
        if version is not None:
            text = _("Version %(number)s is written and tried out. It does not rule yet.")
            toasts.tell(request, text % {"number": version.number})
            return redirect("kpis:scheme_start", version.pk)
    return render(request, "kpis/scheme_edit.html", editor.context(), status=editor.status)


@require_http_methods(["GET", "POST"])
@requires("kpis.change_scheme")
def scheme_start(request: HttpRequest, pk: int) -> HttpResponse:
    """The effect of a draft over the last months, and its start."""
    version = draft_of(request, pk)
    error = ""
    if request.method == "POST":
        try:
            start_version(version, by=request.user, starts_on=asked_month(request))
        except ValidationError as refusal:
            error = refusal.messages[0]
        else:
            toasts.tell(request, _("The scheme is in force from the month you chose."))
            return redirect("kpis:scheme", version.scheme_id)
    trial = read_trial(version, request.user)
    context = {
        "version": version,
        "scheme": version.scheme,
        "whom": whom(version.scheme),
        "trial": trial,
        "page": Paginator(trial.rows if trial else [], ROWS).get_page(request.GET.get("page")),
        "months": start_months(company_today()),
        "chosen": request.POST.get("month", ""),
        "error": error,
    }
    status = 422 if error else 200
    return render(request, "kpis/scheme_start.html", context, status=status)


@require_POST
@requires("kpis.change_scheme")
def scheme_try(request: HttpRequest, pk: int) -> HttpResponse:
    version = try_again(draft_of(request, pk), by=request.user)
    toasts.tell(request, _("Tried on the months that are over by now."))
    return redirect("kpis:scheme_start", version.pk)


@require_POST
@requires("kpis.change_scheme")
def scheme_end(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(changeable(request), pk=pk)
    try:
        end_scheme(found, by=request.user, ends_on=asked_month(request))
    except ValidationError as refusal:
        toasts.warn(request, refusal.messages[0])
    else:
        text = _("The scheme ends there; the next that fits takes over.")
        toasts.tell(request, text, undo=reverse("kpis:scheme_keep", args=[pk]))
    return redirect("kpis:scheme", pk)


@require_POST
@requires("kpis.change_scheme")
def scheme_keep(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(changeable(request), pk=pk)
    try:
        keep_scheme(found, by=request.user)
    except ValidationError as refusal:
        toasts.warn(request, refusal.messages[0])
    else:
        toasts.tell(request, _("The scheme goes on."))
    return redirect("kpis:scheme", pk)


def asked_month(request: HttpRequest) -> date:
    form = forms.MonthChoice(request.POST)
    if not form.is_valid():
        raise ValidationError(_("Choose the month."), code="month")
    return date.fromisoformat(f"{form.cleaned_data['month']}-01")


def visible(request: HttpRequest) -> Any:
    return KpiScheme.objects.visible_to(request.user).select_related("node", "position", "user")


def changeable(request: HttpRequest) -> Any:
    rows = KpiScheme.objects.changeable_by(request.user)
    return rows.select_related("node", "position", "user")


def may_change(request: HttpRequest, found: KpiScheme) -> bool:
    """Whether the scheme lies in the scope of the viewer."""
    is_allowed = allowed(request.user, "kpis.change_scheme")
    return is_allowed and changeable(request).filter(pk=found.pk).exists()


def draft_of(request: HttpRequest, pk: int) -> SchemeVersion:
    versions = SchemeVersion.objects.select_related(
        "scheme__node", "scheme__position", "scheme__user"
    )
    return get_object_or_404(versions, pk=pk, scheme__in=changeable(request), starts_on=None)
