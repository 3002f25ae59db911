"""How full people's days are: tasks due, their estimated hours, absences, days off.

Deals and meetings stand above this room and are not known here; days are those of the viewer's clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from apps.core.calendars import WorkCalendar, company_today, moments_of
from apps.core.periods import DAY, Period
from apps.staff.models import Absence, User
from apps.tasks.calculations import is_too_much, nearest, usual_load
from apps.tasks.discipline import people_of
from apps.tasks.models import Task

# The usual load is that of so many working days before today.
MEASURED_DAYS = 20
# A free day is looked for among so many working days from today on.
LOOKED_AHEAD = 15
SHOWN_DAYS = 5
# Among so many colleagues of the team one with less load is looked for.
COLLEAGUES = 100
ZERO = Decimal(0)


@dataclass(frozen=True)
class DayLoad:
    """One day of a person: open tasks due, their estimated hours, whether he is there."""

    day: date
    tasks: int = 0
    hours: Decimal = ZERO
    is_away: bool = False
    is_full: bool = False
    is_asked: bool = False


Loads = dict[tuple[int, date], tuple[int, Decimal]]


def due_within(period: Period, people: Iterable[Any]) -> Any:
    begun, ended = moments_of(period, zone_of_viewer())
    return Task.objects.kept().filter(assignee__in=people, due_at__gte=begun, due_at__lt=ended)


def zone_of_viewer() -> Any:
    return timezone.get_current_timezone()


def counted(tasks: Any) -> Loads:
    """Tasks and estimated hours by person and day; one statement."""
    zone: tzinfo = zone_of_viewer()
    rows = (
        tasks.order_by()
        .values("assignee", day=TruncDate("due_at", tzinfo=zone))
        .annotate(tasks=Count("pk"), estimated=Coalesce(Sum("hours"), ZERO))
    )
    return {(row["assignee"], row["day"]): (row["tasks"], row["estimated"]) for row in rows}


def usual_loads(people: list[Any], today: date, calendar: WorkCalendar) -> dict[int, int]:
    """Median tasks due on the latest working days, by person; done ones count too."""
    days = [calendar.add_working_days(today, -n) for n in range(MEASURED_DAYS, 0, -1)]
    loads = counted(due_within(Period(days[0], today), people))
    return {
        pk: usual_load([loads.get((pk, day), (0, ZERO))[0] for day in days])
        for pk in (getattr(person, "pk", person) for person in people)
    }


def absences_of(people: list[Any], period: Period) -> set[tuple[int, date]]:
    """Pairs of person and day on which he is away."""
    rows = Absence.objects.filter(
        user__in=people, starts_on__lt=period.end, ends_on__gt=period.start
    )
    found = set()
    for user, starts_on, ends_on in rows.values_list("user", "starts_on", "ends_on"):
        day = max(starts_on, period.start)
        while day < min(ends_on, period.end):
            found.add((user, day))
            day += DAY
    return found


@dataclass(frozen=True)
class PersonLoad:
    """A row of the team's table."""

    person: User
    usual: int
    overdue: int
    days: list[DayLoad]


def team_loads(people: list[User], days: list[date], calendar: WorkCalendar) -> list[PersonLoad]:
    """The open tasks of `people` on `days` (in order); four statements."""
    if not people:
        return []
    period = Period(days[0], days[-1] + DAY)
    loads = counted(due_within(period, people).open())
    away = absences_of(people, period)
    usual = usual_loads(people, company_today(), calendar)
    late = Task.objects.overdue(timezone.now()).filter(assignee__in=people).order_by()
    overdue = dict(late.values_list("assignee").annotate(count=Count("pk")))
    return [
        PersonLoad(
            person,
            usual[person.pk],
            overdue.get(person.pk, 0),
            [day_load(person, day, loads, away, usual[person.pk]) for day in days],
        )
        for person in people
    ]


def day_load(
    person: User, day: date, loads: Loads, away: set[tuple[int, date]], usual: int, **more: Any
) -> DayLoad:
    tasks, hours = loads.get((person.pk, day), (0, ZERO))
    return DayLoad(
        day=day,
        tasks=tasks,
        hours=hours,
        is_away=(person.pk, day) in away,
        is_full=is_too_much(tasks, usual, hours=hours, capacity=person.hours_per_day),
        **more,
    )


