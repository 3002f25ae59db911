"""Why deals are lost, and the calls that check whether sellers know it."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.access import allowed, requires
from apps.core.calendars import company_today
from apps.core.export_limit import counts_exports
from apps.core.exporting import CSV, XLSX, table_response
from apps.core.toasts import tell, warn
from apps.deals import rules
from apps.deals.actions import record_call, reopen_call
from apps.deals.forms.losses import CallFilter, CallForm, LossFilter
from apps.deals.loss_export import export_headings, export_rows
from apps.deals.losses import Losses
from apps.deals.models import VerificationCall, VerificationNorm
from apps.deals.verification import Verified, calls_due
from apps.deals.views.answers import add_errors, done, show_form

PAGE = 15


@require_GET
@requires("deals.view_losses")
def losses(request: HttpRequest) -> HttpResponse:
    form = LossFilter(request.GET, viewer=request.user, today=company_today())
    context = {
        "form": form,
        "losses": Losses(request.user, form),
        "can_set_up": allowed(request.user, "deals.change_losses"),
    }
    return render(request, "deals/losses.html", context)


@require_GET
@requires("deals.view_losses")
@counts_exports
def losses_export(request: HttpRequest) -> HttpResponseBase:
    """The matrix unfolded to stage × reason × competitor, under the filters of the page."""
    query = request.GET.copy()
    kind = XLSX if (query.pop("format", None) or [CSV])[-1] == XLSX else CSV
    form = LossFilter(query, viewer=request.user, today=company_today())
    shown = Losses(request.user, form)
    name = f"losses-{shown.period.start:%Y-%m-%d}-{shown.period.last_day:%Y-%m-%d}"
    return table_response(kind, name, export_headings(), export_rows(shown))


@require_GET
@requires("deals.view_losses")
def verification_list(request: HttpRequest) -> HttpResponse:
    """Calls to be made, and how far stated reasons agree with what clients say."""
    form = CallFilter(request.GET, viewer=request.user, today=company_today())
    links = ("deal__client", "deal__contact", "owner", "stated", "deal__competitor")
    due = calls_due(request.user).select_related(*links)
    can_call = allowed(request.user, "deals.verify_refusal")
    context = {
        "form": form,
        "page": Paginator(due if can_call else due.none(), PAGE).get_page(request.GET.get("page")),
        "can_call": can_call,
        "verified": Verified(request.user, form),
        "norm": VerificationNorm.current(),
        "today": company_today(),
        "can_set_up": allowed(request.user, "deals.change_losses"),
    }
    return render(request, "deals/verification_list.html", context)


def visible_call(request: HttpRequest, pk: int) -> VerificationCall:
    """The call, if its deal is in the person's scope; 404 otherwise."""
    calls = VerificationCall.objects.visible_to(request.user).select_related(
        "deal__client", "deal__contact", "stated", "owner"
    )
    return get_object_or_404(calls, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("deals.verify_refusal")
def verification_call(request: HttpRequest, pk: int) -> HttpResponse:
    call = visible_call(request, pk)
    if not rules.can_verify(call, by=request.user):
        warn(request, _("Somebody else calls about a deal that you lost."))
        return redirect("deals:verification_list")
    form = CallForm(
        request.POST if request.method == "POST" else None,
        action=reverse("deals:verification_call", args=[pk]),
        back=reverse("deals:verification_list"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            record_call(call, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            tell_of_call(request, call)
            return done(request, reverse("deals:verification_list"))
    return show_form(
        request,
        form,
        _("What did the client say?"),
        page="deals/call_page.html",
        modal="deals/_call_modal.html",
        call=call,
    )


def tell_of_call(request: HttpRequest, call: VerificationCall) -> None:
    undo = reverse("deals:verification_undo", args=[call.pk])
    tell(request, _("The call is written down."), undo=undo)


@require_POST
@requires("deals.verify_refusal")
def verification_undo(request: HttpRequest, pk: int) -> HttpResponse:
    call = visible_call(request, pk)
    if not rules.can_verify(call, by=request.user):
        warn(request, _("Somebody else calls about a deal that you lost."))
        return redirect("deals:verification_list")
    reopen_call(call, by=request.user)
    tell(request, _("The call is to be made again."))
    return redirect("deals:verification_list")
