"""Contests: the list, one with its standings, designing and launching."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.kpis import contest_page
from apps.kpis.actions.contests import design_contest, drop_contest, launch_contest
from apps.kpis.contest_choices import ContestState
from apps.kpis.contest_forms import ContestForm, initial_of
from apps.kpis.models.contests import Contest
from apps.staff.models import User

PAGE = 30


@require_GET
@requires("kpis.view_contest")
def contests(request: HttpRequest) -> HttpResponse:
    seen = Contest.objects.visible_to(request.user).annotate(people=Count("participants"))
    page = Paginator(seen.order_by("-starts_on", "-pk"), PAGE).get_page(request.GET.get("page"))
    today = company_today()
    page.object_list = [
        (one, contest_page.stage(one, today), contest_page.metric_label(one)) for one in page
    ]
    context = {"page": page, "may_design": allowed(request.user, "kpis.change_contest")}
    return render(request, "kpis/contests.html", context)


def visible(request: HttpRequest, pk: int) -> Contest:
    return get_object_or_404(Contest.objects.visible_to(request.user), pk=pk)


@require_GET
@requires("kpis.view_contest")
def contest(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    as_of, board = contest_page.leaderboard(found, request.user)
    is_draft = found.state == ContestState.DRAFT
    context = {
        "contest": found,
        "stage": contest_page.stage(found, company_today()),
        "metric_label": contest_page.metric_label(found),
        "prizes": contest_page.prizes_in_words(found),
        "as_of": as_of,
        "board": board,
        "may_launch": is_draft and allowed(request.user, "kpis.change_contest"),
        "sees_rehearsal": allowed(request.user, "kpis.view_rehearsal"),
    }
    if context["sees_rehearsal"]:
        context["rehearsal"] = contest_page.rehearsal(found)
    return render(request, "kpis/contest.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("kpis.change_contest")
@idempotent
def contest_create(request: HttpRequest) -> HttpResponse:
    return designed(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("kpis.change_contest")
def contest_change(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft alone; a launched contest is not found here."""
    rows = Contest.objects.visible_to(request.user).filter(state=ContestState.DRAFT)
    return designed(request, get_object_or_404(rows, pk=pk))


def designed(request: HttpRequest, draft: Contest | None) -> HttpResponse:
    said = request.POST if request.method == "POST" else None
    initial = initial_of(draft) if draft else None
    form = ContestForm(said, viewer=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            made = design_contest(draft, by=request.user, **form.rules())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(made)
    status = 422 if form.errors else 200
    context = {"form": form, "contest": draft}
    return render(request, "kpis/contest_create.html", context, status=status)


@require_POST
@requires("kpis.change_contest")
def contest_launch(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    try:
        launch_contest(found, by=request.user)
    except ValidationError as refusal:
        toasts.warn(request, refusal.messages[0])
    else:
        toasts.tell(request, _("Launched. The participants have been told."))
    return redirect(found)


@require_POST
@requires("kpis.change_contest")
def contest_drop(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    try:
        drop_contest(found, by=request.user)
    except ValidationError as refusal:
        toasts.warn(request, refusal.messages[0])
        return redirect(found)
    toasts.tell(request, _("The draft is thrown away."))
    return redirect("kpis:contests")


@require_GET
@requires("kpis.view_contest")
def medals(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel on a colleague's card; a page around it for those without scripts."""
    person = get_object_or_404(User.objects.card_visible_to(request.user), pk=pk)
    template = "kpis/_medals.html" if request.htmx else "kpis/medals.html"
    context = {"person": person, "medals": contest_page.medals(person)}
    return render(request, template, context)
