"""A person's word about a month: the plan from below."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core import toasts
from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.periods import month_of
from apps.kpis.actions.plan_offers import offer_plan
from apps.kpis.forms import PlanOfferForm
from apps.kpis.models import PlanOffer
from apps.kpis.plan_month import month_url
from apps.staff.models import User


@require_http_methods(["GET", "POST"])
@requires("kpis.offer_plan")
def plan_offer(request: HttpRequest, pk: int, year: int, month: int) -> HttpResponse:
    """The form, with the last word and those before it."""
    people = User.objects.work_visible_to(request.user).selling().working()
    person = get_object_or_404(people, pk=pk)
    about = asked_month(year, month)
    said = PlanOffer.objects.filter(user=person, month=about).select_related("author")
    past = list(said.order_by("-pk"))
    first = {"amount": past[0].amount, "words": past[0].words} if past else {}
    form = PlanOfferForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_bound and form.is_valid():
        try:
            offer_plan(person, about, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            toasts.tell(request, _("Written down."))
            return redirect(month_url(about, person=person.pk))
    context = {
        "form": form,
        "person": person,
        "month": month_of(about),
        "past": past,
        "back": month_url(about, person=person.pk),
        "address": reverse("kpis:plan_offer", args=[person.pk, about.year, about.month]),
    }
    return render(request, "kpis/plan_offer.html", context, status=422 if form.errors else 200)


def asked_month(year: int, month: int) -> date:
    """Its first day. Raises Http404 for a month that is over, or that does not exist."""
    try:
        first = date(year, month, 1)
    except ValueError:
        raise Http404 from None
    if month_of(first).end <= company_today():
        raise Http404
    return first
