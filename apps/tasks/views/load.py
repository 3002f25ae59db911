"""How full a day is, told while a task is set; the team's days person by person."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.access import requires
from apps.core.calendars import WorkCalendar, company_today
from apps.core.periods import DAY
from apps.tasks.discipline import people_of
from apps.tasks.forms.planning import LoadForm, TeamFilter
from apps.tasks.views.places import places
from apps.tasks.workload import ZERO, advise, team_loads

PEOPLE_ON_PAGE = 25
DAYS = 10


@require_GET
@requires("tasks.add_task")
def task_load(request: HttpRequest) -> HttpResponse:
    """A fragment of the form: it warns, and never stands in the way."""
    form = LoadForm(request.GET)
    context: dict[str, Any] = {"advice": None}
    if form.is_valid():
        said = form.cleaned_data
        context["advice"] = advise(
            said["assignee"],
            said["due_on"],
            viewer=request.user,
            hours=said["hours"] or ZERO,
            besides=said["task"] or 0,
        )
    return render(request, "tasks/_load.html", context)


@require_GET
@requires("tasks.view_team")
def people(request: HttpRequest) -> HttpResponse:
    form = TeamFilter(request.GET, viewer=request.user)
    form.is_valid()
    rows = people_of(request.user).working().select_related("team").in_name_order()
    if team := form.cleaned_data.get("team"):
        rows = rows.filter(team__path__startswith=team.path)
    page = Paginator(rows, PEOPLE_ON_PAGE).get_page(request.GET.get("page"))
    today = company_today()
    calendar = WorkCalendar.load(today, today)
    days = [calendar.add_working_days(today - DAY, n) for n in range(1, DAYS + 1)]
    context = {
        "form": form,
        "page": page,
        "days": days,
        "today": today,
        "loads": team_loads(list(page.object_list), days, calendar),
        "tabs": places(request),
    }
    return render(request, "tasks/people.html", context)
