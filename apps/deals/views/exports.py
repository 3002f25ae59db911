"""The deal list as CSV and XLSX."""

import logging
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.core.access import requires
from apps.core.calendars import company_zone
from apps.core.export_limit import counts_exports
from apps.core.exporting import CONTENT_TYPES, CSV, XLSX, table_response
from apps.core.saved_views import last_look
from apps.core.toasts import warn
from apps.deals import exporting, listing, shown_columns
from apps.deals.forms.filters import DealFilter
from apps.deals.models import Deal
from apps.deals.views.columns import columns_of

log = logging.getLogger("sales.exports")

ROOM = "deals"


@require_GET
@requires("deals.export_deal")
@counts_exports
def deal_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the filter, in its order; ?format=xlsx for a workbook.

    ?shown=1 takes the columns of the screen, those of the address or the chosen ones; otherwise all.
    """
    now = timezone.now()
    query = request.GET.copy()
    wanted = XLSX if XLSX in query.pop("format", [])[-1:] else CSV
    form = DealFilter(query, viewer=request.user)
    today = now.astimezone(company_zone()).date()
    deals = form.narrowed(Deal.objects.visible_to(request.user), now=now, today=today)
    deals = listing.ordered(deals, query.get("sort", listing.DEFAULT_SORT))
    name = f"deals-{today:%Y-%m-%d}"
    if wanted == XLSX and is_too_long(deals):
        warn(request, _("More than 50,000 rows: take CSV or narrow the list down."))
        back: HttpResponse = redirect(f"{reverse('deals:deal_list')}?{query.urlencode()}")
        return back
    log.info("deals exported as %s", wanted)
    if query.get("shown"):
        names = columns_of(request, last_look(request, ROOM).columns).names
        rows = shown_columns.rows_of(deals, names)
        return table_response(wanted, name, shown_columns.headings(names), rows)
    if wanted == XLSX:
        return FileResponse(
            exporting.workbook(deals),
            as_attachment=True,
            filename=f"{name}.xlsx",
            content_type=CONTENT_TYPES[XLSX],
        )
    response = StreamingHttpResponse(
        exporting.csv_lines(deals), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def is_too_long(deals: Any) -> bool:
    limit = exporting.LARGEST_WORKBOOK
    return bool(deals.order_by().values("pk")[: limit + 1].count() > limit)
