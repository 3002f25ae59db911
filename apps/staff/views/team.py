"""The team: the tree with its people, and the card of a person."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.staff.forms.team import TeamFilter
from apps.staff.models import Absence, Membership, User
from apps.staff.rules import can_change_account, can_dismiss
from apps.staff.tree import branches

ON_PAGE = 48


@require_GET
@requires("staff.view_team")
def team(request: HttpRequest) -> HttpResponse:
    today = company_today()
    form = TeamFilter(request.GET)
    form.is_valid()
    people = User.objects.card_visible_to(request.user).matching(form.cleaned_data, today)
    people = people.select_related("team").prefetch_related(
        Prefetch(
            "memberships",
            Membership.objects.current().select_related("position"),
            to_attr="current_places",
        ),
        Prefetch("absences", Absence.objects.on(today), to_attr="absences_today"),
    )
    page = Paginator(people.in_name_order(), ON_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "known_terms": known_terms(request.user, page)}
    if request.headers.get("HX-Target") == "people":
        return render(request, "staff/_people.html", context)
    return render(request, "staff/team.html", {**context, "branches": branches(today)})


def known_terms(viewer: User, people) -> set[int]:
    """Of these people, those whose ramp and hours the viewer may know."""
    ids = [person.pk for person in people]
    known = User.objects.visible_to(viewer).filter(pk__in=ids)
    return set(known.values_list("pk", flat=True))


@require_GET
@requires("staff.view_team")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    people = User.objects.card_visible_to(request.user).select_related("team")
    person = get_object_or_404(people, pk=pk)
    today = company_today()
    knows_terms = User.objects.visible_to(request.user).filter(pk=pk).exists()
    is_manager = User.objects.managed_by(request.user).filter(pk=pk).exists()
    context = {
        "person": person,
        "place": person.place(),
        "away": person.absences.on(today).first(),
        "knows_terms": knows_terms,
        "may_change_capacity": is_manager and allowed(request.user, "staff.change_capacity"),
        "may_change_absence": is_manager and allowed(request.user, "staff.change_absence"),
        "may_place": allowed(request.user, "staff.place_person") and person.is_active,
        "may_invite": person.is_active and can_change_account(person, by=request.user),
        "may_dismiss": can_dismiss(person, by=request.user),
    }
    if knows_terms:
        context["places"] = person.memberships.select_related("node", "position", "mentor")
        context["absences"] = person.absences.all()
    return render(request, "staff/person.html", context)
