"""Decisions: the list, one with its measured effect, and keeping one by hand."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.core.models import Decision
from apps.kpis import effects_page
from apps.kpis.actions.decisions import change_note, record_decision
from apps.kpis.decision_forms import DecisionFilter, DecisionForm, NoteForm
from apps.kpis.decision_rules import can_change_note
from apps.kpis.models.effects import decisions_visible_to

PAGE = 30


@require_GET
@requires("kpis.view_decision")
def decisions(request: HttpRequest) -> HttpResponse:
    mine = decisions_visible_to(request.user)
    filters = DecisionFilter(request.GET or None, decisions=mine)
    found = effects_page.listed(request.user)
    if filters.is_bound:
        found = filters.narrowed(found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    page.object_list = effects_page.lines(page.object_list, request.user, company_today())
    context = {
        "page": page,
        "filters": filters,
        "may_add": allowed(request.user, "kpis.add_decision"),
    }
    return render(request, "kpis/decisions.html", context)


@require_GET
@requires("kpis.view_decision")
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    line = line_of(request, pk)
    may_change = can_change_note(line.decision, by=request.user)
    context = effects_page.shown(line) | {"may_change": may_change}
    return render(request, "kpis/decision.html", context)


def line_of(request: HttpRequest, pk: int) -> effects_page.Line:
    found = get_object_or_404(effects_page.listed(request.user), pk=pk)
    return effects_page.lines([found], request.user, company_today())[0]


@require_http_methods(["GET", "HEAD", "POST"])
@requires("kpis.add_decision")
@idempotent
def decision_create(request: HttpRequest) -> HttpResponse:
    said = request.POST if request.method == "POST" else None
    form = DecisionForm(said, viewer=request.user)
    if form.is_bound and form.is_valid():
        made = recorded(request, form)
        if made is not None:
            toasts.tell(request, _("The decision is kept. Its effect will be measured."))
            return redirect("kpis:decision", made.pk)
    status = 422 if form.errors else 200
    return render(request, "kpis/decision_create.html", {"form": form}, status=status)


def recorded(request: HttpRequest, form: DecisionForm) -> Decision | None:
    said: dict[str, Any] = form.cleaned_data
    try:
        return record_decision(
            by=request.user,
            kind=said["kind"],
            people=said["people"],
            metric=said["metric"],
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            expected_change=said["expected"],
            note=said["note"],
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@requires("kpis.add_decision")
def decision_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words for what was decided; nothing else of a decision changes."""
    found = get_object_or_404(decisions_visible_to(request.user).filter(author=request.user), pk=pk)
    said = request.POST if request.method == "POST" else None
    form = NoteForm(said, initial={"note": found.note})
    if form.is_bound and form.is_valid():
        change_note(found, note=form.cleaned_data["note"], by=request.user)
        toasts.tell(request, _("Written down."))
        return redirect("kpis:decision", pk)
    status = 422 if form.errors else 200
    context = {"form": form, "decision": found}
    return render(request, "kpis/decision_note.html", context, status=status)
