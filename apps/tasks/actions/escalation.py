"""A term draws near or is missed: who is told, and that it is told once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy

from apps.core.calendars import WorkCalendar, company_zone
from apps.core.working_time import WorkingHours, working_minutes
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User
from apps.tasks.actions.telling import ESCALATED, OVERDUE, REMINDER, tell_of_term
from apps.tasks.actions.timeline import happened
from apps.tasks.calculations import rungs_reached
from apps.tasks.choices import Event, Rung
from apps.tasks.models import Escalation, EscalationLadder, Task, waiting_for_a_rung

# No calendar has so many days off in a row that a reminder would have to look further ahead.
LOOKED_AHEAD = timedelta(days=21)
WORDS = {
    Rung.REMINDER: (REMINDER, gettext_lazy("Soon due: {title}")),
    Rung.DUE: (OVERDUE, gettext_lazy("The term has passed: {title}")),
    Rung.LEAD: (ESCALATED, gettext_lazy("Your person is late: {title}")),
    Rung.HEAD: (ESCALATED, gettext_lazy("Long overdue in your department: {title}")),
}


def climb_ladders(now: datetime) -> int:
    """Fire every rung that a term has reached by `now`; how many fired. A rerun fires none twice."""
    ladder = EscalationLadder.begun()
    clock, bosses = Clock(ladder, now), Bosses()
    tasks = waiting_for_a_rung(ladder, now + LOOKED_AHEAD).select_related("assignee__team")
    fired = 0
    for task in tasks.order_by("pk").iterator(chunk_size=500):
        for rung in clock.rungs_of(task):
            fired += fire(task, rung, bosses)
    return fired


@transaction.atomic
def fire(task: Task, rung: Rung, bosses: Bosses) -> bool:
    """Tell whom the rung names, unless it fired before or the task changed meanwhile."""
    still = Task.objects.open().filter(pk=task.pk, due_at=task.due_at).select_for_update()
    if still.first() is None:
        return False
    _row, is_new = Escalation.objects.get_or_create(task=task, rung=rung, due_at=task.due_at)
    person = bosses.told(task.assignee, rung)
    if is_new and person is not None:
        happened(Event.ESCALATED, task, by=None, note=rung)
        kind, words = WORDS[rung]
        tell_of_term(kind, task, words, to=person, rung=rung)
    return is_new


class Clock:
    """The working time of one run, read once for all tasks."""

    def __init__(self, ladder: EscalationLadder, now: datetime) -> None:
        self.ladder, self.now = ladder, now
        self._hours = WorkingHours(ladder.opens_at, ladder.closes_at, company_zone())
        self._calendar = WorkCalendar.load(now.date(), now.date())

    def rungs_of(self, task: Task) -> list[Rung]:
        is_late = task.due_at <= self.now
        begun, ended = sorted((task.due_at, self.now))
        minutes = working_minutes(
            begun, ended, hours=self._hours, is_working=self._calendar.is_working
        )
        return rungs_reached(
            is_late=is_late,
            minutes=minutes,
            remind_hours=self.ladder.remind_hours,
            lead_hours=self.ladder.lead_hours,
            head_hours=self.ladder.head_hours,
        )


class Bosses:
    """Who stands above whom, read once a run."""

    def __init__(self) -> None:
        nodes = TeamNode.objects.kept().select_related("leader")
        self._leaders = {node.pk: node.leader for node in nodes}

    def above(self, person: User) -> Iterator[User]:
        """The leaders over `person` who work here, nearest first."""
        path = person.team.path.strip("/").split("/") if person.team else []
        for pk in reversed(path):
            leader = self._leaders.get(int(pk))
            if leader is not None and leader.is_active and leader.pk != person.pk:
                yield leader

    def told(self, person: User, rung: Rung) -> User | None:
        """The lead is the nearest leader, the head the nearest of that role or above it."""
        if rung in (Rung.REMINDER, Rung.DUE):
            return person
        leaders = list(self.above(person))
        if rung == Rung.HEAD:
            leaders = [one for one in leaders if one.role in (Role.HEAD, Role.DIRECTOR)]
        return leaders[0] if leaders else None
