"""The tabs that lead from one face of the tasks to another."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.access import allowed
from apps.tasks.forms import Whose

FACES = (
    ("tasks:people", _("By person"), "tasks.view_team"),
    ("tasks:calendar", _("Calendar"), "tasks.view_task"),
    ("tasks:discipline", _("Discipline"), "tasks.view_task"),
)


def faces(request: HttpRequest) -> list[dict[str, Any]]:
    """Beside the lists: load by person, calendar, discipline."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        {"label": label, "url": reverse(name), "is_current": name == here}
        for name, label, permission in FACES
        if allowed(request.user, permission)
    ]


def places(request: HttpRequest) -> list[dict[str, Any]]:
    """The lists and the faces beside them; the counts stand on the lists themselves."""
    lists = [Whose.MINE, Whose.SET]
    if allowed(request.user, "tasks.view_team"):
        lists.append(Whose.TEAM)
    address = reverse("tasks:task_list")
    links = [{"label": whose.label, "url": f"{address}?whose={whose}"} for whose in lists]
    return [*links, *faces(request)]
