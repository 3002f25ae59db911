"""What a client could buy against what he does, and his segment on his own page."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.clients.actions import change_client
from apps.clients.models import Client
from apps.clients.rules import can_change
from apps.clients.views.panels import panel
from apps.core import toasts
from apps.core.access import requires
from apps.core.versions import Conflict
from apps.portfolio.calculations.health import Wallet, size_of, wallet
from apps.portfolio.forms.service import PotentialForm, WalletFilter
from apps.portfolio.models import ClientSegment, ServiceState
from apps.portfolio.models.potentials import Medians, median_potentials
from apps.portfolio.views.segments import PAGE, base_context, current_run

# Runs whose classes the page of a client shows.
PAST_RUNS = 6


@require_GET
@requires("portfolio.view_segment")
def potential(request: HttpRequest) -> HttpResponse:
    """Share of wallet, what is left in the largest wallets first."""
    run = current_run()
    filters = WalletFilter(request.GET or None, viewer=request.user)
    rows = filters.rows(run)
    left = (F("client__potential") - F("revenue")).desc(nulls_last=True)
    page = Paginator(
        rows.select_related("client__owner").order_by(left, "-revenue", "pk"), PAGE
    ).get_page(request.GET.get("page"))
    medians = median_potentials()
    for row in page.object_list:
        add_wallet(row, medians, request)
    context = base_context(request, run) | {
        "filters": filters,
        "page": page,
        "sums": sums_of(rows),
    }
    is_fragment = request.headers.get("HX-Target") == "wallet-table"
    template = "portfolio/_wallet_table.html" if is_fragment else "portfolio/potential.html"
    return render(request, template, context)


def sums_of(rows: Any) -> dict[str, Any]:
    """How many potentials are known, what share of them we have, and how much is left."""
    is_known = Q(client__potential__gt=0)
    found = rows.aggregate(
        clients=Count("pk"),
        known=Count("pk", filter=is_known),
        potential=Sum("client__potential", filter=is_known),
        earned=Sum("revenue", filter=is_known),
        left=Sum(
            F("client__potential") - F("revenue"),
            filter=Q(client__potential__gt=F("revenue")),
        ),
    )
    found["left"] = found["left"] or Decimal(0)
    found["share"] = found["earned"] / found["potential"] if found["potential"] else None
    return found


def add_wallet(row: ClientSegment, medians: Medians, request: HttpRequest) -> None:
    row.wallet = wallet_of(row, medians)
    row.can_change = can_change(row.client, by=request.user)


def wallet_of(row: ClientSegment, medians: Medians) -> Wallet:
    client = row.client
    group = (client.industry.lower(), size_of(client.employees))
    return wallet(row.revenue, client.potential, group, medians)


@require_POST
@requires("clients.change_client")
def potential_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the potential of one client; the answer is his row, or the list for a plain form."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    form = PotentialForm(request.POST)
    error = write_potential(client, form, request)
    if error:
        toasts.warn(request, error)
    else:
        toasts.tell(request, _("Potential of %(client)s written.") % {"client": client.name})
    if not request.headers.get("HX-Request"):
        return redirect("portfolio:potential")
    rows = ClientSegment.objects.visible_to(request.user).of(current_run())
    row = get_object_or_404(rows.select_related("client__owner"), client=pk)
    add_wallet(row, median_potentials(), request)
    return render(request, "portfolio/_wallet_row.html", {"row": row})


def write_potential(client: Client, form: PotentialForm, request: HttpRequest) -> str:
    """Why it could not be written, "" when it was."""
    if not form.is_valid():
        return " ".join(str(text) for errors in form.errors.values() for text in errors)
    said = form.cleaned_data
    try:
        change_client(
            client,
            by=request.user,
            expected_version=said["version"],
            potential=said["potential"],
        )
    except Conflict:
        return _("Somebody has just changed this client. Look at the row again and repeat.")
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    except PermissionDenied:
        return _("A client in the bin cannot be changed.")
    return ""


@require_GET
@requires("portfolio.view_segment")
def client_segment(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel on the client's page: his classes, what they were, and the norm of service."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    rows = ClientSegment.objects.filter(client=client).select_related("run", "client")
    past = list(rows.order_by("-run__day", "-run_id")[:PAST_RUNS])
    row = past[0] if past else None
    context = {
        "client": client,
        "row": row,
        "past": past[1:],
        "wallet": wallet_of(row, median_potentials()) if row else None,
        "service": ServiceState.objects.filter(client=client).first(),
        "expected": row.last_year * row.chance if row else None,
    }
    return panel(request, "portfolio/_client_segment.html", context, sheet="css/portfolio.css")
