"""First steps in an empty installation."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.models import Company
from apps.dashboard import actions
from apps.dashboard.first_steps import steps
from apps.dashboard.forms import CompanyForm, DepartmentForm


@require_GET
@requires("dashboard.take_first_steps")
def first_steps(request):
    return _page(request)


@require_POST
@requires("dashboard.name_company")
def name_company(request):
    form = CompanyForm(request.POST, instance=Company.current())
    if not form.is_valid():
        return _page(request, company_form=form, status=422)
    form.save()
    messages.success(request, _("The company is saved."))
    return redirect("dashboard:first_steps")


@require_POST
@requires("dashboard.found_department")
def found_department(request):
    form = DepartmentForm(request.POST)
    if not form.is_valid():
        return _page(request, department_form=form, status=422)
    actions.found_department(**form.cleaned_data, on=company_today())
    messages.success(request, _("The department is there; its head can log in now."))
    return redirect("dashboard:first_steps")


@require_POST
@requires("dashboard.make_pipeline")
def make_pipeline(request):
    actions.make_pipeline()
    messages.success(
        request, _("The usual pipelines are there; change the stages in the settings.")
    )
    return redirect("dashboard:first_steps")


@require_POST
@requires("dashboard.take_first_steps")
def finish(request):
    actions.finish_first_steps()
    return redirect("dashboard:today")


def _page(request, *, company_form=None, department_form=None, status=200):
    todo = steps(company_today())
    context = {
        "steps": [(step, step.is_for(request.user)) for step in todo],
        "current": next((step.code for step in todo if not step.is_done), None),
        "done_count": sum(step.is_done for step in todo),
        "company_form": company_form or CompanyForm(instance=Company.current()),
        "department_form": department_form or DepartmentForm(),
    }
    return render(request, "dashboard/first_steps.html", context, status=status)
