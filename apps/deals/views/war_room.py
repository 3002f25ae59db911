"""The room of a big deal, and everything that is written there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.access import allowed, requires
from apps.core.idempotency import idempotent
from apps.core.toasts import tell, warn
from apps.core.versions import Conflict, chosen, conflict_page
from apps.core.views.modals import page_before
from apps.deals import rules
from apps.deals.actions import war_room as actions
from apps.deals.big_choices import RiskEnd
from apps.deals.forms.war_room import (
    ConcessionForm,
    MarkForm,
    RiskEditForm,
    RiskForm,
    StakeholderEditForm,
    StakeholderForm,
    StepEditForm,
    StepForm,
)
from apps.deals.help_clock import HelpClock
from apps.deals.models import BigMark, Concession, Deal, DealRisk, PlanStep, Stakeholder
from apps.deals.models.big_deals import is_big
from apps.deals.views.answers import add_errors, deal_address, done, said, show_form
from apps.deals.views.deals import visible_deal
from apps.deals.war_room import WarRoom, holes_of, people_of


@dataclass(frozen=True)
class Kind:
    """What the addresses call the rows of the room: how they are added, edited and named."""

    model: Any
    form: Any
    add: Callable[..., Any]
    title: Any
    edit_form: Any = None
    edit_title: Any = ""


KINDS = {
    "stakeholder": Kind(
        Stakeholder,
        StakeholderForm,
        actions.add_stakeholder,
        gettext_lazy("Who takes part in the decision"),
        StakeholderEditForm,
        gettext_lazy("Part in the decision"),
    ),
    "risk": Kind(
        DealRisk,
        RiskForm,
        actions.add_risk,
        gettext_lazy("New risk"),
        RiskEditForm,
        gettext_lazy("Risk"),
    ),
    "step": Kind(
        PlanStep,
        StepForm,
        actions.add_plan_step,
        gettext_lazy("New step of the mutual plan"),
        StepEditForm,
        gettext_lazy("Step of the mutual plan"),
    ),
    "concession": Kind(
        Concession,
        ConcessionForm,
        actions.record_concession,
        gettext_lazy("New concession"),
    ),
}


def room_address(deal_id: int) -> str:
    return reverse("deals:war_room", args=[deal_id])


@require_GET
@requires("deals.view_deal")
def war_room(request: HttpRequest, pk: int) -> HttpResponse:
    links = ("client", "stage", "owner", "pipeline", "big_mark__author")
    rows = Deal.objects.visible_to(request.user).select_related(*links)
    deal = get_object_or_404(rows.annotate(is_big=is_big()), pk=pk)
    room = WarRoom(deal, request.user, HelpClock())
    context = {
        "deal": deal,
        "room": room,
        "people": room.people,
        "holes": room.holes,
        "here": room_address(pk),
        "can_edit": room.can_edit,
        "can_mark": allowed(request.user, "deals.mark_big_deal"),
        "mark": getattr(deal, "big_mark", None),
        **help_rights(request, room.can_edit, deal),
    }
    return render(request, "deals/war_room.html", context)


def help_rights(request: HttpRequest, can_edit: bool, deal: Deal) -> dict[str, Any]:
    return {
        "can_ask": can_edit
        and rules.can_ask_help(deal)
        and allowed(request.user, "deals.ask_help"),
        "can_help": allowed(request.user, "deals.answer_help"),
    }


@require_GET
@requires("deals.view_deal")
def deal_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who decides, as a panel of the deal's page; as a page of its own without scripts."""
    deal = visible_deal(request, pk)
    people = people_of(deal) if deal.client_id else []
    context = {
        "deal": deal,
        "people": people,
        "holes": holes_of(people) if rules.can_ask_help(deal) else [],
        "here": deal_address(deal) if request.htmx else request.path,
        "can_edit": rules.may_write(deal, by=request.user),
    }
    template = "deals/_people.html" if request.htmx else "deals/people.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.mark_big_deal")
