"""Distribution of clients: the list, the asking, the preview, applying and taking back."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.decision_kinds import effect_page
from apps.core.export_limit import counts_exports
from apps.core.exporting import CONTENT_TYPES, table_response
from apps.core.idempotency import idempotent
from apps.portfolio.actions.applying import (
    apply_distribution,
    start_applying,
    undo_distribution,
)
from apps.portfolio.actions.distribution import (
    choose_move,
    set_mode,
    start_again,
    start_distribution,
)
from apps.portfolio.choices import DistributionState, MoveState
from apps.portfolio.forms.distribution import ApplyForm, DistributionForm, MoveFilter
from apps.portfolio.models import Distribution, DistributionMove
from apps.portfolio.proposal_page import seat_rows, verdict
from apps.portfolio.reasons import in_words
from apps.staff.models import User

PAGE, CHUNK = 50, 1000
# More moves than this are written by a job.
AT_ONCE = 500


@require_GET
@requires("portfolio.view_distribution")
def distribution_list(request: HttpRequest) -> HttpResponse:
    rows = Distribution.objects.visible_to(request.user).select_related(
        "node", "author", "applied_by", "person"
    )
    made = Q(moves__state__in=[MoveState.APPLIED, MoveState.UNDONE])
    rows = rows.annotate(made=Count("moves", filter=made), proposed=Count("moves"))
    page = Paginator(rows.order_by("-created_at", "-pk"), 30).get_page(request.GET.get("page"))
    applied = [row for row in page if row.state == DistributionState.APPLIED]
    context = {
        "page": page,
        "last": applied[0] if applied else None,
        "may_distribute": allowed(request.user, "portfolio.distribute"),
        "may_set_norms": allowed(request.user, "portfolio.change_norms"),
    }
    return render(request, "portfolio/distribution_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("portfolio.distribute")
@idempotent
def distribution_create(request: HttpRequest) -> HttpResponse:
    initial = {name: request.GET[name] for name in ("scope", "person") if name in request.GET}
    asked = request.POST if request.method == "POST" else None
    form = DistributionForm(asked, viewer=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = start_distribution(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("core:job", made.job_id)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/distribution_create.html", {"form": form}, status=status)


def visible(request: HttpRequest, pk: int) -> Distribution:
    rows = Distribution.objects.visible_to(request.user)
    related = ("node", "author", "applied_by", "undone_by", "person", "job", "decision")
    return get_object_or_404(rows.select_related(*related), pk=pk)


@require_GET
@requires("portfolio.view_distribution")
def distribution(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    moves = moves_page(request, found)
    if request.headers.get("HX-Target") == "moves":
        return render(request, "portfolio/_moves.html", {"distribution": found, **moves})
    rows = seat_rows(found)
    counts = dict(found.moves.order_by().values_list("state").annotate(count=Count("pk")))
    context = {
        "distribution": found,
        "rows": rows,
        "verdict": verdict(found, rows),
        "skipped": counts.get(MoveState.SKIPPED, 0),
        "stayed": found.moves.filter(state=MoveState.APPLIED).exclude(skipped_for="").count(),
        "may_change": allowed(request.user, "portfolio.distribute"),
        "effect_url": effect_page(found.decision_id, request.user),
        **moves,
    }
    return render(request, "portfolio/distribution.html", context)


def moves_page(request: HttpRequest, found: Distribution) -> dict[str, Any]:
    filters, rows = filtered_moves(request, found)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for move in page:
        move.words = in_words(move.why)
    return {
        "filters": filters,
        "page": page,
        "can_export": allowed(request.user, "portfolio.export_distribution"),
        "may_choose": found.state == DistributionState.PROPOSED
        and allowed(request.user, "portfolio.distribute"),
    }


def filtered_moves(
    request: HttpRequest, found: Distribution
) -> tuple[MoveFilter, QuerySet[DistributionMove]]:
    people = User.objects.filter(pk__in=found.seats.values("user")).in_name_order()
    filters = MoveFilter(request.GET or None, people=people)
    rows = found.moves.select_related("client", "old_owner", "new_owner")
    if filters.is_bound and filters.is_valid():
        said = filters.cleaned_data
        if said["person"]:
            rows = rows.filter(Q(old_owner=said["person"]) | Q(new_owner=said["person"]))
        if said["state"]:
            rows = rows.filter(state=said["state"])
    return filters, rows


@require_GET
@requires("portfolio.export_distribution")
@counts_exports
def moves_export(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Exactly the moves of the list with the same address, in the same order."""
    if kind not in CONTENT_TYPES:
        raise Http404
    found = visible(request, pk)
    _filters, rows = filtered_moves(request, found)
    headings = [
        _("Client"), _("Level"), _("From whom"), _("To whom"), _("Why"), _("Hours a month"),
        _("Potential a year"), _("State"), _("Why not"),
    ]  # fmt: skip
    name = _("distribution") + f"-{found.pk}"
    return table_response(kind, name, headings, exported(rows))


