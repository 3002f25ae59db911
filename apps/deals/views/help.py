"""Requests for help: asking, answering, and the list of those that wait."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.access import allowed, requires
from apps.core.idempotency import idempotent
from apps.core.toasts import tell, warn
from apps.deals import rules
from apps.deals.actions.help import ask_for_help, respond, withdraw_help
from apps.deals.big_choices import HelpEventKind
from apps.deals.forms.help import AnswerForm, HelpForm
from apps.deals.help_clock import HelpClock
from apps.deals.models import HelpRequest
from apps.deals.views.answers import add_errors, deal_address, done, said, show_form
from apps.deals.views.deals import visible_deal
from apps.deals.views.war_room import help_rights, room_address
from apps.deals.war_room import help_of

PAGE = 50
RESPONSES = (HelpEventKind.ANSWERED, HelpEventKind.JOINED, HelpEventKind.DECLINED)


@require_GET
@requires("deals.view_deal")
def help_list(request: HttpRequest) -> HttpResponse:
    """Those that wait, the oldest first; with ?all=1 every one, the latest first."""
    is_all = bool(request.GET.get("all"))
    rows = HelpRequest.objects.visible_to(request.user)
    rows = (
        rows.order_by("-asked_at", "-pk") if is_all else rows.waiting().order_by("asked_at", "pk")
    )
    links = ("deal__client", "deal__owner", "author", "asked_of")
    page = Paginator(rows.select_related(*links), PAGE).get_page(request.GET.get("page"))
    clock = HelpClock()
    context = {
        "page": page,
        "waits": clock.waits(list(page)),
        "is_all": is_all,
        "norm": clock.norm,
        "can_help": allowed(request.user, "deals.answer_help"),
    }
    if request.headers.get("HX-Target") == "help-table":
        return render(request, "deals/_help_table.html", context)
    context["speed"] = clock.speed(request.user)
    context["can_set"] = allowed(request.user, "deals.change_big_norm")
    return render(request, "deals/help_list.html", context)


@require_GET
@requires("deals.view_deal")
def deal_help(request: HttpRequest, pk: int) -> HttpResponse:
    """The requests of a deal, as a panel of its page; as a page of its own without scripts."""
    deal = visible_deal(request, pk)
    clock = HelpClock()
    can_edit = rules.may_write(deal, by=request.user)
    context = {
        "deal": deal,
        "waits": help_of(deal, clock),
        "norm": clock.norm,
        # Beside the button of the head an empty panel would say nothing.
        "is_panel": bool(request.htmx),
        **help_rights(request, can_edit, deal),
    }
    template = "deals/_help.html" if request.htmx else "deals/help.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.ask_help")
@idempotent
def help_ask(request: HttpRequest, pk: int) -> HttpResponse:
    deal = visible_deal(request, pk, "owner")
    form = HelpForm(
        request.POST or None, person=request.user, action=request.path, back=deal_address(deal)
    )
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_for_help(deal, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(request, _("%(name)s is told. The clock runs.") % {"name": asked.asked_of})
            return done(request, deal_address(deal))
    return show_form(request, form, _("Ask for help"), deal=deal)


def visible_request(request: HttpRequest, pk: int) -> HelpRequest:
    rows = HelpRequest.objects.visible_to(request.user).select_related("deal__owner", "author")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.answer_help")
@idempotent
def help_respond(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    if kind not in RESPONSES:
        raise Http404
    asked = visible_request(request, pk)
    address = room_address(asked.deal_id)
    form = AnswerForm(request.POST or None, kind=kind, action=request.path, back=address)
    if request.method == "POST" and form.is_valid():
        try:
            respond(asked, by=request.user, kind=kind, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(request, _("%(name)s is told.") % {"name": asked.author})
            return done(request, address)
    return show_form(request, form, title_of(kind, asked), deal=asked.deal)


def title_of(kind: str, asked: HelpRequest) -> str:
    titles: dict[Any, str] = {
        HelpEventKind.ANSWERED: _("Answer to %(name)s"),
        HelpEventKind.JOINED: _("Take part in the deal of %(name)s"),
        HelpEventKind.DECLINED: _("Decline the request of %(name)s"),
    }
    return titles[HelpEventKind(kind)] % {"name": asked.author}


@require_POST
@requires("deals.ask_help")
def help_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    asked = visible_request(request, pk)
    try:
        withdraw_help(asked, by=request.user)
    except ValidationError as error:
        warn(request, said(error))
    else:
        tell(request, _("The request is withdrawn."))
    return redirect(reverse("deals:deal", args=[asked.deal_id]))
