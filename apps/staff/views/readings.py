"""The desk where an administrator states his reason, and the log of who looked and who exported."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.models import ExportRecord
from apps.core.views.modals import page_before
from apps.staff.actions import close_reading, open_reading
from apps.staff.forms.readings import ReadingForm
from apps.staff.models import DataReading
from apps.staff.reading_desk import open_reading_of

DESK, LOG = "staff.read_with_reason", "staff.view_access_log"
PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires(DESK)
def data_reading_open(request: HttpRequest) -> HttpResponse:
    """`next` names the page that the administrator wanted to read."""
    form = ReadingForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            open_reading(request.user, reason=data["reason"], minutes=data["minutes"])
        except ValidationError as error:
            form.add_error("reason", error)
        else:
            toasts.tell(request, _("You may read until the time is over; each page is logged."))
            return redirect(page_before(request, "clients:client_list"))
    context = {"form": form, "reading": open_reading_of(request)}
    status = 422 if form.errors else 200
    return render(request, "staff/data_reading_open.html", context, status=status)


@require_POST
@requires(DESK)
def data_reading_close(request: HttpRequest) -> HttpResponse:
    close_reading(request.user)
    toasts.tell(request, _("Reading is over. Clients and deals are closed to you again."))
    return redirect("staff:data_reading_open")


@require_safe
@requires(LOG)
def data_reading_list(request: HttpRequest) -> HttpResponse:
    readings = DataReading.objects.visible_to(request.user).select_related("admin")
    readings = readings.annotate(count=Count("pages")).order_by("-opened_at", "-pk")
    page = Paginator(readings, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_read": allowed(request.user, DESK)}
    return render(request, "staff/data_reading_list.html", context)


@require_safe
@requires(LOG)
def data_reading(request: HttpRequest, pk: int) -> HttpResponse:
    rows = DataReading.objects.visible_to(request.user).select_related("admin")
    reading = get_object_or_404(rows, pk=pk)
    page = Paginator(reading.pages.all(), PAGE).get_page(request.GET.get("page"))
    return render(request, "staff/data_reading.html", {"reading": reading, "page": page})


@require_safe
@requires(LOG)
def export_list(request: HttpRequest) -> HttpResponse:
    records = ExportRecord.objects.visible_to(request.user).select_related("user")
    page = Paginator(records, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "staff/export_list.html", {"page": page, "limit": settings.EXPORTS_PER_HOUR}
    )
