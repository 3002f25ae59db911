"""The norms of service, and the clients who got less."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import toasts
from apps.core.access import allowed, requires
from apps.core.versions import Conflict, chosen, conflict_page
from apps.portfolio.actions.service import set_norm
from apps.portfolio.choices import SERVED
from apps.portfolio.forms.service import NormForm, ServiceFilter
from apps.portfolio.models import ServiceNorm, ServiceState
from apps.portfolio.models.touches import touches_since
from apps.portfolio.views.segments import PAGE


@require_GET
@requires("portfolio.view_segment")
def service(request: HttpRequest) -> HttpResponse:
    filters = ServiceFilter(request.GET or None, viewer=request.user)
    oldest = F("last_on").asc(nulls_first=True)
    rows = filters.rows().select_related("client__owner").order_by("abc", oldest, "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    add_new_touches(page.object_list)
    context = {
        "filters": filters,
        "page": page,
        "norms": norms_with_counts(request.user),
        "may_change": allowed(request.user, "portfolio.change_rules"),
        "can_log": allowed(request.user, "deals.add_activity"),
    }
    context["broken"] = sum(row["broken"] for row in context["norms"])
    context["served"] = sum(row["clients"] for row in context["norms"])
    is_fragment = request.headers.get("HX-Target") == "service-table"
    template = "portfolio/_service_table.html" if is_fragment else "portfolio/service.html"
    return render(request, template, context)


def norms_with_counts(viewer: Any) -> list[dict[str, Any]]:
    """Each norm with how many clients of the viewer have it, and how many of them got less."""
    counts = {
        abc: (clients, broken)
        for abc, clients, broken in ServiceState.objects.visible_to(viewer)
        .order_by()
        .values_list("abc")
        .annotate(Count("pk"), broken=Count("pk", filter=Q(touches__lt=F("norm"))))
    }
    return [
        {
            "norm": norm,
            "clients": counts.get(norm.abc, (0, 0))[0],
            "broken": counts.get(norm.abc, (0, 0))[1],
        }
        for norm in ServiceNorm.all_norms()
    ]


def add_new_touches(states: Any) -> None:
    """What was done since the night, so that who has just called is not blamed."""
    found = touches_since({state.client_id: state.day for state in states})
    for state in states:
        state.new_touches = found.get(state.client_id, 0)
        state.is_mended = state.touches + state.new_touches >= state.norm


@require_http_methods(["GET", "HEAD", "POST"])
@requires("portfolio.change_rules")
def norm(request: HttpRequest, abc: str) -> HttpResponse:
    """The norm of one class; a page of its own or a window over the list."""
    if abc not in SERVED:
        raise Http404
    row = ServiceNorm.objects.filter(abc=abc).first() or ServiceNorm.usual(abc)
    form = NormForm(instance=row)
    if request.method == "POST":
        form = NormForm(chosen(request, form), instance=row)
        if form.is_valid():
            try:
                save_norm(request, abc, form)
            except Conflict as conflict:
                return conflict_page(request, form, conflict.current)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                toasts.tell(request, _("Saved. The list is counted by the new norm."))
                return redirect("portfolio:service")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/norm.html", {"form": form, "norm": row}, status=status)


def save_norm(request: HttpRequest, abc: str, form: NormForm) -> None:
    said = form.cleaned_data
    set_norm(
        by=request.user,
        abc=abc,
        touches=said["touches"],
        days=said["days"],
        expected_version=said["version"],
    )
