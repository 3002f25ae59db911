"""Leads that wait for an answer, with the clock of each, and how soon leads are answered."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.clients.models import AnswerNorm
from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.periods import DAY, Period
from apps.deals.forms.leads import AnswerNormForm
from apps.deals.speed_to_lead import clocks, speed_to_lead, waiting_leads

PAGE = 50
MEASURED = timedelta(days=30)


@require_GET
@requires("deals.view_deal")
def lead_list(request: HttpRequest) -> HttpResponse:
    """The page, and the table alone when it renews itself every minute."""
    rows = waiting_leads(request.user).select_related("client", "owner", "source", "stage")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    today = company_today()
    norm = AnswerNorm.current()
    context = {
        "page": page,
        "rows": clocks(list(page), timezone.now(), norm),
        "norm": norm,
        "may_act": allowed(request.user, "deals.change_deal"),
    }
    if request.headers.get("HX-Target") == "lead-table":
        return render(request, "deals/_lead_table.html", context)
    period = Period(today - MEASURED, today + DAY)
    context["speed"] = speed_to_lead(period, viewer=request.user, norm=norm)
    context["can_change"] = allowed(request.user, "clients.change_norm")
    return render(request, "deals/lead_list.html", context)


@require_http_methods(["GET", "POST"])
@requires("clients.change_norm")
def answer_norm(request: HttpRequest) -> HttpResponse:
    form = AnswerNormForm(request.POST or None, instance=AnswerNorm.current())
    if request.method == "POST" and form.is_valid():
        form.save()
        toasts.tell(request, _("The norm is saved. The clocks of leads go by it."))
        return redirect("deals:lead_list")
    title = _("How soon leads are answered")
    context = {"form": form, "title": title}
    return render(request, "deals/form_page.html", context, status=422 if form.errors else 200)
