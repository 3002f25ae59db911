"""The tasks behind each figure of discipline, and files for spreadsheets."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from apps.core import numerals
from apps.core.access import requires
from apps.core.export_limit import counts_exports
from apps.core.exporting import CSV, XLSX, table_response
from apps.staff.models import TeamNode
from apps.tasks import discipline as f19
from apps.tasks.discipline import Which
from apps.tasks.forms.discipline import name_of_period
from apps.tasks.models import DelayCause, Task
from apps.tasks.views.discipline import Look

TASKS_ON_PAGE = 50
WHICH_LABELS = {
    "": gettext_lazy("due"),
    Which.ON_TIME: gettext_lazy("on time"),
    Which.LATE: gettext_lazy("late"),
    Which.OPEN: gettext_lazy("late and still open"),
    Which.MOVED: gettext_lazy("put off"),
    Which.RETURNED: gettext_lazy("returned"),
    Which.REOPENED: gettext_lazy("opened again"),
    Which.UNSAID: gettext_lazy("late, cause not named"),
    "unclear": gettext_lazy("unclear"),
}


def chosen_rows(look: Look) -> tuple[Any, str]:
    """The tasks behind a figure, and what they are."""
    rows, words = look.rows(), []
    for narrow in (by_which, by_doer, by_node, by_setter, by_named_cause):
        rows, word = narrow(rows, look.request.GET, look.request.user)
        words.append(word)
    return rows, " · ".join(filter(None, words))


def by_which(rows: Any, asked: Any, viewer: Any) -> tuple[Any, str]:
    which = asked.get("which", "")
    condition = f19.WHICH.get(which, f19.UNCLEAR if which == "unclear" else None)
    label = str(WHICH_LABELS.get(which, ""))
    return (rows, label) if condition is None else (rows.filter(condition), label)


def by_doer(rows: Any, asked: Any, viewer: Any) -> tuple[Any, str]:
    if "person" not in asked:
        return rows, ""
    pk = number(asked, "person")
    return rows.filter(doer=pk), name_of(pk, viewer)


def by_node(rows: Any, asked: Any, viewer: Any) -> tuple[Any, str]:
    """Those directly in the team; 0 is "in none"."""
    if "node" not in asked:
        return rows, ""
    node = TeamNode.objects.filter(pk=number(asked, "node")).first()
    theirs = f19.people_of(viewer).filter(team=node)
    return rows.filter(doer__in=theirs.values("pk")), str(node or _("Without a team"))


def by_setter(rows: Any, asked: Any, viewer: Any) -> tuple[Any, str]:
    if "author" not in asked:
        return rows, ""
    pk = number(asked, "author")
    words = _("set by %(name)s") % {"name": name_of(pk, viewer)}
    return rows.filter(author=pk).exclude(author=F("doer")), words


def by_named_cause(rows: Any, asked: Any, viewer: Any) -> tuple[Any, str]:
    if "cause" not in asked:
        return rows, ""
    cause = DelayCause.objects.filter(pk=number(asked, "cause")).first()
    return rows.filter(f19.CLOSED_LATE, delay__cause=cause), str(cause or "")


def name_of(pk: int, viewer: Any) -> str:
    return str(f19.people_of(viewer).filter(pk=pk).first() or "")


def number(asked: Any, name: str) -> int:
    text = asked.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@require_GET
@requires("tasks.view_task")
def discipline_tasks(request: HttpRequest) -> HttpResponseBase:
    """The tasks behind one figure; `format` asks for a file of all of them."""
    look = Look(request)
    rows, words = chosen_rows(look)
    rows = rows.select_related("assignee", "author", "delay__cause").order_by("promised_at", "pk")
    if request.GET.get("format") in (CSV, XLSX):
        return tasks_file(request, look, rows)
    page = Paginator(rows, TASKS_ON_PAGE).get_page(request.GET.get("page"))
    page.object_list = with_doers(list(page.object_list))
    context = {
        "page": page,
        "words": words,
        "label": look.period.label,
        "back": reverse("tasks:discipline") + look.query(),
    }
    return render(request, "tasks/discipline_tasks.html", context)


def with_doers(tasks: list[Any]) -> list[Any]:
    """Each with `held_by`, the person whose figure it counts in."""
    people = {one.pk: one for task in tasks for one in (task.assignee, task.author)}
    missing = {task.doer for task in tasks} - set(people)
    if missing:
        people |= Task._meta.get_field("assignee").related_model.objects.in_bulk(missing)
    for task in tasks:
        task.held_by = people[task.doer]
    return tasks


def task_headings() -> list[str]:
    return [
        _("Task"), _("Who does it"), _("Author"), _("Priority"), _("Promised first"), _("Due"),
        _("Done"), _("On time"), _("Late by, working days"), _("Returned"), _("Opened again"),
        _("Cause of delay"), _("Comment"),
    ]  # fmt: skip


def task_cells(rows: Any) -> Iterator[list[Any]]:
    """In parts of 500, so that a large file costs little memory."""
    part: list[Any] = []
    for task in rows.iterator(chunk_size=500):
        part.append(task)
        if len(part) == 500:
            yield from map(cells_of, with_doers(part))
            part = []
    yield from map(cells_of, with_doers(part))


def cells_of(task: Any) -> list[Any]:
    delay = getattr(task, "delay", None)
    return [
        task.title, str(task.held_by), str(task.author), task.get_priority_display(),
        task.promised_at, task.due_at, task.done_at, yes(task.is_on_time), task.delay_days,
        yes(task.is_returned), yes(task.is_reopened), str(delay.cause) if delay else "",
        delay.comment if delay else "",
    ]  # fmt: skip


def yes(value: bool) -> str:
    return _("yes") if value else _("no")


@counts_exports
def tasks_file(request: HttpRequest, look: Look, rows: Any) -> HttpResponseBase:
    name = f"tasks-{name_of_period(look.period)}"
    return table_response(request.GET["format"], name, task_headings(), task_cells(rows))


@require_GET
@requires("tasks.view_task")
@counts_exports
def discipline_export(request: HttpRequest) -> HttpResponseBase:
    """The table of people as a file."""
    look = Look(request)
    kind = XLSX if request.GET.get("format") == XLSX else CSV
    headings = [
        _("Team"), _("Person"), _("Due"), _("On time"), _("Share on time"),
        _("Weighed by priority"), _("Late"), _("Still open"), _("Mean delay, working days"),
        _("Put off"), _("Returned"), _("Opened again"),
    ]  # fmt: skip
    rows = (cells_of_line(line) for line in f19.lines_of(look.rows()))
    return table_response(kind, f"discipline-{name_of_period(look.period)}", headings, rows)


def cells_of_line(line: f19.Line) -> list[Any]:
    """Shares stay empty under ten tasks, as on the page."""
    one = line.figures
    is_enough = one.due >= 10
    return [
        str(line.team or ""), str(line.person or _("team as a whole")), one.due, one.on_time,
        rounded(one.share, 4) if is_enough else None, rounded(one.index, 4) if is_enough else None,
        one.late, one.still_open, rounded(one.mean_delay, 1), one.moved, one.returned, one.reopened,
    ]  # fmt: skip


def rounded(value: Any, decimals: int) -> Any:
    return None if value is None else numerals.rounded(value, decimals)
