"""The deal list as CSV and XLSX."""

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.core.access import requires
from apps.core.calendars import company_zone
from apps.core.toasts import warn
from apps.deals import exporting, listing
from apps.deals.forms.filters import DealFilter
from apps.deals.models import Deal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@requires("deals.export_deal")
def deal_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the filter, in its order; ?format=xlsx for a workbook."""
    now = timezone.now()
    query = request.GET.copy()
    wanted = (query.pop("format", None) or ["csv"])[-1]
    form = DealFilter(query, viewer=request.user)
    today = now.astimezone(company_zone()).date()
    deals = form.narrowed(Deal.objects.visible_to(request.user), now=now, today=today)
    deals = listing.ordered(deals, query.get("sort", listing.DEFAULT_SORT))
    name = f"deals-{today:%Y-%m-%d}"
    if wanted == "xlsx":
        return as_workbook(request, deals, f"{name}.xlsx", query.urlencode())
    response = StreamingHttpResponse(
        exporting.csv_lines(deals), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def as_workbook(request: HttpRequest, deals: object, name: str, query: str) -> HttpResponseBase:
    limit = exporting.LARGEST_WORKBOOK
    if deals.order_by().values("pk")[: limit + 1].count() > limit:  # type: ignore[attr-defined]
        warn(request, _("More than 50,000 rows: take CSV or narrow the list down."))
        back: HttpResponse = redirect(f"{reverse('deals:deal_list')}?{query}")
        return back
    return FileResponse(
        exporting.workbook(deals), as_attachment=True, filename=name, content_type=XLSX
    )
