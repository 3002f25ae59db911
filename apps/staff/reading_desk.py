"""Administrators read business data for a stated reason only, and each page is written down."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.views.errors import error_page
from apps.staff.models import DataReading, PageRead

REPEATED_WITHIN = timedelta(minutes=1)


def open_reading_of(request: Any) -> DataReading | None:
    """The reading that is open; asked of the database once a request."""
    if not hasattr(request, "data_reading"):
        request.data_reading = DataReading.objects.open().filter(admin=request.user.pk).first()
    return request.data_reading


class ReadingDesk:
    """The desk of `core.access`."""

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """A page is answered by the form for the reason; a fragment or a write by a sentence."""
        if open_reading_of(request) is not None:
            return None
        if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
            query = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('staff:data_reading_open')}?{query}")
        return error_page(
            request, 403, _("Administrators read clients and deals for a stated reason: state it.")
        )

    def note(self, request: HttpRequest) -> None:
        reading, path = open_reading_of(request), request.path[:255]
        if reading is None:
            return
        recent = reading.pages.filter(path=path, at__gt=timezone.now() - REPEATED_WITHIN)
        if not recent.exists():  # a search answers each letter that is typed
            PageRead.objects.create(reading=reading, path=path)
