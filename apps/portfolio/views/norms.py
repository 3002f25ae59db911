"""What a distribution is counted by: the norms of load, and who sells where."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import toasts
from apps.core.access import requires
from apps.core.versions import Conflict, chosen, conflict_page
from apps.portfolio.actions.eligibility import capacities, obstacles_to_clients
from apps.portfolio.actions.norms import save_focus, save_norms
from apps.portfolio.forms.distribution import FocusForm, NormsForm
from apps.portfolio.models import LoadNorms, SellerFocus
from apps.staff.models import User

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires("portfolio.change_norms")
def load_norms(request: HttpRequest) -> HttpResponse:
    row = LoadNorms.current()
    form = NormsForm(instance=row)
    if request.method == "POST":
        form = NormsForm(chosen(request, form), instance=row)
        if form.is_valid():
            try:
                save_norms(form.instance, by=request.user, expected=form.cleaned_data["version"])
            except Conflict as conflict:
                return conflict_page(request, form, conflict.current)
            toasts.tell(request, _("Saved. The next distribution is counted by it."))
            return redirect("portfolio:distribution_list")
    return page(request, "portfolio/load_norms.html", form)


@require_GET
@requires("portfolio.distribute")
def focus_list(request: HttpRequest) -> HttpResponse:
    """People with their hours, what keeps them from receiving, and what they sell to."""
    people = User.objects.work_visible_to(request.user).working().selling()
    shown = Paginator(people.select_related("team", "focus").in_name_order(), PAGE)
    people_page = shown.get_page(request.GET.get("page"))
    norms = LoadNorms.current()
    listed = list(people_page)
    hours, obstacles = capacities(listed, norms), obstacles_to_clients(listed, norms)
    for person in listed:
        person.hours, person.obstacle = hours[person.pk], obstacles[person.pk]
    context = {
        "page": people_page,
        "people": listed,
        "ready": sum(not person.obstacle for person in listed),
    }
    return render(request, "portfolio/focus_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("portfolio.distribute")
def seller_focus(request: HttpRequest, pk: int) -> HttpResponse:
    people = User.objects.work_visible_to(request.user).working().selling()
    person = get_object_or_404(people, pk=pk)
    row = SellerFocus.objects.filter(user=person).first() or SellerFocus(user=person)
    form = FocusForm(instance=row)
    if request.method == "POST":
        form = FocusForm(chosen(request, form), instance=row)
        if form.is_valid():
            try:
                save_focus(form.instance, by=request.user, expected=form.cleaned_data["version"])
            except Conflict as conflict:
                return conflict_page(request, form, conflict.current)
            toasts.tell(request, _("Saved. The next distribution is counted by it."))
            return redirect("portfolio:focus_list")
    return page(request, "portfolio/seller_focus.html", form, person=person)


def page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
