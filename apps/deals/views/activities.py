"""Logging calls, planning steps, striking wrong records out."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from apps.core.access import requires
from apps.core.idempotency import idempotent
from apps.core.toasts import tell
from apps.deals.actions import log_activity, plan_next_step, reverse_activity
from apps.deals.choices import ActivityKind, Outcome
from apps.deals.forms.activities import LogForm, QuickLogForm, StepForm
from apps.deals.models import Activity, Deal
from apps.deals.next_steps import suggestions_for
from apps.deals.views.answers import (
    CHANGED,
    add_errors,
    changed,
    deal_address,
    done,
    show_form,
)
from apps.deals.views.deals import visible_deal


@require_POST
@requires("deals.add_activity")
@idempotent
def deal_log(request: HttpRequest, pk: int) -> HttpResponse:
    """The three-field form of a deal's page."""
    deal = visible_deal(request, pk)
    action = reverse("deals:deal_log", args=[pk])
    form = LogForm(request.POST, action=action, back=deal_address(deal))
    if form.is_valid():
        try:
            log_activity(by=request.user, deal=deal, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return after_log(request, deal)
    return show_log(request, form, _("Log"))


def show_log(request: HttpRequest, form: Any, title: Any) -> HttpResponse:
    """The form of a log in the modal, or as a page."""
    return show_form(
        request, form, title, page="deals/quick_log.html", modal="deals/_quick_log_modal.html"
    )


def after_log(request: HttpRequest, deal: Deal) -> HttpResponse:
    """Done → plan next: an open deal left without a step is asked for one."""
    tell(request, _("Logged."))
    deal.refresh_from_db()
    if deal.outcome == Outcome.OPEN and deal.next_step_at is None and request.htmx:
        action = reverse("deals:deal_step", args=[deal.pk])
        form = StepForm(action=action, back=deal_address(deal))
        form.suggestions = suggestions_for(deal, request.user)
        title = _("Logged. What is the next step?")
        asked = show_form(request, form, title, deal=deal, is_after=True)
        # The page below shows the call already, whatever becomes of the question.
        return trigger_client_event(asked, CHANGED, {})
    return changed(request, deal_address(deal))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
def deal_step(request: HttpRequest, pk: int) -> HttpResponse:
    """The next step: planned, changed, or taken away."""
    deal = visible_deal(request, pk, "stage")
    form = StepForm(
        request.POST or None,
        action=reverse("deals:deal_step", args=[pk]),
        back=deal_address(deal),
        initial=known_step(deal),
    )
    form.suggestions = suggestions_for(deal, request.user)
    if request.method == "POST" and form.is_valid():
        try:
            plan_next_step(deal, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell(request, _("The next step is planned."))
            return changed(request, deal_address(deal))
    return show_form(request, form, _("Next step"), deal=deal)


def known_step(deal: Deal) -> dict[str, Any]:
    if deal.next_step_at is None:
        return {}
    return {"next_step": deal.next_step, "next_step_at": deal.next_step_at}


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.add_activity")
@idempotent
def quick_log(request: HttpRequest) -> HttpResponse:
    """From anywhere: in the modal, as a page, or inside another page (?inline=1)."""
    form = QuickLogForm(
        request.POST or None,
        person=request.user,
        action=reverse("deals:quick_log"),
        back=reverse("deals:deal_list"),
        initial=subject_of(request),
    )
    if request.method == "POST" and form.is_valid():
        try:
            activity = log_activity(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            if activity.deal:
                return after_log(request, activity.deal)
            tell(request, _("Logged."))
            return done(request, reverse("clients:client", args=[activity.client_id]))
    if request.method == "GET" and request.htmx and "inline" in request.GET:
        return render(request, "deals/_quick_log.html", {"form": form, "title": _("Log a call")})
    return show_log(request, form, _("Log a call"))


def subject_of(request: HttpRequest) -> dict[str, Any]:
    """What the address names: ?deal=, ?client=, ?kind=."""
    names = ("deal", "client", "kind")
    given = {name: request.GET[name] for name in names if request.GET.get(name)}
    if given.get("kind") not in ActivityKind.values:
        given.pop("kind", None)
    return {name: value for name, value in given.items() if name == "kind" or value.isdecimal()}


@require_POST
@requires("deals.add_activity")
def activity_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
    reverse_activity(activity, by=request.user)
    tell(request, _("The record is struck out."))
    if activity.deal_id:
        return redirect("deals:deal", activity.deal_id)
    return redirect("clients:client", activity.client_id)
