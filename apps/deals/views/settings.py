"""Settings of the room: pipelines with their stages, products, refusal reasons."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.access import allowed, requires
from apps.core.idempotency import idempotent
from apps.core.models import Company
from apps.core.toasts import tell, warn
from apps.core.versions import Conflict, chosen, conflict_page, save_version
from apps.deals.actions.settings import archive_setting, make_default, shift_stage
from apps.deals.forms.settings import PipelineForm, ProductForm, ReasonForm, StageForm
from apps.deals.models import Pipeline, Product, RefusalReason, Stage
from apps.deals.stuck import limit_of, stage_limit
from apps.deals.views.answers import add_errors, done, said, show_form

# What the addresses call the rows: model, form, the list they stand in.
KINDS: dict[str, tuple[Any, Any, str]] = {
    "pipeline": (Pipeline, PipelineForm, "deals:pipeline_list"),
    "stage": (Stage, StageForm, "deals:pipeline_list"),
    "product": (Product, ProductForm, "deals:product_list"),
    "reason": (RefusalReason, ReasonForm, "deals:reason_list"),
}


@require_GET
@requires("deals.view_pipeline")
def pipeline_list(request: HttpRequest) -> HttpResponse:
    stages = Stage.objects.kept().annotate(stage_norm=limit_of("pk"))
    kept = Prefetch("stages", stages.order_by("order", "pk"), to_attr="kept_stages")
    pipelines = list(Pipeline.objects.kept().prefetch_related(kept))
    for stage in (one for pipeline in pipelines for one in pipeline.kept_stages):
        stage.limit = stage_limit(stage.stage_norm, stage.max_idle_days)
    return show_list(request, "deals/settings_pipelines.html", pipelines=pipelines)


@require_GET
@requires("deals.view_pipeline")
def product_list(request: HttpRequest) -> HttpResponse:
    currency = Company.current().currency
    products = Product.objects.kept()
    return show_list(request, "deals/settings_products.html", products=products, currency=currency)


@require_GET
@requires("deals.view_pipeline")
def reason_list(request: HttpRequest) -> HttpResponse:
    reasons = list(RefusalReason.objects.kept())
    branches = [reason for reason in reasons if reason.parent_id is None]
    for branch in branches:
        branch.leaves = [reason for reason in reasons if reason.parent_id == branch.pk]
    return show_list(request, "deals/settings_reasons.html", branches=branches)


def show_list(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    context["can_change"] = allowed(request.user, "deals.change_pipeline")
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_pipeline")
@idempotent
def setting_create(request: HttpRequest, kind: str) -> HttpResponse:
    model, form_class, place = KINDS[kind]
    instance = model()
    if kind == "stage":
        instance.pipeline = get_object_or_404(
            Pipeline.objects.kept(), pk=request.GET.get("pipeline") or 0
        )
        instance.order = instance.pipeline.stages.count() + 1
    form = form_class(
        request.POST or None,
        instance=instance,
        action=request.get_full_path(),
        back=reverse(place),
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        tell(request, _("Added."))
        return done(request, reverse(place))
    return show_form(request, form, new_title(kind), is_setting=True)


def new_title(kind: str) -> Any:
    titles = {
        "pipeline": _("New pipeline"),
        "stage": _("New stage"),
        "product": _("New product"),
        "reason": _("New refusal reason"),
    }
    return titles[kind]


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_pipeline")
def setting_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    model, form_class, place = KINDS[kind]
    row = get_object_or_404(model.objects.kept(), pk=pk)
    options = {"action": request.get_full_path(), "back": reverse(place)}
    if request.method != "POST":
        form = form_class(instance=row, **options)
        return show_form(request, form, str(row), is_setting=True)
    data = chosen(request, form_class(instance=row))
    form = form_class(data, instance=row, **options)
    if form.is_valid():
        try:
            save_setting(form)
        except ValidationError as error:
            add_errors(form, error)
        except Conflict as conflict:
            return conflict_page(request, form, conflict.current, cancel=reverse(place))
        else:
            tell(request, _("Saved."))
            return done(request, reverse(place))
    return show_form(request, form, str(model.objects.get(pk=pk)), is_setting=True)


def save_setting(form: Any) -> None:
    """A row with a version is saved under it; a refusal reason has none."""
    expected = form.cleaned_data.get("version")
    if expected is None:
        form.save()
    else:
        save_version(form.instance, expected=expected, fields=form.Meta.fields)


@require_POST
@requires("deals.change_pipeline")
def setting_archive(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    model, _form, place = KINDS[kind]
    row = get_object_or_404(model.objects.kept(), pk=pk)
    try:
        archive_setting(row, by=request.user)
    except ValidationError as error:
        warn(request, said(error))
    else:
        tell(request, _("“%(name)s” is no longer offered.") % {"name": row})
    return redirect(place)


@require_POST
@requires("deals.change_pipeline")
def stage_shift(request: HttpRequest, pk: int, direction: str) -> HttpResponse:
    stage = get_object_or_404(Stage.objects.kept(), pk=pk)
    shift_stage(stage, by=request.user, up=direction == "up")
    return redirect("deals:pipeline_list")


@require_POST
@requires("deals.change_pipeline")
def pipeline_default(request: HttpRequest, pk: int) -> HttpResponse:
    make_default(get_object_or_404(Pipeline.objects.kept(), pk=pk), by=request.user)
    tell(request, _("New deals begin in this pipeline now."))
    return redirect("deals:pipeline_list")
