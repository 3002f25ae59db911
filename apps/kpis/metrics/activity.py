"""Work a working day: sums of activities over the days people were there."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core.metrics import Direction, Metric, Unit, add_metrics
from apps.deals.metrics.rows import page
from apps.kpis.metrics.money import KPIS

TOUCHES = ("activities.calls", "activities.meetings", "activities.emails")


def register() -> None:
    add_metrics(
        a_day("touches_per_day", _("Touches a day"), TOUCHES,
              _("calls, meetings and e-mails ÷ days at work")),
        a_day("calls_per_day", _("Calls a day"), TOUCHES[:1], _("calls ÷ days at work")),
        a_day("meetings_per_day", _("Meetings a day"), TOUCHES[1:2], _("meetings ÷ days at work")),
        a_day("emails_per_day", _("E-mails a day"), TOUCHES[2:], _("e-mails ÷ days at work")),
        a_day("talk_minutes", _("Minutes of talk a day"), ("activities.minutes",),
              _("minutes of calls and meetings ÷ days at work"), unit=Unit.MINUTES),
        Metric(
            code="touches_per_win",
            label=_("Touches a won deal"),
            formula=_("calls, meetings and e-mails ÷ won deals"),
            unit=Unit.RATIO,
            owner=KPIS,
            top=TOUCHES,
            bottom=("deals.won_count",),
            n=("deals.won_count",),
            direction=Direction.LESS,
            subject="activity",
        ),
        Metric(
            code="tasks_done",
            label=_("Tasks done"),
            formula=_("tasks done in the period"),
            unit=Unit.COUNT,
            owner=KPIS,
            top=("tasks.done_count",),
            n=("tasks.done_count",),
            subject="discipline",
        ),
        Metric(
            code="overdue_tasks",
            label=_("Overdue tasks"),
            formula=_("open tasks whose term has passed, on the last day"),
            unit=Unit.COUNT,
            owner=KPIS,
            top=("stock.overdue_tasks",),
            n=("stock.overdue_tasks",),
            direction=Direction.LESS,
            subject="discipline",
            rows=page("tasks:task_list", by="assignee", state="overdue", whose="team"),
        ),
    )  # fmt: skip


def a_day(code: str, label: Any, top: tuple[str, ...], formula: Any, **more: Any) -> Metric:
    given = {"unit": Unit.PER_DAY, **more}
    return Metric(
        code=code,
        label=label,
        formula=formula,
        owner=KPIS,
        top=top,
        bottom=("presence.days",),
        n=top,
        subject="activity",
        **given,
    )
