"""A person's own tasks in his own calendar."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from apps.core.calendar_feeds import Entry
from apps.core.calendars import company_zone, moments_of
from apps.core.periods import Period
from apps.tasks.choices import Priority
from apps.tasks.models import Task

MOST = 1000


def entries_of(person: Any, period: Period) -> Iterator[Entry]:
    """Open tasks that he does, alone or with others, on the day they are due by his own clock."""
    zone = person.zone or company_zone()
    begun, ended = moments_of(period, zone)
    rows = Task.objects.visible_to(person).done_with(person).open()
    rows = rows.filter(due_at__gte=begun, due_at__lt=ended).annotate(logged_at=Max("log__at"))
    for task in rows.order_by("due_at", "pk")[:MOST]:
        due = task.due_at.astimezone(zone)
        yield Entry(
            uid=f"task-{task.pk}",
            title=task.title,
            on=due.date(),
            changed_at=task.logged_at or task.created_at,
            version=task.version,
            text="\n".join(filter(None, (text_of(due), task.acceptance, task.text))),
            url=task.get_absolute_url(),
            is_important=task.priority == Priority.HIGH,
        )


def text_of(due: Any) -> str:
    return _("Due by %(time)s") % {"time": f"{due:%H:%M}"}