@idempotent
def deal_mark(request: HttpRequest, pk: int) -> HttpResponse:
    deal = visible_deal(request, pk)
    mark = BigMark.objects.filter(deal=deal).first()
    form = MarkForm(
        request.POST or None,
        action=reverse("deals:deal_mark", args=[pk]),
        back=room_address(pk),
        initial=mark_now(mark),
    )
    if request.method == "POST" and form.is_valid():
        try:
            keep_mark(deal, form, request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(request, _("Saved."))
            return done(request, room_address(pk))
    return show_form(request, form, _("Is this deal big?"), deal=deal)


def mark_now(mark: BigMark | None) -> dict[str, Any]:
    if mark is None:
        return {"says": MarkForm.BIG}
    says = MarkForm.BIG if mark.is_big else MarkForm.NOT_BIG
    return {"says": says, "reason": mark.reason}


def keep_mark(deal: Deal, form: MarkForm, by: Any) -> None:
    says, reason = form.cleaned_data["says"], form.cleaned_data["reason"]
    if says == MarkForm.BY_SUM:
        actions.unmark_big(deal, by=by)
    else:
        actions.mark_big(deal, by=by, is_big=says == MarkForm.BIG, reason=reason)


def kind_named(name: str, *, editable: bool = True) -> Kind:
    kind = KINDS.get(name)
    if kind is None or (editable and kind.edit_form is None):
        raise Http404
    return kind


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
@idempotent
def war_row_create(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A new stakeholder, risk, step or concession."""
    found, deal = kind_named(kind, editable=False), visible_deal(request, pk, "client", "owner")
    form = found.form(
        request.POST or None,
        deal=deal,
        person=request.user,
        action=request.path,
        back=room_address(pk),
    )
    if request.method == "POST" and form.is_valid():
        try:
            found.add(deal, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(request, _("Added."))
            return done(request, room_address(pk))
    return show_form(request, form, found.title, deal=deal)


def visible_row(request: HttpRequest, kind: Kind, pk: int) -> Any:
    rows = kind.model.objects.visible_to(request.user).select_related("deal__owner")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
@idempotent
def war_row_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    found = kind_named(kind)
    row = visible_row(request, found, pk)
    address = room_address(row.deal_id)
    options = {"person": request.user, "action": request.path, "back": address}
    if request.method != "POST":
        form = found.edit_form(instance=row, **options)
        return show_form(request, form, found.edit_title, deal=row.deal)
    data = chosen(request, found.edit_form(instance=row, person=request.user))
    form = found.edit_form(data, instance=row, **options)
    if form.is_valid():
        try:
            save_row(form, row, request.user)
        except ValidationError as error:
            add_errors(form, error)
        except Conflict as conflict:
            return conflict_page(request, form, conflict.current, cancel=address)
        else:
            tell(request, _("Saved."))
            return done(request, address)
    return show_form(request, form, found.edit_title, deal=row.deal)


def save_row(form: Any, row: Any, by: Any) -> None:
    fields = dict(form.cleaned_data)
    actions.change_row(row, by=by, expected_version=fields.pop("version"), **fields)


@require_POST
@requires("deals.change_deal")
def war_row_remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    row = visible_row(request, kind_named(kind), pk)
    address = page_before(request, room_address(row.deal_id))
    undo = reverse("deals:war_row_restore", args=[kind, pk])
    act = partial(actions.remove_row, row, by=request.user)
    return acted(request, act, address, _("Removed."), undo)


@require_POST
@requires("deals.change_deal")
def war_row_restore(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    row = visible_row(request, kind_named(kind), pk)
    address = page_before(request, room_address(row.deal_id))
    act = partial(actions.restore_row, row, by=request.user)
    return acted(request, act, address, _("It is back."))


@require_POST
@requires("deals.change_deal")
def risk_end(request: HttpRequest, pk: int, end: str) -> HttpResponse:
    """`end`: gone, came, or open (the risk is there again)."""
    ends = {"open": RiskEnd.OPEN, "gone": RiskEnd.GONE, "came": RiskEnd.CAME}
    if end not in ends:
        raise Http404
    risk = visible_row(request, KINDS["risk"], pk)
    act = partial(actions.end_risk, risk, by=request.user, end=ends[end])
    return acted(request, act, room_address(risk.deal_id), _("Saved."))


@require_POST
@requires("deals.change_deal")
def step_tick(request: HttpRequest, pk: int, state: str) -> HttpResponse:
    """`state`: done or undone."""
    if state not in ("done", "undone"):
        raise Http404
    step = visible_row(request, KINDS["step"], pk)
    is_done = state == "done"
    back = reverse("deals:step_tick", args=[pk, "undone" if is_done else "done"])
    words = _("The step is done.") if is_done else _("The step is open again.")
    act = partial(actions.tick_step, step, by=request.user, is_done=is_done)
    return acted(request, act, room_address(step.deal_id), words, back if is_done else "")


@require_POST
@requires("deals.change_deal")
def concession_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    concession = visible_row(request, KINDS["concession"], pk)
    act = partial(actions.reverse_concession, concession, by=request.user)
    address = room_address(concession.deal_id)
    return acted(request, act, address, _("The record is struck out."))


def acted(
    request: HttpRequest, act: Callable[[], Any], address: str, words: str, undo: str = ""
) -> HttpResponse:
    """Do it and go on to `address`; a refusal is told there."""
    try:
        act()
    except ValidationError as error:
        warn(request, said(error))
    else:
        tell(request, words, undo=undo)
    return redirect(address)
