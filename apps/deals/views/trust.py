"""Trust on the page of a deal: its acts and their marks; and whether trust tells the truth."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.core.periods import DAY, Period
from apps.core.toasts import tell, warn
from apps.deals.actions import mark_trust, put_mark_back, take_mark_back
from apps.deals.forms.losses import TrustFilter
from apps.deals.forms.trust import MarkForm
from apps.deals.models import TrustMark, TrustSignal
from apps.deals.trust_calculations import Wins
from apps.deals.trust_page import TrustBlock
from apps.deals.trust_truth import Reliability, wins_alike
from apps.deals.views.answers import add_errors, deal_address, done, said, show_form
from apps.deals.views.deals import visible_deal

YEAR = timedelta(days=364)


@require_safe
@requires("deals.view_deal")
def deal_trust(request: HttpRequest, pk: int) -> HttpResponse:
    """The block for a script's request, a page of its own for anything else."""
    deal = visible_deal(request, pk, "stage", "closed_from")
    trust = TrustBlock(deal, request.user)
    context = {
        "deal": deal,
        "trust": trust,
        "alike": alike(request, trust),
        "can_see_truth": allowed(request.user, "deals.view_losses"),
    }
    template = "deals/_trust.html" if request.htmx else "deals/trust.html"
    return render(request, template, context)


def alike(request: HttpRequest, trust: TrustBlock) -> Wins | None:
    """How deals of a year ended that had as much trust; None while nothing is due."""
    if trust.tenth is None or trust.stage is None:
        return None
    today = company_today()
    return wins_alike(
        request.user, trust.tenth, trust.stage.kind, Period(today - YEAR, today + DAY)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
@idempotent
def trust_mark(request: HttpRequest, pk: int, signal_id: int) -> HttpResponse:
    deal = visible_deal(request, pk)
    signal = get_object_or_404(
        TrustSignal.objects.kept().select_related("stage"),
        pk=signal_id,
        stage__pipeline=deal.pipeline_id,
    )
    form = MarkForm(
        request.POST if request.method == "POST" else None,
        deal=deal,
        today=company_today(),
        action=reverse("deals:trust_mark", args=[pk, signal_id]),
        back=deal_address(deal),
    )
    if request.method == "POST" and form.is_valid():
        try:
            mark = mark_trust(deal, signal, by=request.user, **form.given)
        except ValidationError as error:
            add_errors(form, error)
        else:
            undo = reverse("deals:trust_mark_undo", args=[mark.pk])
            tell(request, _("“%(act)s” is marked.") % {"act": signal.name}, undo=undo)
            return done(request, deal_address(deal))
    return show_form(request, form, signal.name, deal=deal)


def visible_mark(request: HttpRequest, pk: int) -> TrustMark:
    marks = TrustMark.objects.visible_to(request.user).select_related("deal", "signal")
    return get_object_or_404(marks, pk=pk)


@require_POST
@requires("deals.change_deal")
def trust_mark_undo(request: HttpRequest, pk: int) -> HttpResponse:
    mark = visible_mark(request, pk)
    try:
        take_mark_back(mark, by=request.user)
    except ValidationError as error:
        warn(request, said(error))
    else:
        again = reverse("deals:trust_mark_redo", args=[pk])
        tell(request, _("“%(act)s” is not done any more.") % {"act": mark.signal.name}, undo=again)
    return redirect(deal_address(mark.deal))


@require_POST
@requires("deals.change_deal")
def trust_mark_redo(request: HttpRequest, pk: int) -> HttpResponse:
    mark = visible_mark(request, pk)
    try:
        put_mark_back(mark, by=request.user)
    except ValidationError as error:
        warn(request, said(error))
    else:
        tell(request, _("“%(act)s” is marked.") % {"act": mark.signal.name})
    return redirect(deal_address(mark.deal))


@require_GET
@requires("deals.view_losses")
def trust_truth(request: HttpRequest) -> HttpResponse:
    form = TrustFilter(request.GET, viewer=request.user, today=company_today())
    context: dict[str, Any] = {
        "form": form,
        "reliability": Reliability(request.user, form),
        "has_acts": TrustSignal.objects.kept().exists(),
        "can_set_up": allowed(request.user, "deals.change_losses"),
    }
    return render(request, "deals/trust_truth.html", context)
