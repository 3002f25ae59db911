"""Handing a base over: the list, the form, the page with brief, checklist and watch."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.clients.models import Client
from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.decision_kinds import effect_page
from apps.core.idempotency import idempotent
from apps.portfolio.actions.handover import accept_handover, give_back, hand_over, tick_step
from apps.portfolio.brief import briefed_clients, briefs, totals
from apps.portfolio.choices import HandoverKind, HandoverState, HandoverStep
from apps.portfolio.forms.handover import GiverForm, HandoverForm
from apps.portfolio.models import Handover
from apps.portfolio.rules import can_accept, can_give_back, can_tick
from apps.portfolio.watching import outcome_after, summed, watched_deals
from apps.staff.models import User

PAGE, ON_BRIEF, OFFERED = 30, 15, 200


@require_GET
@requires("portfolio.view_handover")
def handover_list(request: HttpRequest) -> HttpResponse:
    rows = Handover.objects.visible_to(request.user)
    waiting = rows.filter(state=HandoverState.SENT).count()
    counted = rows.select_related("giver", "receiver", "author").annotate(
        clients=Count("items__client"),
        deals=Count("items__deal", filter=Q(items__kind=HandoverKind.DEAL)),
    )
    page = Paginator(counted.order_by("-handed_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "waiting": waiting,
        "watched": rows.watched(timezone.now()).count(),
        "may_hand_over": allowed(request.user, "portfolio.hand_over"),
    }
    return render(request, "portfolio/handover_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("portfolio.hand_over")
@idempotent
def handover_create(request: HttpRequest) -> HttpResponse:
    """First whose base, then to whom: two forms on one address (`?giver=`)."""
    choice = GiverForm(request.GET or None, viewer=request.user)
    if not (choice.is_bound and choice.is_valid()):
        return render(request, "portfolio/handover_create.html", {"choice": choice})
    giver = choice.cleaned_data["giver"]
    shown = offered_clients(giver)
    said = request.POST if request.method == "POST" else None
    form = HandoverForm(said, viewer=request.user, giver=giver, shown=shown)
    if request.method == "POST" and form.is_valid():
        try:
            made = handed(request, giver, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toasts.tell(request, _("Handed over. The receiver has been told."))
            return redirect(made)
    context = {"choice": choice, "giver": giver, "form": form, "shown": shown}
    context["picked"] = set(request.POST.getlist("clients"))
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/handover_create.html", context, status=status)


def offered_clients(giver: User) -> list[Client]:
    """The most important clients of the giver, to be ticked."""
    own = Client.objects.kept().filter(owner=giver)
    return list(own.order_by(F("potential").desc(nulls_last=True), "name_key", "pk")[:OFFERED])


def handed(request: HttpRequest, giver: User, form: HandoverForm) -> Handover:
    said = form.cleaned_data
    chosen = None if said["whole"] else [client.pk for client in said["clients"]]
    return hand_over(
        giver=giver,
        receiver=said["receiver"],
        by=request.user,
        cause=said["cause"],
        clients=chosen,
        note=said["note"],
    )


def visible(request: HttpRequest, pk: int) -> Handover:
    rows = Handover.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("giver", "receiver", "author"), pk=pk)


@require_GET
@requires("portfolio.view_handover")
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    page = Paginator(briefed_clients(found), ON_BRIEF).get_page(request.GET.get("page"))
    deals = list(watched_deals(found))
    for deal in deals:
        deal.came_of = outcome_after(deal)
    outcomes = summed(deals)
    context = {
        "handover": found,
        "page": page,
        "briefs": briefs(found, list(page)),
        "totals": totals(found),
        "outcomes": outcomes,
        "untouched": [deal for deal in deals if deal.came_of == "untouched"][:ON_BRIEF],
        "steps": [
            {"code": step.value, "label": step.label, "is_done": step.value in found.steps_done}
            for step in HandoverStep
        ],
        "effect_url": effect_page(found.decision_id, request.user),
        **rights(request, found),
    }
    return render(request, "portfolio/handover.html", context)


def rights(request: HttpRequest, found: Handover) -> dict[str, Any]:
    led = User.objects.work_visible_to(request.user)
    both = led.filter(Q(pk=found.giver_id) | Q(pk=found.receiver_id)).count() == 2
    return {
        "is_watched": found.watch_until > timezone.now(),
        "may_accept": can_accept(found, by=request.user),
        "may_tick": can_tick(found, by=request.user),
        "may_give_back": both and can_give_back(found, by=request.user),
    }


@require_POST
@requires("portfolio.view_handover")
def handover_accept(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    accept_handover(found, by=request.user)
    toasts.tell(request, _("Accepted. Go through the checklist next."))
    return redirect(found)


@require_POST
@requires("portfolio.view_handover")
def handover_step(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    step, is_done = request.POST.get("step", ""), "done" in request.POST
    tick_step(found, step=step, is_done=is_done, by=request.user)
    return redirect(found)


@require_POST
@requires("portfolio.hand_over")
def handover_return(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    stayed = give_back(found, by=request.user)
    text = _("Everything is back with the former owner.")
    if stayed:
        text = ngettext(
            "Given back; %(count)d object changed hands since and stays.",
            "Given back; %(count)d objects changed hands since and stay.",
            stayed,
        ) % {"count": stayed}
    toasts.tell(request, text)
    return redirect(found)
