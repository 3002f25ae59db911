"""Tasks on a calendar, and the moving of a task to another day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import numerals, toasts
from apps.core.access import allowed, requires
from apps.core.calendars import WorkCalendar
from apps.core.periods import Period, month_of, week_of
from apps.core.saved_views import last_look, lasting, remember
from apps.core.versions import Conflict
from apps.core.views.preferences import next_page
from apps.tasks.actions import move_to_day
from apps.tasks.agenda import cells_of
from apps.tasks.forms import Whose
from apps.tasks.forms.planning import CalendarFilter, Face, MoveForm
from apps.tasks.models import Task
from apps.tasks.views.places import places

ROOM = "tasks_calendar"
ON_DAY = {Face.MONTH: 4, Face.WEEK: 40}


@dataclass
class Look:
    """What the address asks for; a bare one is what the person looked at last."""

    request: HttpRequest

    @cached_property
    def query(self) -> QueryDict:
        if self.request.GET:
            return self.request.GET
        return QueryDict(last_look(self.request, ROOM).query)

    @cached_property
    def is_team(self) -> bool:
        asked = self.query.get("whose") == Whose.TEAM
        return asked and allowed(self.request.user, "tasks.view_team")

    @cached_property
    def form(self) -> CalendarFilter:
        form = CalendarFilter(self.query, viewer=self.request.user, is_team=self.is_team)
        form.is_valid()
        return form

    @cached_property
    def face(self) -> str:
        return self.form.cleaned_data.get("face") or Face.MONTH

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def on(self) -> date:
        asked: date | None = self.form.cleaned_data.get("on")
        # Beyond these years the production calendar of the state says nothing.
        return asked if asked and 2000 <= asked.year <= 2100 else self.today

    @cached_property
    def inner(self) -> Period:
        return month_of(self.on) if self.face == Face.MONTH else week_of(self.on)

    @property
    def period(self) -> Period:
        """Whole weeks."""
        return Period(week_of(self.inner.start).start, week_of(self.inner.last_day).end)

    def rows(self) -> Any:
        viewer = self.request.user
        rows = Task.objects.visible_to(viewer).kept().select_related("assignee", "series")
        if not self.is_team:
            return rows.filter(assignee=viewer)
        return rows.filter(assignee=self.assignee) if self.assignee else rows

    @cached_property
    def assignee(self) -> Any:
        return self.form.cleaned_data.get("assignee") if self.is_team else None

    @property
    def parts(self) -> str:
        """The address without its path, for the moves by a script."""
        return self.address().partition("?")[2]

    def address(self, **more: Any) -> str:
        query = QueryDict(mutable=True)
        parts = {
            "face": self.face,
            "whose": Whose.TEAM if self.is_team else Whose.MINE,
            "assignee": self.assignee.pk if self.assignee else "",
            "on": self.on.isoformat(),
            **more,
        }
        query.update({name: str(value) for name, value in parts.items() if value})
        return f"{reverse('tasks:calendar')}?{query.urlencode()}"

    def remember(self) -> None:
        """The face and whose tasks; not the days, which pass."""
        if self.request.GET:
            query = self.address(on="").partition("?")[2]
            remember(self.request, ROOM, query=lasting(QueryDict(query)), columns=())


@require_GET
@requires("tasks.view_task")
def calendar(request: HttpRequest) -> HttpResponse:
    look = Look(request)
    look.remember()
    context = shown(look) | {"tabs": places(request), "form": look.form}
    return render(request, "tasks/calendar.html", context)


def shown(look: Look) -> dict[str, Any]:
    period, inner = look.period, look.inner
    cells = cells_of(
        look.rows(),
        period,
        inner=inner,
        viewer=look.request.user,
        on_day=ON_DAY[Face(look.face)],
        calendar=WorkCalendar.load(period.start, period.last_day),
    )
    for cell in cells:
        cell.week_url = look.address(face=Face.WEEK, on=cell.day.isoformat())
    return {
        "look": look,
        "cells": cells,
        "now": timezone.now(),
        "count": sum(cell.count + len(cell.coming) for cell in cells if cell.is_within),
        "before": look.address(on=inner.previous().start.isoformat()),
        "after": look.address(on=inner.next().start.isoformat()),
        "to_today": look.address(on=""),
        "views": [
            {"label": face.label, "url": look.address(face=face), "is_current": face == look.face}
            for face in Face
        ],
        "whose": whose_links(look),
    }


def whose_links(look: Look) -> list[dict[str, Any]]:
    if not allowed(look.request.user, "tasks.view_team"):
        return []
    return [
        {
            "label": whose.label,
            "url": look.address(whose=whose, assignee=""),
            "is_current": (whose == Whose.TEAM) == look.is_team,
        }
        for whose in (Whose.MINE, Whose.TEAM)
    ]


def movable(request: HttpRequest, pk: int) -> Task:
    return get_object_or_404(Task.objects.visible_to(request.user).kept(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("tasks.change_task")
def task_move(request: HttpRequest, pk: int) -> HttpResponse:
    """The day is chosen in a form: for fingers and readers, who do not drag."""
    task = movable(request, pk)
    local = timezone.localtime(task.due_at).date()
    form = MoveForm(request.POST or None, initial={"day": local, "version": task.version})
    if request.method == "POST" and form.is_valid():
        move(request, task, form.cleaned_data["day"], form.cleaned_data["version"])
        return redirect(next_page(request) if "next" in request.POST else "tasks:calendar")
    script = getattr(request, "htmx", None)
    came_from = (script.current_url_abs_path or "") if script else ""
    context = {"task": task, "form": form, "next": came_from or reverse("tasks:calendar")}
    template = "tasks/_move_modal.html" if script else "tasks/move.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@requires("tasks.change_task")
def task_move_to(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """Dropped, moved by keys, or taken back: a script gets the calendar anew."""
    task = movable(request, pk)
    try:
        target = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    version = request.GET.get("version") or request.POST.get("version") or "0"
    expected = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    move(request, task, target, expected, is_undo="version" in request.GET)
    if not request.headers.get("HX-Request"):
        return redirect(next_page(request) if "next" in request.POST else "tasks:calendar")
    return render(request, "tasks/_calendar.html", shown(Look(request)))


def move(
    request: HttpRequest, task: Task, day: date, version: int, *, is_undo: bool = False
) -> None:
    """Tell what happened, with the way back; a refusal changes nothing and says why."""
    before = timezone.localtime(task.due_at).date()
    try:
        moved = move_to_day(task, by=request.user, day=day, expected_version=version)
    except Conflict:
        toasts.warn(request, _("The task was changed meanwhile. Look at it and move it again."))
    except ValidationError as error:
        toasts.warn(request, " ".join(error.messages))
    else:
        back = reverse("tasks:task_move_to", args=[task.pk, before.isoformat()])
        undo = "" if is_undo else f"{back}?version={moved.version}"
        toasts.tell(request, _("Due on %(day)s now.") % {"day": numerals.day(day)}, undo=undo)