@dataclass
class Advice:
    """What is said while a task is set: how full the asked day is, and where it would fit."""

    person: User
    asked: DayLoad
    usual: int = 0
    is_day_off: bool = False
    is_seen: bool = False
    back_on: date | None = None
    days: list[DayLoad] = field(default_factory=list)
    free_day: date | None = None
    colleague: User | None = None
    colleague_tasks: int = 0

    @property
    def warns(self) -> bool:
        return self.asked.is_full or self.asked.is_away or self.is_day_off


def advise(
    person: User, day: date, *, viewer: Any, hours: Decimal = ZERO, besides: int = 0
) -> Advice:
    """The day with the new task of `hours` in it; `besides` is a task left out of the count.

    The numbers of a person whose work `viewer` does not see stay hidden, as does where his
    colleagues stand; that he is away is known to everybody.
    """
    advice = Advice(person, DayLoad(day))
    advice.back_on = back_on(person, day)
    advice.is_seen = people_of(viewer).filter(pk=person.pk).exists()
    today = company_today()
    calendar = WorkCalendar.load(today - timedelta(days=60), max(day, today + timedelta(days=40)))
    advice.is_day_off = not calendar.is_working(day)
    if not advice.is_seen:
        advice.asked = DayLoad(day, is_away=advice.back_on is not None)
        return advice
    weigh(advice, calendar, today, hours=hours, besides=besides)
    if advice.warns:
        find_colleague(advice, viewer=viewer, hours=hours)
    return advice


def weigh(
    advice: Advice, calendar: WorkCalendar, today: date, *, hours: Decimal, besides: int
) -> None:
    """The asked day with the new task, the days around it as they are, the nearest free one."""
    person, day = advice.person, advice.asked.day
    ahead = [calendar.add_working_days(today - DAY, n) for n in range(1, LOOKED_AHEAD + 1)]
    around = shown_days(day, today, calendar)
    period = Period(min(*around, *ahead), max(*around, *ahead) + DAY)
    away = absences_of([person], period)
    loads = counted(due_within(period, [person]).open().exclude(pk=besides))
    advice.usual = usual_loads([person], today, calendar)[person.pk]
    more = with_one_more(loads, [(person.pk, one) for one in {*around, *ahead}], hours)
    asked = {one: day_load(person, one, more, away, advice.usual) for one in {*around, *ahead}}
    advice.asked = asked[day]
    advice.days = [
        day_load(person, one, loads, away, advice.usual, is_asked=one == day) for one in around
    ]
    if advice.warns:
        free = [one for one in ahead if not asked[one].is_away and not asked[one].is_full]
        advice.free_day = nearest((one for one in free if one != day), day)


def shown_days(day: date, today: date, calendar: WorkCalendar) -> list[date]:
    """Working days around `day`, from today on, and the day itself."""
    first = max(today, calendar.add_working_days(day, -2))
    days = {calendar.add_working_days(first - DAY, n) for n in range(1, SHOWN_DAYS + 1)}
    return sorted({*days, day})


def with_one_more(loads: Loads, keys: Iterable[tuple[int, date]], hours: Decimal) -> Loads:
    more = dict(loads)
    for key in keys:
        tasks, planned = loads.get(key, (0, ZERO))
        more[key] = (tasks + 1, planned + hours)
    return more


def back_on(person: User, day: date) -> date | None:
    return Absence.objects.filter(user=person).on(day).values_list("ends_on", flat=True).first()


def find_colleague(advice: Advice, *, viewer: Any, hours: Decimal) -> None:
    """Of the same team, in the viewer's sight, there that day and least loaded, if less than he."""
    if advice.is_day_off:
        return
    day, team = advice.asked.day, advice.person.team_id
    seen = people_of(viewer).working().filter(team=team, role=advice.person.role)
    people = list(seen.exclude(pk=advice.person.pk).in_name_order()[:COLLEAGUES]) if team else []
    if not people:
        return
    period = Period(day, day + DAY)
    loads = counted(due_within(period, people).open())
    loads = with_one_more(loads, [(one.pk, day) for one in people], hours)
    away = absences_of(people, period)
    days = [(day_load(one, day, loads, away, advice.usual), one) for one in people]
    free = [(one.tasks, number, person) for number, (one, person) in enumerate(days)
            if not one.is_away and not one.is_full]  # fmt: skip
    if not free:
        return
    tasks, _number, person = min(free)
    if tasks < advice.asked.tasks or advice.asked.is_away:
        advice.colleague, advice.colleague_tasks = person, tasks - 1
