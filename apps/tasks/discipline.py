"""Task discipline (F19) over a period: one statement a table, whatever the number of tasks.

Counted are tasks whose first promised term lies in the period and has passed. They are the tasks of
whoever had them when the term came: handing a late task on leaves the delay where it arose. A term
moved later changes nothing but the count of moved ones. A task put into the bin before its term was
withdrawn and does not count; one binned later was late until that day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from apps.core.calendars import WorkCalendar, business_day, company_zone, moments_of
from apps.core.periods import Period
from apps.staff.models import User
from apps.tasks.calculations import Discipline, unclear_share, working_day_numbers
from apps.tasks.choices import BuiltInCause, Event
from apps.tasks.models import DelayCause, Task, TaskLog

# "Done" taken back at once was a wrong click.
SLIP = timedelta(minutes=1)


class Which:
    """Names, in an address, of the tasks behind a figure."""

    LATE, ON_TIME, OPEN = "late", "on_time", "open"
    MOVED, RETURNED, REOPENED, UNSAID = "moved", "returned", "reopened", "unsaid"


WHICH: dict[str, Q] = {
    Which.LATE: Q(is_on_time=False),
    Which.ON_TIME: Q(is_on_time=True),
    Which.OPEN: Q(is_on_time=False, done_at=None, archived_at=None),
    Which.MOVED: Q(is_moved=True),
    Which.RETURNED: Q(is_returned=True),
    Which.REOPENED: Q(is_reopened=True),
    Which.UNSAID: Q(is_on_time=False, done_at__isnull=False, delay=None),
}
CLOSED_LATE = Q(is_on_time=False, done_at__isnull=False)
UNCLEAR = Q(is_returned=True) | Q(delay__cause__code=BuiltInCause.UNCLEAR)


class Element(Func):
    """The element of an array of whole numbers at a place, counted from 1."""

    template = "(%(expressions)s]"
    arg_joiner = ")["
    output_field = IntegerField()


class DaysFrom(Func):
    """Whole days between two dates."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def people_of(viewer: Any) -> Any:
    """Whose discipline `viewer` may see: his people's and his own."""
    return User.objects.filter(
        Q(pk=viewer.pk) | Q(pk__in=User.objects.work_visible_to(viewer).values("pk"))
    )


def promised_in(period: Period, *, viewer: Any, now: datetime) -> Any:
    """Tasks in the sight of `viewer` that fell due, of the people he sees (see `fallen_due`)."""
    rows = fallen_due(Task.objects.visible_to(viewer), period, now)
    return rows.filter(doer__in=people_of(viewer).values("pk"))


def fallen_due(tasks: Any, period: Period, now: datetime) -> Any:
    """Those of `tasks` that fell due, with `doer`, `is_on_time`, `is_moved`, `is_returned`,
    `is_reopened` and `delay_days` (working days, 0 for those on time)."""
    begun, ended = moments_of(period)
    rows = tasks.filter(promised_at__gte=begun, promised_at__lt=min(ended, now))
    rows = rows.exclude(done_at=None, archived_at__lte=F("promised_at"))
    rows = rows.annotate(
        doer=Coalesce(Subquery(who_had_it()), F("assignee_id"), output_field=BigIntegerField()),
        is_on_time=Case(When(done_at__lte=F("promised_at"), then=True), default=False),
        is_moved=Case(When(due_at__gt=F("promised_at"), then=True), default=False),
        is_returned=Exists(TaskLog.objects.filter(task=OuterRef("pk"), kind=Event.RETURNED)),
        is_reopened=Exists(reopenings()),
    )
    return rows.annotate(delay_days=delay_in(period.start, now))


def who_had_it() -> QuerySet[Any]:
    """The assignee after the last event before the promised term."""
    before = TaskLog.objects.filter(task=OuterRef("pk"), at__lte=OuterRef("promised_at"))
    return before.order_by("-pk").values("assignee")[:1]


def reopenings() -> QuerySet[Any]:
    """Openings of a task, but for those that followed "done" within a minute."""
    just_done = TaskLog.objects.filter(
        task=OuterRef("task"),
        kind=Event.FINISHED,
        pk__lt=OuterRef("pk"),
        at__gte=ExpressionWrapper(OuterRef("at") - SLIP, output_field=DateTimeField()),
    )
    opened = TaskLog.objects.filter(task=OuterRef("pk"), kind=Event.REOPENED)
    return opened.filter(~Exists(just_done))


