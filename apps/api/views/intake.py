"""Settings: the forms by which leads come."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.api.forms.leads import IntakeFormForm
from apps.api.models import IntakeForm
from apps.core import toasts
from apps.core.access import requires
from apps.core.idempotency import idempotent
from apps.core.versions import Conflict, chosen, conflict_page, save_version


@require_GET
@requires("api.change_intake")
def intake_list(request: HttpRequest) -> HttpResponse:
    forms = list(
        IntakeForm.objects.select_related("source", "pipeline").order_by("archived_at", "name")
    )
    for form in forms:
        form.address = request.build_absolute_uri(reverse("api:lead_form", args=[form.key]))
    context = {"forms": forms, "endpoint": request.build_absolute_uri(reverse("api:lead_create"))}
    return render(request, "api/intake_list.html", context)


@require_http_methods(["GET", "POST"])
@requires("api.change_intake")
@idempotent
def intake_create(request: HttpRequest) -> HttpResponse:
    form = IntakeFormForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        toasts.tell(request, _("The form is ready: copy its code to the site."))
        return redirect("api:intake_list")
    context = {"form": form, "heading": _("New form for leads")}
    return render(request, "api/intake_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires("api.change_intake")
def intake_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(IntakeForm, pk=pk)
    posted = chosen(request, IntakeFormForm(instance=found))
    form = IntakeFormForm(posted or None, instance=found)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data.pop("version")
        try:
            save_version(form.instance, expected=version, fields=list(form.cleaned_data))
        except Conflict as conflict:
            return conflict_page(request, form, conflict.current, cancel=reverse("api:intake_list"))
        toasts.tell(request, _("The form is saved."))
        return redirect("api:intake_list")
    context = {"form": form, "heading": _("Edit the form for leads")}
    return render(request, "api/intake_form.html", context, status=422 if form.errors else 200)


@require_POST
@requires("api.change_intake")
def intake_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Off, so that nothing comes by it any more, and on again."""
    found = get_object_or_404(IntakeForm, pk=pk)
    found.archived_at = None if found.archived_at else timezone.now()
    found.version += 1
    found.save(update_fields=["archived_at", "version"])
    text = _("“%(form)s” takes no inquiries now.") if found.archived_at else _("“%(form)s” is on.")
    toasts.tell(request, text % {"form": found.name}, undo=reverse("api:intake_switch", args=[pk]))
    return redirect("api:intake_list")
