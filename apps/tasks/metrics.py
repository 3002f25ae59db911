"""Discipline of tasks (F19) as sums by person; see FORMULAS.md, "Task discipline"."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.calendars import company_today
from apps.core.metrics import Direction, Metric, Source, Sums, Unit, add_metrics, add_source
from apps.core.periods import Period, month_of
from apps.tasks import discipline as f19
from apps.tasks.forms.discipline import name_of_period
from apps.tasks.models import Task

SUMS: dict[str, Any] = {
    "due_count": f19.SUMS["due"],
    "on_time_count": f19.SUMS["on_time"],
    "late_count": Count("pk", filter=Q(is_on_time=False)),
    "due_weight": f19.SUMS["weight"],
    "on_time_weight": f19.SUMS["weight_on_time"],
    "delay_days": f19.SUMS["delay_days"],
    "moved_count": f19.SUMS["moved"],
    "returned_count": f19.SUMS["returned"],
    "reopened_count": f19.SUMS["reopened"],
}


def discipline(period: Period) -> Sums:
    """Tasks whose first promised term lies within the period and has passed, by who had them."""
    if period.start > company_today():
        return {}
    rows = f19.fallen_due(Task.objects.all(), period, timezone.now())
    sums = rows.order_by().values("doer").annotate(**SUMS)
    return {row.pop("doer"): row for row in sums}


def tasks_behind(which: str = "") -> Any:
    def address(person: int | None, period: Period) -> str:
        # Discipline is looked at by whole months, quarters and years.
        month = month_of(period.start)
        whole = month if period.end <= month.end else period
        asked: dict[str, Any] = {"period": name_of_period(whole)}
        asked |= {"which": which} if which else {}
        asked |= {} if person is None else {"person": person}
        return f"{reverse('tasks:discipline_tasks')}?{urlencode(asked)}"

    return address


def register() -> None:
    add_source(Source("discipline", _("Discipline of tasks"), discipline, tuple(SUMS)))
    less = {"direction": Direction.LESS}
    add_metrics(
        share("tasks_on_time", _("Tasks done on time"), "on_time_count",
              _("tasks done by their first promised term ÷ tasks due"), f19.Which.ON_TIME),
        share("tasks_on_time_weighed", _("Tasks on time, by priority"), "on_time_weight",
              _("Σ priority of tasks done on time ÷ Σ priority of tasks due"), f19.Which.ON_TIME,
              bottom=("discipline.due_weight",)),
        share("task_delay", _("Mean delay of late tasks"), "delay_days",
              _("Σ working days of delay ÷ late tasks"), f19.Which.LATE, unit=Unit.DAYS,
              bottom=("discipline.late_count",), n=("discipline.late_count",), **less),
        share("tasks_moved", _("Tasks put off"), "moved_count",
              _("tasks whose term was moved later ÷ tasks due"), f19.Which.MOVED, **less),
        share("tasks_returned", _("Tasks returned"), "returned_count",
              _("tasks returned by their author ÷ tasks due"), f19.Which.RETURNED, **less),
        share("tasks_reopened", _("Tasks opened again"), "reopened_count",
              _("tasks opened again ÷ tasks due"), f19.Which.REOPENED, **less),
    )  # fmt: skip


def share(code: str, label: Any, top: str, formula: Any, which: str, **more: Any) -> Metric:
    """Of the tasks due, unless `more` says otherwise."""
    due = ("discipline.due_count",)
    given = {"unit": Unit.SHARE, "bottom": due, "n": due, **more}
    return Metric(
        code=code,
        label=label,
        formula=formula,
        owner=_("Tasks"),
        top=(f"discipline.{top}",),
        subject="discipline",
        rows=tasks_behind(which),
        **given,
    )
