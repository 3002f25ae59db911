"""Fragments of this room on the page of a client."""

from typing import Any

from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.clients.models import Client
from apps.clients.views.panels import panel
from apps.core.access import allowed, requires
from apps.core.calendars import company_zone
from apps.deals.listing import ROW, rows_of
from apps.deals.models import Activity, Deal, Receipt, ScheduleLine
from apps.deals.timeline import ACTIVITY_LINKS, activity_event

SHOWN = 10
SHEET = "css/deals.css"


def visible_client(request: HttpRequest, pk: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(request.user), pk=pk)


@require_GET
@requires("deals.view_deal")
def client_deals(request: HttpRequest, pk: int) -> HttpResponse:
    """The client's deals that the viewer may see, open ones first."""
    client = visible_client(request, pk)
    deals = Deal.objects.visible_to(request.user).kept().filter(client=client)
    newest = (F("closed_on").desc(nulls_first=True), "-opened_on", "-pk")
    rows = deals.order_by(*newest).values(*ROW)[: SHOWN + 1]
    context: dict[str, Any] = {
        "client": client,
        "rows": rows_of(list(rows)[:SHOWN], timezone.now(), company_zone()),
        "has_more": len(rows) > SHOWN,
        "can_add": allowed(request.user, "deals.add_deal"),
    }
    return panel(request, "deals/_client_deals.html", context, sheet=SHEET)


@require_GET
@requires("deals.view_deal")
def client_activities(request: HttpRequest, pk: int) -> HttpResponse:
    client = visible_client(request, pk)
    rows = Activity.objects.visible_to(request.user).filter(client=client, reversal_of=None)
    rows = rows.select_related("deal", *ACTIVITY_LINKS).order_by("-happened_at")
    events = [(row.deal, activity_event(row)) for row in rows[:SHOWN]]
    context = {
        "client": client,
        "events": events,
        "can_log": allowed(request.user, "deals.add_activity"),
    }
    return panel(request, "deals/_client_activities.html", context, sheet=SHEET)


@require_GET
@requires("deals.view_deal")
def client_payments(request: HttpRequest, pk: int) -> HttpResponse:
    client = visible_client(request, pk)
    receipts = Receipt.objects.visible_to(request.user).filter(client=client)
    rows = receipts.annotate(used=Sum("allocations__amount")).order_by("-received_on", "-pk")[
        :SHOWN
    ]
    context = {
        "client": client,
        "receipts": rows,
        "owes": ScheduleLine.objects.visible_to(request.user)
        .owed()
        .filter(deal__client=client)
        .exists(),
        "can_add": allowed(request.user, "deals.add_receipt"),
    }
    return panel(request, "deals/_client_payments.html", context, sheet=SHEET)
