"""The consents of a client and of the client's people."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.clients import rules
from apps.clients.actions.consents import destroyed_by, record_consent, withdraw_consent
from apps.clients.forms.merging import ConsentForm, WithdrawalForm
from apps.clients.models import Consent
from apps.clients.views.clients import show_errors, visible_client
from apps.clients.views.panels import panel
from apps.core import toasts
from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.idempotency import idempotent

SHOWN = 100


@require_GET
@requires("clients.view_client")
def client_consents(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel of the client's page."""
    found = visible_client(request, pk)
    rows = list(found.consents.select_related("contact")[:SHOWN])
    for row in rows:
        row.destroyed_by = destroyed_by(row) if row.withdrawn_on else None
    context = {
        "client": found,
        "consents": rows,
        "can_change": rules.can_change(found, by=request.user),
    }
    return panel(request, "clients/_consents.html", context)


@require_http_methods(["GET", "POST"])
@requires("clients.change_consent")
@idempotent
def consent_create(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_client(request, pk)
    initial = {"given_on": company_today()}
    form = ConsentForm(request.POST or None, client=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            record_consent(by=request.user, client=found, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            toasts.tell(request, _("The consent is recorded."))
            return redirect(found.get_absolute_url())
    context = {
        "form": form,
        "client": found,
        "heading": _("New consent"),
        "button": _("Record the consent"),
    }
    return render(request, "clients/consent_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires("clients.change_consent")
@idempotent
def consent_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Consent.objects.visible_to(request.user).select_related("client", "contact")
    consent = get_object_or_404(rows, pk=pk)
    form = WithdrawalForm(request.POST or None, initial={"on": company_today()})
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_consent(consent, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            toasts.tell(request, _("The withdrawal is recorded. The owner knows the deadline."))
            return redirect(consent.client.get_absolute_url())
    context = {
        "form": form,
        "client": consent.client,
        "consent": consent,
        "heading": _("The consent is withdrawn"),
        "button": _("Record the withdrawal"),
    }
    return render(request, "clients/consent_form.html", context, status=422 if form.errors else 200)
