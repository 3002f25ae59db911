"""Editing a cell of the list where it stands."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.core import numerals
from apps.core.access import allowed, requires
from apps.core.calendars import company_zone
from apps.core.idempotency import idempotent
from apps.core.versions import Conflict
from apps.deals import listing
from apps.deals.actions import change_deal, change_owner, plan_step_from
from apps.deals.forms.cells import CELL_FORMS, CellForm
from apps.deals.models import Deal
from apps.deals.views.answers import add_errors
from apps.deals.views.deals import visible_deal

ASSIGNS = {"owner": "deals.assign_deal"}


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_deal", "deals.assign_deal")
@idempotent
def deal_cell(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """GET gives the form of the cell, POST saves it and gives the cell; 409 tells of a newer value."""
    if field not in CELL_FORMS:
        raise Http404
    deal = visible_deal(request, pk, "owner", "stage")
    if not allowed(request.user, ASSIGNS.get(field, "deals.change_deal")):
        raise PermissionDenied
    form = CELL_FORMS[field](request.POST or None, deal=deal, person=request.user)
    if request.method != "POST":
        return show_cell_form(request, form, field)
    if form.is_valid():
        try:
            save_cell(form, deal, field, request.user)
        except ValidationError as error:
            add_errors(form, error)
        except Conflict as conflict:
            return told_conflict(request, field, conflict)
        else:
            return show_cell(request, pk, field)
    return show_cell_form(request, form, field, status=422)


def save_cell(form: CellForm, deal: Deal, field: str, by: Any) -> None:
    given = dict(form.cleaned_data)
    version = given.pop("version")
    if field == "owner":
        change_owner(deal, to=given["owner"], by=by, expected_version=version)
    elif field == "step":
        plan_step_from(deal, by=by, **given)
    else:
        change_deal(deal, by=by, expected_version=version, **given)


def show_cell_form(
    request: HttpRequest, form: CellForm, field: str, *, status: int = 200, conflict: str = ""
) -> HttpResponse:
    action = reverse("deals:deal_cell", args=[form.deal.pk, field])
    context = {"form": form, "action": action, "conflict": conflict, "deal": form.deal}
    page = "deals/_cell_form.html" if request.htmx else "deals/cell.html"
    return render(request, page, context, status=status)


def told_conflict(request: HttpRequest, field: str, conflict: Conflict) -> HttpResponse:
    """The typed value stays in the form, beside what is stored now; the next save knows of it."""
    if conflict.current is None:
        raise Http404
    current = Deal.objects.select_related("owner", "stage").get(pk=conflict.current.pk)
    stored = CELL_FORMS[field].stored(current)
    data = request.POST.copy()
    data["version"] = str(current.version)
    if "was" in stored:
        data["was"] = stored["was"]
    form = CELL_FORMS[field](data, deal=current, person=request.user)
    form.is_valid()
    return show_cell_form(request, form, field, status=409, conflict=words_of(current, field))


def words_of(deal: Deal, field: str) -> str:
    match field:
        case "amount":
            return "–" if deal.amount is None else numerals.money(deal.amount, deal.currency)
        case "expected":
            return numerals.day(deal.expected_close_on)
        case "owner":
            return str(deal.owner)
    return deal.next_step or "–"


def show_cell(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """The cell as the list shows it; the list itself where no script asked."""
    if not request.htmx:
        return redirect("deals:deal_list")
    rows = Deal.objects.filter(pk=pk).values(*listing.ROW)
    [row] = listing.rows_of(rows, timezone.now(), company_zone())
    context = {
        "row": row,
        "can_edit": allowed(request.user, "deals.change_deal"),
        "can_assign": allowed(request.user, "deals.assign_deal"),
    }
    return render(request, f"deals/_cell_{field}.html", context)
