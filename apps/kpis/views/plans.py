from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.access import requires


@require_GET
@requires("kpis.view_plan")
def plan(request):
    return render(request, "kpis/plan.html")
