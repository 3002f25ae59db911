"""The plan by product, level of the client and source: seen and divided."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.kpis.actions.plan_shares import save_shares
from apps.kpis.choices import PlanDimension
from apps.kpis.models import PlanVersion
from apps.kpis.plan_share_forms import PlanPartsChoice, PlanSharesForm
from apps.kpis.plan_shares import PlanParts


@require_GET
@requires("kpis.view_plan_parts")
def plan_parts(request: HttpRequest) -> HttpResponse:
    parts, is_filled = asked_parts(request.GET)
    shares = parts.proposed if is_filled else parts.shares
    form = PlanSharesForm(rows=parts.rows, shares=shares)
    return render_parts(request, parts, form, is_filled=is_filled)


@require_POST
@requires("kpis.change_plan")
@idempotent
def plan_parts_save(request: HttpRequest) -> HttpResponse:
    parts, _is_filled = asked_parts(request.POST)
    form = PlanSharesForm(request.POST, rows=parts.rows, shares=parts.shares)
    if not form.is_valid():
        return render_parts(request, parts, form, status=422)
    base = PlanVersion.objects.filter(pk=request.POST.get("base") or 0, year=parts.year).first()
    try:
        version = save_shares(
            by=request.user,
            year=parts.year,
            dimension=parts.dimension,
            shares=form.shares(),
            base=base,
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return render_parts(request, parts, form, status=409 if refusal.code == "stale" else 422)
    messages.success(request, _("Version %(number)s is saved.") % {"number": version.number})
    return redirect(address(parts))


def asked_parts(data: Any) -> tuple[PlanParts, bool]:
    """The newest version of the year, and whether its form is to be filled with the proposal."""
    choice = PlanPartsChoice(data)
    if not choice.is_valid():
        raise Http404
    asked, today = choice.cleaned_data, company_today()
    year = asked["year"] or today.year
    version = PlanVersion.objects.filter(year=year).order_by("-number").first()
    return PlanParts(year, asked["by"] or PlanDimension.PRODUCT, version, today), asked["fill"]


def address(parts: PlanParts, **changes: Any) -> str:
    asked = {"year": parts.year, "by": parts.dimension, **changes}
    return f"{reverse('kpis:plan_parts')}?{urlencode(asked)}"


def render_parts(
    request: HttpRequest,
    parts: PlanParts,
    form: PlanSharesForm,
    *,
    is_filled: bool = False,
    status: int = 200,
) -> HttpResponse:
    may_change = allowed(request.user, "kpis.change_plan") and parts.version is not None
    context = {
        "parts": parts,
        "form": form if may_change else None,
        "rows": form.typed_rows(parts.rows),
        "total": parts.total(),
        "dimensions": [
            {"code": code, "label": label, "url": address(parts, by=code)}
            for code, label in PlanDimension.choices
        ],
        "fill_url": address(parts, fill=1) if parts.proposed else "",
        "is_filled": is_filled,
    }
    return render(request, "kpis/plan_parts.html", context, status=status)
