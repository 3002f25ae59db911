"""The page of big deals, and their norms."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.toasts import tell
from apps.deals.actions.big_norms import set_big_norms
from apps.deals.big_list import effect_of_leaders, open_big_deals, page_of, top_of
from apps.deals.forms.filters import ScopeForm
from apps.deals.forms.help import BigNormForm
from apps.deals.help_clock import HelpClock
from apps.deals.listing import totals_of
from apps.deals.models import HelpRequest
from apps.deals.models.big_deals import Bigness
from apps.deals.views.answers import show_form

SHOWN_HELP = 5


@require_GET
@requires("deals.view_deal")
def big_deal_list(request: HttpRequest) -> HttpResponse:
    """Open big deals by sum; beside them who waits for help and what a leader's part goes with."""
    form = ScopeForm(request.GET, viewer=request.user)
    bigness = Bigness()
    deals = open_big_deals(request.user, bigness)
    if form.is_valid() and (people := form.people()) is not None:
        deals = deals.filter(owner__in=people)
    clock = HelpClock()
    page = page_of(deals, request.GET.get("page"), now=clock.now, zone=clock.zone)
    context = {"form": form, "page": page, "totals": totals_of(deals)}
    if request.htmx:
        return render(request, "deals/_big_table.html", context)
    context |= asides(request, clock) | {"has_threshold": bool(bigness.thresholds)}
    return render(request, "deals/big_deal_list.html", context)


@require_GET
@requires("deals.view_deal")
def big_top(request: HttpRequest) -> HttpResponse:
    """The largest ones and who waits for help, as a panel of the head's screen; ?team= narrows."""
    if not request.htmx:
        return redirect(f"{reverse('deals:big_deal_list')}?{request.GET.urlencode()}")
    form = ScopeForm(request.GET, viewer=request.user)
    people = form.people() if form.is_valid() else None
    deals = open_big_deals(request.user, Bigness())
    calls = HelpRequest.objects.visible_to(request.user).waiting()
    if people is not None:
        deals, calls = deals.filter(owner__in=people), calls.filter(deal__owner__in=people)
    clock = HelpClock()
    context = {
        "rows": top_of(deals, now=clock.now, zone=clock.zone),
        "waits": clock.waits(list(longest_waiting(calls)[:SHOWN_HELP])),
        "norm": clock.norm,
        "query": request.GET.urlencode(),
        "can_help": allowed(request.user, "deals.answer_help"),
    }
    return render(request, "deals/_big_top.html", context)


def longest_waiting(calls: QuerySet[HelpRequest]) -> QuerySet[HelpRequest]:
    links = ("deal", "author", "asked_of")
    return calls.order_by("asked_at", "pk").select_related(*links)


def asides(request: HttpRequest, clock: HelpClock) -> dict[str, object]:
    waiting = longest_waiting(HelpRequest.objects.visible_to(request.user).waiting())
    found = list(waiting[: SHOWN_HELP + 1])
    return {
        "waits": clock.waits(found[:SHOWN_HELP]),
        "has_more_help": len(found) > SHOWN_HELP,
        "norm": clock.norm,
        "can_compare": allowed(request.user, "deals.compare_big_deal"),
        "can_help": allowed(request.user, "deals.answer_help"),
        "can_set": allowed(request.user, "deals.change_big_norm"),
    }


@require_GET
@requires("deals.compare_big_deal")
def big_effect(request: HttpRequest) -> HttpResponse:
    """Closed big deals with a leader's part and without; by a request of its own, for it reads
    two years."""
    context = {"effect": effect_of_leaders(request.user, company_today(), Bigness())}
    template = "deals/_effect.html" if request.htmx else "deals/effect.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@requires("deals.change_big_norm")
def big_norm(request: HttpRequest) -> HttpResponse:
    form = BigNormForm(request.POST or None, back=reverse("deals:big_deal_list"))
    if request.method == "POST" and form.is_valid():
        set_big_norms(
            by=request.user,
            thresholds=form.thresholds,
            answer_minutes=form.cleaned_data["answer_minutes"],
        )
        tell(request, _("The norms of big deals are saved."))
        return redirect("deals:big_deal_list")
    return show_form(request, form, _("Norms of big deals"))
