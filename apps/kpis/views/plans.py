"""The plan of a year: seen by everyone in his scope, changed by heads, approved by directors."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core import numerals
from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent
from apps.core.models import Company
from apps.kpis.actions.plans import save_plan
from apps.kpis.calculations.decomposition import CannotSpreadError
from apps.kpis.choices import PlanLevel
from apps.kpis.forms import PlanChoice, PlanFill, PlanSave
from apps.kpis.models import PlanVersion
from apps.kpis.plan_build import Builder
from apps.kpis.plan_cards import level_cards, season_row
from apps.kpis.plan_checks import checks_of
from apps.kpis.plan_entries import waiting_for
from apps.kpis.plan_grid import Grid
from apps.kpis.plan_page import read_page
from apps.kpis.plannable import plannable


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
    form, saving = page.form(request.POST), PlanSave(request.POST)
    if not (form.is_valid() and saving.is_valid()):
        return render_page(request, page, page.amounts(), form=form, saving=saving, status=422)
    base = PlanVersion.objects.filter(pk=request.POST.get("base") or 0, year=page.year).first()
    try:
        version = save_plan(
            by=request.user,
            year=page.year,
            level=page.level,
            amounts=form.amounts(),
            base=base,
            note=saving.cleaned_data["note"],
            metric=page.metric.code,
            derived=saving.derived() if page.level == PlanLevel.PLAN else None,
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return render_page(request, page, form.amounts(), form=form, saving=saving, status=409)
    messages.success(request, _("Version %(number)s is saved.") % {"number": version.number})
    return redirect(address(page))


@require_POST
@requires("kpis.change_plan")
def plan_fill(request):
    """Show the grid filled, unsaved; cells that are kept stay as they were typed."""
    page = asked_page(request, request.POST)
    grid, fill = page.form(request.POST), PlanFill(request.POST, year=page.year)
    if not (fill.is_valid() and grid.is_valid()):
        return render_page(request, page, page.amounts(), form=grid, fill=fill, status=422)
    builder = Builder(page, company_today(), fill.cleaned_data["potential"])
    try:
        amounts = builder.filled(fill.cleaned_data, grid.amounts(), grid.kept())
    except CannotSpreadError as refusal:
        fill.add_error(None, refusals()[refusal.code])
        return render_page(request, page, grid.amounts(), form=grid, fill=fill, status=422)
    form = page.form(amounts=amounts)
    form.keep = grid.keep
    return render_page(
        request, page, amounts, form=form, fill=fill, builder=builder, is_filled=True
    )


def refusals():
    return {
        "kept_over_total": _(
            "What is kept is more than the total. Raise the total or keep fewer cells."
        ),
        "nobody_free": _(
            "There is nobody to bear the rest: everybody is away, gone or kept, "
            "or leads without selling. Untick what is kept, or enter the amounts by hand."
        ),
    }


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
        metric=asked["metric"],
    )
    if page is None:
        raise Http404
    return page


def address(page):
    asked = {"year": page.year, "level": page.level}
    if not page.is_revenue:
        asked["metric"] = page.metric.code
    if page.node:
        asked["team"] = page.node.pk
    return f"{reverse('kpis:plan')}?{urlencode(asked)}"


def render_page(
    request,
    page,
    amounts,
    *,
    form=None,
    fill=None,
    saving=None,
    builder=None,
    is_filled=False,
    status=200,
):
    builder = builder or Builder(page, company_today())
    if form is None and page.may_change and not page.is_too_big:
        form = page.form(amounts=amounts)
    grid = Grid(page, amounts, form, builder.marks(), builder.before)
    context = {
        "page": page,
        "rows": grid.rows(),
        "total": grid.total(),
        "season": season_row(page, builder),
        "form": form,
        "fill": fill or PlanFill(year=page.year),
        "saving": saving or PlanSave(initial={"derive": not has_levels(page)}),
        "currency_sign": numerals.sign(Company.current().currency),
        "is_filled": is_filled,
        "waiting": waiting_for(request.user),
        "cards": level_cards(page, builder, amounts),
        "checks": checks_of(page, builder, amounts, is_saved=not is_filled and status == 200),
        "metrics": plannable(),
        "today": builder.today,
        "versions": PlanVersion.objects.filter(year=page.year).select_related("author")[:10],
    }
    return render(request, "kpis/plan.html", context, status=status)


def has_levels(page):
    """Whether minimum and stretch have amounts of their own, which a save would overwrite."""
    return bool(page.total_of(PlanLevel.MINIMUM) or page.total_of(PlanLevel.STRETCH))