def delay_in(first: date, now: datetime) -> Case:
    """Working days from the promised day to the day of the closing, so far to today."""
    zone = company_zone()
    last = business_day(now, zone)
    length = (last - first).days + 1
    numbers = working_day_numbers(length, first, WorkCalendar.load(first, last).is_working)
    array = Value(numbers, output_field=ArrayField(IntegerField()))
    ended = Coalesce(F("done_at"), F("archived_at"), Value(now))

    def number(moment: Any) -> Element:
        return Element(array, DaysFrom(TruncDate(moment, tzinfo=zone), Value(first)) + Value(1))

    late = number(ended) - number(F("promised_at"))
    return Case(When(is_on_time=False, then=late), default=0, output_field=IntegerField())


SUMS = {
    "due": Count("pk"),
    "on_time": Count("pk", filter=WHICH[Which.ON_TIME]),
    "still_open": Count("pk", filter=WHICH[Which.OPEN]),
    "weight": Sum("priority"),
    "weight_on_time": Coalesce(Sum("priority", filter=WHICH[Which.ON_TIME]), 0),
    "delay_days": Sum("delay_days"),
    "moved": Count("pk", filter=WHICH[Which.MOVED]),
    "returned": Count("pk", filter=WHICH[Which.RETURNED]),
    "reopened": Count("pk", filter=WHICH[Which.REOPENED]),
}


@dataclass(frozen=True)
class Line:
    """One row of the table: a person, or a team (`person` is None) with all of its people."""

    team: Any
    person: User | None
    figures: Discipline


def by_person(rows: Any) -> dict[int, Discipline]:
    found = rows.order_by().values("doer").annotate(**SUMS)
    names = [field.name for field in fields(Discipline)]
    return {row["doer"]: Discipline(**{name: row[name] for name in names}) for row in found}


def lines_of(rows: Any) -> list[Line]:
    """Teams in the order of their names, each before its people."""
    figures = by_person(rows)
    people = User.objects.filter(pk__in=figures).select_related("team")
    teams: dict[Any, list[User]] = {}
    for person in people.in_name_order():
        teams.setdefault(person.team, []).append(person)
    lines = []
    for team in sorted(teams, key=lambda team: (team is None, str(team))):
        mine = teams[team]
        lines.append(Line(team, None, total(figures[person.pk] for person in mine)))
        lines += [Line(team, person, figures[person.pk]) for person in mine]
    return lines


def total(figures: Iterable[Discipline]) -> Discipline:
    return sum(figures, Discipline())


@dataclass(frozen=True)
class CauseLine:
    """How many late tasks had the cause; None is "nobody has said yet"."""

    cause: DelayCause | None
    tasks: int
    share: Decimal


def by_cause(rows: Any) -> list[CauseLine]:
    """Causes of the tasks closed late, the most frequent first, unsaid ones last; shares of those.

    Who is still at it has not been asked yet.
    """
    late = rows.filter(CLOSED_LATE).order_by()
    found = list(late.values("delay__cause").annotate(tasks=Count("pk")))
    causes = DelayCause.objects.in_bulk([row["delay__cause"] for row in found])
    count = sum(row["tasks"] for row in found)
    lines = [
        CauseLine(causes.get(row["delay__cause"]), row["tasks"], Decimal(row["tasks"]) / count)
        for row in found
    ]
    return sorted(lines, key=lambda line: (line.cause is None, -line.tasks, str(line.cause)))


@dataclass(frozen=True)
class AuthorLine:
    """How clear the tasks are that a person sets to others."""

    author: User
    due: int
    returned: int
    unclear: int
    without_criterion: int

    @property
    def share(self) -> Decimal | None:
        return unclear_share(self.unclear, self.due)


def by_author(rows: Any, viewer: Any) -> list[AuthorLine]:
    """Those among the people of `viewer` who set tasks to others, most returns first."""
    theirs = rows.exclude(author=F("doer")).filter(author__in=people_of(viewer).values("pk"))
    found = (
        theirs.order_by()
        .values("author")
        .annotate(
            due=Count("pk"),
            returned=Count("pk", filter=WHICH[Which.RETURNED]),
            unclear=Count("pk", filter=UNCLEAR),
            without_criterion=Count("pk", filter=Q(acceptance="")),
        )
    )
    counts = {row.pop("author"): row for row in found}
    people = User.objects.in_bulk(list(counts))
    lines = [AuthorLine(people[pk], **row) for pk, row in counts.items()]
    return sorted(lines, key=lambda line: (-line.unclear, -line.due, line.author.name_key))
