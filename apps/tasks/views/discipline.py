"""Discipline over a period: the look that the address names, and its figures."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.core.access import requires
from apps.core.calendars import company_today
from apps.core.periods import Period, month_of, quarter_of, year_of
from apps.tasks import discipline as f19
from apps.tasks.calculations import Discipline
from apps.tasks.forms.discipline import DisciplineFilter, name_of_period, period_named
from apps.tasks.views.places import places

PEOPLE_ON_PAGE = 60


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
    shown = [(line, rows_url + part_of(line)) for line in page.object_list]
    causes = f19.by_cause(rows) if total.late else []
    context = {
        "look": look,
        "form": look.form,
        "steps": look.steps,
        "page": page,
        "lines": shown,
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
