"""The plan of a year: seen by everyone in his scope, changed by heads, approved by directors."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.kpis.actions.plans import save_plan
from apps.kpis.choices import PlanLevel
from apps.kpis.forms import PlanChoice, PlanFill
from apps.kpis.models import PlanVersion
from apps.kpis.plan_entries import waiting_for
from apps.kpis.plan_page import read_page


@require_GET
@requires("kpis.view_plan")
def plan(request):
    page = asked_page(request, request.GET)
    return render_page(request, page, page.amounts())


@require_POST
@requires("kpis.change_plan")
@idempotent
def plan_save(request):
    page = asked_page(request, request.POST)
    form = page.form(request.POST)
    if not form.is_valid():
        return render_page(request, page, page.amounts(), form=form, status=422)
    base = PlanVersion.objects.filter(pk=request.POST.get("base") or 0, year=page.year).first()
    try:
        version = save_plan(
            by=request.user,
            year=page.year,
            level=page.level,
            amounts=form.amounts(),
            base=base,
            note=request.POST.get("note", "")[:255],
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return render_page(request, page, form.amounts(), form=form, status=409)
    messages.success(request, _("Version %(number)s is saved.") % {"number": version.number})
    return redirect(address(page))


@require_POST
@requires("kpis.change_plan")
def plan_fill(request):
    """Show the grid filled, unsaved."""
    page = asked_page(request, request.POST)
    fill = PlanFill(request.POST)
    if not fill.is_valid():
        return render_page(request, page, page.amounts(), fill=fill, status=422)
    if fill.cleaned_data["fill"] == PlanFill.TOTAL:
        amounts = page.distributed(fill.cleaned_data["total"])
    else:
        amounts = page.copied(fill.cleaned_data["growth"] or Decimal(0))
    return render_page(request, page, amounts, fill=fill, is_filled=True)


def asked_page(request, data):
    choice = PlanChoice(data)
    if not choice.is_valid():
        raise Http404
    asked = choice.cleaned_data
    page = read_page(
        request.user,
        year=asked["year"] or company_today().year,
        team=asked["team"],
        level=asked["level"],
    )
    if page is None:
        raise Http404
    return page


def address(page):
    team = f"&team={page.node.pk}" if page.node else ""
    return f"{reverse('kpis:plan')}?year={page.year}&level={page.level}{team}"


def render_page(request, page, amounts, *, form=None, fill=None, is_filled=False, status=200):
    if form is None and page.may_change:
        form = page.form(amounts=amounts)
    context = {
        "page": page,
        "rows": page.rows(amounts, form),
        "total": sum(amounts.values(), Decimal(0)),
        "form": form,
        "fill": fill or PlanFill(),
        "is_filled": is_filled,
        "levels": PlanLevel.choices,
        "waiting": waiting_for(request.user),
        "versions": PlanVersion.objects.filter(year=page.year).select_related("author")[:10],
    }
    return render(request, "kpis/plan.html", context, status=status)
