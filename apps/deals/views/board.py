"""The board of deals, and what happens to its cards."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from apps.core.access import allowed, requires
from apps.core.calendars import company_zone, day_start
from apps.core.saved_views import LastLook, last_look, remember
from apps.core.toasts import tell
from apps.core.views.modals import page_before
from apps.deals import board as boards
from apps.deals import rules
from apps.deals.actions import move_from
from apps.deals.forms.board import BoardFilter
from apps.deals.forms.filters import quick_conditions
from apps.deals.forms.moves import MoveForm
from apps.deals.models import Deal, Stage
from apps.deals.views.answers import add_errors, show_form
from apps.deals.views.deals import visible_deal
from apps.deals.views.moves import title_of

ROOM = "deals"


@dataclass
class Asked:
    """What an address of the board asks for, and the clock it is answered by."""

    form: BoardFilter
    viewer: Any
    now: datetime
    zone: tzinfo

    @property
    def today(self) -> Any:
        return self.now.astimezone(self.zone).date()

    @property
    def stages(self) -> list[Stage]:
        return self.form.board_stages

    @cached_property
    def quick(self) -> dict[str, Q]:
        return quick_conditions(self.now, day_start(self.today + timedelta(days=1)))

    @property
    def chosen(self) -> list[str]:
        """The quick filters that are on."""
        given = getattr(self.form, "cleaned_data", {})
        return [name for name in self.quick if given.get(name)]

    @cached_property
    def wide(self) -> Any:
        """The deals of all filters but the quick ones."""
        deals = Deal.objects.visible_to(self.viewer)
        return self.form.without_quick(deals, now=self.now, today=self.today)

    @property
    def shown(self) -> Any:
        return self.wide.filter(*(self.quick[name] for name in self.chosen))

    def summed(self) -> boards.Board:
        return boards.summed(self.wide, self.stages, quick=self.quick, chosen=self.chosen)


def asked_of(query: QueryDict, viewer: Any, last: LastLook | None = None) -> Asked:
    form = BoardFilter(query, viewer=viewer, pipeline=last.part("pipeline") if last else "")
    form.is_valid()
    return Asked(form, viewer, timezone.now(), company_zone())


@require_GET
@requires("deals.view_deal")
def deal_board(request: HttpRequest) -> HttpResponse:
    last = last_look(request, ROOM)
    asked = asked_of(request.GET, request.user, last)
    board = boards.with_cards(asked.summed(), asked.shown, now=asked.now, zone=asked.zone)
    if pipeline := asked.form.board_pipeline:
        query = f"face=board&pipeline={pipeline.pk}"
        remember(request, ROOM, query=query, columns=last.columns)
    context = board_context(request, asked, board) | {"view_columns": last.columns}
    return render(request, "deals/deal_board.html", context)


def board_context(request: HttpRequest, asked: Asked, board: boards.Board) -> dict[str, Any]:
    return {
        "form": asked.form,
        "board": board,
        "ends": boards.ends(asked.stages),
        "may_move": allowed(request.user, "deals.change_deal"),
        "can_add": allowed(request.user, "deals.add_deal"),
        "filters": query_of(request),
    }


def query_of(request: HttpRequest) -> str:
    """The filters of the board that a card or a column of it was asked from."""
    query = request.GET.copy()
    query.pop("after", None)
    return query.urlencode()


@require_GET
@requires("deals.view_deal")
def deal_column(request: HttpRequest, stage_id: int) -> HttpResponse:
    """The next cards of a column, behind ?after=."""
    stage = get_object_or_404(Stage.objects.kept().filter(kind__in=rules.IN_WORK), pk=stage_id)
    query = request.GET.copy()
    query["pipeline"] = str(stage.pipeline_id)
    asked = asked_of(query, request.user)
    after = request.GET.get("after", "")
    cards, has_more = boards.cards_after(asked.shown, stage, after, now=asked.now, zone=asked.zone)
    context = {
        "column": boards.Column(stage, cards=cards),
        "has_more": has_more,
        "may_move": allowed(request.user, "deals.change_deal"),
        "filters": query_of(request),
    }
    return render(request, "deals/_board_more.html", context)


@require_GET
@requires("deals.change_deal")
def deal_stages(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the card can go: the menu for keyboard and touch."""
    deal = visible_deal(request, pk, "stage", "pipeline")
    stages = [one for one in deal.pipeline.stages.kept() if one.pk != deal.stage_id]
    context = {
        "deal": deal,
        "stages": stages,
        "query": drop_query(deal.stage_id, query_of(request)),
    }
    if not request.htmx:
        return render(request, "deals/deal_stages.html", context)
    return render(request, "deals/_deal_stages.html", context)


def drop_query(left: int, filters: str) -> str:
    return f"from={left}&{filters}" if filters else f"from={left}"


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
def deal_drop(request: HttpRequest, pk: int, stage_id: int) -> HttpResponse:
    """A card is moved: at once when nothing is to be asked, otherwise what is missing is asked first.

    ?from= is the stage it stood in; the rest of the query are the filters of the board.
    """
    deal = visible_deal(request, pk, "stage", "pipeline", "client")
    to = get_object_or_404(Stage.objects.kept(), pk=stage_id, pipeline_id=deal.pipeline_id)
    form = drop_form(request, deal, to)
    if request.method == "POST" and form.is_bound and form.is_valid():
        left = number_of(request.GET.get("from", ""))
        try:
            move_from(
                deal,
                left=left,
                to=to,
                by=request.user,
                fields=form.filled,
                step=form.step,
                terms=form.terms,
                **form.closing,
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            return moved(request, deal, to)
    return show_form(request, form, title_of(to), deal=deal, to=to)


def number_of(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def drop_form(request: HttpRequest, deal: Deal, to: Stage) -> MoveForm:
    """Bound when it was filled in, or when there is nothing to fill in."""
    address = f"{request.path}?{request.GET.urlencode()}"
    options: dict[str, Any] = {"deal": deal, "to": to, "person": request.user, "action": address}
    options["back"] = reverse("deals:deal_board")
    asks = MoveForm(None, **options)
    just_dropped = "dropped" in request.POST and (asks.fields or asks.elsewhere)
    if request.method != "POST" or just_dropped:
        return asks
    return MoveForm(request.POST, **options)


def moved(request: HttpRequest, deal: Deal, to: Stage) -> HttpResponse:
    """The headings and the card anew; the script puts the card into its place."""
    left = deal.stage
    is_open = {left.kind, to.kind} <= set(rules.IN_WORK)
    undo = reverse("deals:deal_drop", args=[deal.pk, left.pk]) if is_open and left != to else ""
    tell(request, _("The deal is now in “%(stage)s”.") % {"stage": to.name}, undo=undo)
    if not request.htmx:
        return HttpResponseRedirect(page_before(request, reverse("deals:deal_board")))
    query = request.GET.copy()
    query.pop("from", None)
    query["pipeline"] = str(to.pipeline_id)
    asked = asked_of(query, request.user)
    card = None
    if to.kind in rules.IN_WORK:
        card = boards.card_of(asked.shown, deal.pk, to, now=asked.now, zone=asked.zone)
    context = board_context(request, asked, asked.summed())
    context |= {"card": card, "stage": to, "filters": query.urlencode()}
    response = HttpResponse(render_to_string("deals/_board_moved.html", context, request))
    response["HX-Retarget"], response["HX-Reswap"] = "#main", "none"
    place = {"card": deal.pk, "column": to.pk if card else None}
    trigger_client_event(response, "closeModal", after="receive")
    return trigger_client_event(response, "cardMoved", place, after="settle")