def exported(rows: QuerySet[DistributionMove]) -> Iterator[list[Any]]:
    for move in rows.iterator(chunk_size=CHUNK):
        yield [
            move.client.name, move.level, move.old_owner, move.new_owner, in_words(move.why),
            round(move.hours, 2), move.potential, move.get_state_display(),
            move.get_skipped_for_display() if move.skipped_for else "",
        ]  # fmt: skip


@require_POST
@requires("portfolio.distribute")
def seat_mode(request: HttpRequest, pk: int, user: int) -> HttpResponse:
    """Pin, exclude or let take part; the proposal is counted anew."""
    found = visible(request, pk)
    seat = get_object_or_404(found.seats.select_related("user"), user=user)
    return counted(
        request,
        found,
        lambda: set_mode(
            found, person=seat.user, mode=request.POST.get("mode", ""), by=request.user
        ),
    )


@require_POST
@requires("portfolio.distribute")
def distribution_recount(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    return counted(request, found, lambda: start_again(found, by=request.user))


def counted(request: HttpRequest, found: Distribution, ask: Any) -> HttpResponse:
    """To the progress of the counting, or back with the refusal."""
    try:
        made = ask()
    except ValidationError as error:
        toasts.warn(request, " ".join(error.messages))
        return redirect(found)
    return redirect("core:job", made.job_id)


@require_POST
@requires("portfolio.distribute")
def move_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a move or untick it; the table of people is shown anew."""
    seen = Distribution.objects.visible_to(request.user)
    rows = DistributionMove.objects.filter(distribution__in=seen)
    move = get_object_or_404(rows.select_related("distribution"), pk=pk)
    try:
        choose_move(move, is_chosen="chosen" in request.POST, by=request.user)
    except ValidationError as error:
        toasts.warn(request, " ".join(error.messages))
    found = visible(request, move.distribution_id)
    if not request.headers.get("HX-Request"):
        return redirect(found)
    people = seat_rows(found)
    context = {"distribution": found, "rows": people, "verdict": verdict(found, people)}
    context["may_change"] = True
    return render(request, "portfolio/_seats.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("portfolio.distribute")
@idempotent
def distribution_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks what goes along and what it should bring, then makes the moves."""
    found = visible(request, pk)
    if request.method != "POST" and found.state != DistributionState.PROPOSED:
        return redirect(found)
    said = request.POST if request.method == "POST" else None
    form = ApplyForm(said, initial={"with_deals": found.with_deals})
    if request.method == "POST" and form.is_valid():
        try:
            return applied(request, found, form)
        except ValidationError as error:
            form.add_error(None, error)
    rows = seat_rows(found)
    context = {"distribution": found, "form": form, "verdict": verdict(found, rows)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/distribution_apply.html", context, status=status)


def applied(request: HttpRequest, found: Distribution, form: ApplyForm) -> HttpResponse:
    said = form.cleaned_data
    options = {
        "by": request.user,
        "with_deals": said["with_deals"],
        "expected_change": None if said["expected"] is None else said["expected"] / 100,
        "until": said["until"],
        "note": said["note"],
    }
    if found.moves.filter(is_chosen=True).count() > AT_ONCE:
        return redirect("core:job", start_applying(found, **options).pk)
    apply_distribution(found, **options)
    undo = reverse("portfolio:distribution_undo", args=[found.pk])
    toasts.tell(request, _("The clients have their new owners."), undo=undo)
    return redirect(found)


@require_POST
@requires("portfolio.distribute")
def distribution_undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    try:
        undo_distribution(found, by=request.user)
    except ValidationError as error:
        toasts.warn(request, " ".join(error.messages))
    else:
        toasts.tell(request, _("The distribution is taken back."))
    return redirect(found)
