"""Moving a deal to another stage."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.access import requires
from apps.core.toasts import tell
from apps.deals.actions import fill_and_move
from apps.deals.choices import StageKind
from apps.deals.forms.moves import MoveForm
from apps.deals.models import Deal, Stage
from apps.deals.views.answers import add_errors, changed, deal_address, show_form
from apps.deals.views.deals import visible_deal


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal")
def deal_move(request: HttpRequest, pk: int, stage_id: int) -> HttpResponse:
    """GET asks for what is missing; POST moves, or asks when something is.

    A stage that asks for nothing is entered by one click, and left again by "Undo".
    """
    deal = visible_deal(request, pk, "stage", "pipeline", "client")
    to = get_object_or_404(Stage.objects.kept(), pk=stage_id, pipeline_id=deal.pipeline_id)
    form = move_form(request, deal, to)
    if request.method == "POST" and form.is_valid():
        left = deal.stage
        try:
            fill_and_move(
                deal,
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
            tell_of_move(request, deal, left, to)
            return changed(request, deal_address(deal))
    return show_form(request, form, title_of(to), deal=deal, to=to)


def move_form(request: HttpRequest, deal: Deal, to: Stage) -> MoveForm:
    return MoveForm(
        request.POST if request.method == "POST" else None,
        deal=deal,
        to=to,
        person=request.user,
        action=reverse("deals:deal_move", args=[deal.pk, to.pk]),
        back=deal_address(deal),
    )


def title_of(to: Stage) -> Any:
    if to.kind == StageKind.LOST:
        return _("Why is the deal lost?")
    return _("To “%(stage)s”") % {"stage": to.name}


def tell_of_move(request: HttpRequest, deal: Deal, left: Stage, to: Stage) -> None:
    """A step between open stages may be taken back; a closed deal is reopened on purpose only."""
    is_open = {left.kind, to.kind} <= {StageKind.LEAD, StageKind.OPEN}
    undo = reverse("deals:deal_move", args=[deal.pk, left.pk]) if is_open else ""
    tell(request, _("The deal is now in “%(stage)s”.") % {"stage": to.name}, undo=undo)
