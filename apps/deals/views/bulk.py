"""Many deals at once: from the chosen rows of the list to the preview."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.access import allowed, requires
from apps.core.bulk import BulkAction, bulk_action, draft, picked
from apps.core.calendars import company_zone
from apps.core.toasts import warn
from apps.core.views.batches import preview_of
from apps.core.views.modals import gone_to, page_before
from apps.deals.forms.bulk import BULK_FORMS, BulkForm
from apps.deals.forms.filters import DealFilter
from apps.deals.views.answers import add_errors, said, show_form


@require_POST
@requires("deals.change_deal", "deals.assign_deal")
def deal_bulk(request: HttpRequest, code: str) -> HttpResponse:
    """Asks what to change, then shows the preview; ids beyond the person's scope are a 403."""
    if code not in BULK_FORMS:
        raise Http404
    action = bulk_action(f"deals.{code}")
    if not allowed(request.user, action.permission):
        raise PermissionDenied
    back = page_before(request, reverse("deals:deal_list"))
    try:
        rows = chosen_rows(request, action)
    except ValidationError as error:
        warn(request, said(error))
        return gone_to(request, back)
    form = bulk_form(request, code, back)
    if form.is_bound and form.is_valid():
        try:
            batch = draft(action, rows, params=form.params, by=request.user, back=back)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return preview_of(request, batch)
    return show_form(request, form, action.label, chosen_count=rows.count())


def chosen_rows(request: HttpRequest, action: BulkAction) -> Any:
    """All rows of the filter (`all`, `query`) or those that are ticked (`pk`)."""
    if not request.POST.get("all"):
        if not (numbers := request.POST.getlist("pk")):
            raise ValidationError(_("Choose at least one row."), code="nothing_chosen")
        return picked(action, numbers, by=request.user)
    now = timezone.now()
    form = DealFilter(QueryDict(request.POST.get("query", "")[:2000]), viewer=request.user)
    today = now.astimezone(company_zone()).date()
    return form.narrowed(action.rows(request.user), now=now, today=today)


def bulk_form(request: HttpRequest, code: str, back: str) -> BulkForm:
    names = ("all", "query", "pk", "next")
    chosen = [(name, value) for name in names for value in request.POST.getlist(name)]
    return BULK_FORMS[code](
        request.POST if request.POST.get("go") else None,
        person=request.user,
        chosen=chosen,
        action=reverse("deals:deal_bulk", args=[code]),
        back=back,
    )
