"""Discipline over a period: figures, the tasks behind each of them, files for spreadsheets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from apps.core import numerals
from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.exporting import CSV, XLSX, table_response
from apps.core.periods import Period, month_of, quarter_of, year_of
from apps.staff.models import TeamNode
from apps.tasks import discipline as f19
from apps.tasks.calculations import Discipline
from apps.tasks.discipline import Which
from apps.tasks.forms.discipline import DisciplineFilter, name_of_period, period_named
from apps.tasks.models import DelayCause, Task
from apps.tasks.views.places import places

PEOPLE_ON_PAGE, TASKS_ON_PAGE = 60, 50
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


@dataclass
class Look:
    """What the address asks for: the period and the team, within what the person may see."""

    request: HttpRequest

    @cached_property
    def form(self) -> DisciplineFilter:
        form = DisciplineFilter(self.request.GET, viewer=self.request.user)
        form.is_valid()
        return form

    @cached_property
    def today(self) -> Any:
        return company_today()

    @cached_property
    def period(self) -> Period:
        return period_named(self.request.GET.get("period", ""), self.today)

    @cached_property
    def team(self) -> Any:
        return self.form.cleaned_data.get("team")

    def rows(self) -> Any:
        rows = f19.promised_in(self.period, viewer=self.request.user, now=timezone.now())
        if self.team:
            theirs = f19.people_of(self.request.user).filter(team__path__startswith=self.team.path)
            rows = rows.filter(doer__in=theirs.values("pk"))
        return rows

    def query(self, **more: Any) -> str:
        """The address of the same look, with other parts."""
        parts = {"period": name_of_period(self.period), "team": self.team and self.team.pk, **more}
        return "?" + urlencode({name: value for name, value in parts.items() if value})

    @property
    def bare(self) -> str:
        return self.query(team=None)

    @property
    def steps(self) -> dict[str, Any]:
        """Earlier and later periods, and the same day in a longer one."""
        day = (
            min(self.period.last_day, self.today)
            if self.today in self.period
            else self.period.start
        )
        longer = [
            (_("Month"), month_of(day)),
            (_("Quarter"), quarter_of(day)),
            (_("Year"), year_of(day)),
        ]
        following = self.period.next()
        return {
            "label": self.period.label,
            "before": self.query(period=name_of_period(self.period.previous())),
            "after": self.query(period=name_of_period(following))
            if following.start <= self.today
            else "",
            "lengths": [
                {
                    "label": label,
                    "url": self.query(period=name_of_period(one)),
                    "is_current": one == self.period,
                }
                for label, one in longer
            ],
        }


@require_GET
@requires("tasks.view_task")
def discipline(request: HttpRequest) -> HttpResponse:
    look = Look(request)
    rows = look.rows()
    lines = f19.lines_of(rows)
    total = f19.total(line.figures for line in lines if line.person)
    page = Paginator(lines, PEOPLE_ON_PAGE).get_page(request.GET.get("page"))
    rows_url = reverse("tasks:discipline_tasks") + look.query()
    page.object_list = [(line, rows_url + part_of(line)) for line in page.object_list]
    causes = f19.by_cause(rows) if total.late else []
    context = {
        "look": look,
        "form": look.form,
        "steps": look.steps,
        "page": page,
        "total": total,
        "verdict": verdict(total),
        "causes": causes,
        "closed_late": sum(line.tasks for line in causes),
        "authors": f19.by_author(rows, request.user) if total.due else [],
        "rows_url": rows_url,
        "is_alone": sum(1 for line in lines if line.person) <= 1,
        "tabs": places(request),
    }
    return render(request, "tasks/discipline.html", context)


def part_of(line: f19.Line) -> str:
    """What narrows the rows to those of the line."""
    if line.person:
        return f"&person={line.person.pk}"
    return f"&node={line.team.pk if line.team else 0}"


def verdict(total: Discipline) -> str:
    """The first sentence of the page."""
    if not total.due:
        return ""
    values = {
        "n": total.due,
        "on_time": total.on_time,
        "late": total.late,
        "open": total.still_open,
    }
    if not total.late:
        return _("All %(n)s tasks that fell due were done on time.") % values
    text = _("%(on_time)s of %(n)s tasks that fell due were done on time, %(late)s were not.")
    if total.still_open:
        text = _(
            "%(on_time)s of %(n)s tasks that fell due were done on time, %(late)s were not; "
            "%(open)s of those are still open."
        )
    return text % values


def chosen_rows(look: Look) -> tuple[Any, str]:
    """The tasks behind a figure, and what they are."""
    asked = look.request.GET
    rows, which = look.rows(), asked.get("which", "")
    if which in f19.WHICH:
        rows = rows.filter(f19.WHICH[which])
    elif which == "unclear":
        rows = rows.filter(f19.UNCLEAR)
    words = [str(WHICH_LABELS.get(which, ""))]
    people = {
        person.pk: person
        for person in f19.people_of(look.request.user).filter(
            pk__in=[number(asked, "person"), number(asked, "author")]
        )
    }
    if "person" in asked:
        rows = rows.filter(doer=number(asked, "person"))
        words.append(str(people.get(number(asked, "person"), "")))
    if "node" in asked:
        node = number(asked, "node") or None
        theirs = f19.people_of(look.request.user).filter(team=node)
        rows = rows.filter(doer__in=theirs.values("pk"))
        words.append(str(TeamNode.objects.filter(pk=node).first() or _("Without a team")))
    if "author" in asked:
        rows = rows.filter(author=number(asked, "author")).exclude(author=F("doer"))
        words.append(_("set by %(name)s") % {"name": people.get(number(asked, "author"), "")})
    if "cause" in asked:
        rows = rows.filter(f19.CLOSED_LATE, delay__cause=number(asked, "cause"))
        words.append(str(DelayCause.objects.filter(pk=number(asked, "cause")).first() or ""))
    return rows, " · ".join(filter(None, words))


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
        name = f"tasks-{name_of_period(look.period)}"
        return table_response(request.GET["format"], name, task_headings(), task_cells(rows))
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


@require_GET
@requires("tasks.view_task")
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
