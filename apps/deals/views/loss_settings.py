"""Settings of losses and trust: competitors, acts of the buyer, how many losses are checked."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.access import allowed, requires
from apps.core.idempotency import idempotent
from apps.core.toasts import tell, warn
from apps.core.versions import Conflict, chosen, conflict_page
from apps.deals.actions import create_trust_signals
from apps.deals.actions.loss_settings import archive_loss_setting, restore_loss_setting
from apps.deals.forms.losses import CompetitorForm, NormForm
from apps.deals.forms.trust import SignalForm
from apps.deals.models import Competitor, Pipeline, TrustSignal, VerificationNorm
from apps.deals.views.answers import done, said, show_form
from apps.deals.views.settings import save_setting

# What the addresses call the rows: model, form, the list they stand in.
KINDS: dict[str, tuple[Any, Any, str]] = {
    "competitor": (Competitor, CompetitorForm, "deals:competitor_list"),
    "act": (TrustSignal, SignalForm, "deals:trust_act_list"),
}


@require_GET
@requires("deals.change_losses")
def competitor_list(request: HttpRequest) -> HttpResponse:
    context = {"competitors": Competitor.objects.kept()}
    return render(request, "deals/settings_competitors.html", context)


@require_GET
@requires("deals.change_losses")
def trust_act_list(request: HttpRequest) -> HttpResponse:
    signals = list(
        TrustSignal.objects.kept()
        .filter(stage__archived_at=None, stage__pipeline__archived_at=None)
        .select_related("stage__pipeline")
    )
    pipelines = [
        (pipeline, [one for one in signals if one.stage.pipeline_id == pipeline.pk])
        for pipeline in Pipeline.objects.kept()
    ]
    context = {"pipelines": pipelines, "has_acts": bool(signals)}
    return render(request, "deals/settings_trust.html", context)


@require_POST
@requires("deals.change_losses")
def trust_acts_usual(request: HttpRequest) -> HttpResponse:
    made = create_trust_signals()
    if made:
        tell(request, _("The usual acts are added: make them yours."))
    return redirect("deals:trust_act_list")


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_losses")
@idempotent
def loss_setting_create(request: HttpRequest, kind: str) -> HttpResponse:
    _row_class, form_class, place = KINDS[kind]
    form = form_class(
        request.POST if request.method == "POST" else None,
        action=request.get_full_path(),
        back=reverse(place),
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        tell(request, _("Added."))
        return done(request, reverse(place))
    titles = {"competitor": _("New competitor"), "act": _("New act of the buyer")}
    return show_form(request, form, titles[kind], is_setting=True)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_losses")
def loss_setting_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    model, form_class, place = KINDS[kind]
    row = get_object_or_404(model.objects.kept(), pk=pk)
    options = {"action": request.get_full_path(), "back": reverse(place)}
    if request.method != "POST":
        return show_form(request, form_class(instance=row, **options), str(row), is_setting=True)
    data = chosen(request, form_class(instance=row))
    form = form_class(data, instance=row, **options)
    if form.is_valid():
        try:
            save_setting(form)
        except Conflict as conflict:
            return conflict_page(request, form, conflict.current, cancel=reverse(place))
        tell(request, _("Saved."))
        return done(request, reverse(place))
    return show_form(request, form, str(model.objects.get(pk=pk)), is_setting=True)


@require_POST
@requires("deals.change_losses")
def loss_setting_archive(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    model, _form_class, place = KINDS[kind]
    row = get_object_or_404(model.objects.kept(), pk=pk)
    archive_loss_setting(row, by=request.user)
    undo = reverse("deals:loss_setting_restore", args=[kind, pk])
    tell(request, _("“%(name)s” is no longer offered.") % {"name": row}, undo=undo)
    return redirect(place)


@require_POST
@requires("deals.change_losses")
def loss_setting_restore(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    model, _form_class, place = KINDS[kind]
    row = get_object_or_404(model, pk=pk)
    try:
        restore_loss_setting(row, by=request.user)
    except ValidationError as error:
        warn(request, said(error))
    else:
        tell(request, _("“%(name)s” is offered again.") % {"name": row})
    return redirect(place)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.change_losses")
def verification_norm(request: HttpRequest) -> HttpResponse:
    form = NormForm(
        request.POST if request.method == "POST" else None,
        instance=VerificationNorm.current(),
        action=request.path,
        back=calls_or_settings(request.user),
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        tell(request, _("The norm is saved. It holds from the next draw on."))
        return done(request, calls_or_settings(request.user))
    return show_form(request, form, _("How many lost deals are checked"))


def calls_or_settings(person: Any) -> str:
    """Who sets the norm may not see the calls: an administrator came from the settings."""
    return reverse(
        "deals:verification_list" if allowed(person, "deals.view_losses") else "core:settings"
    )
