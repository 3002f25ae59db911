"""Tasks that the head and the leads give, and what became of them."""

import random
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType

from apps.dashboard.sample import words
from apps.dashboard.sample.days import Span, moment, moment_of
from apps.dashboard.sample.people import Staff
from apps.dashboard.sample.task_lives import TaskLives
from apps.dashboard.sample.writing import Table
from apps.deals.models import Deal
from apps.staff.choices import Role
from apps.tasks.choices import Priority, Repeats
from apps.tasks.models import Task, TaskSeries

PER_SELLER = 9
# Working days from today to the term; most of the past ones are done.
TERMS = (-60, -45, -32, -25, -18, -14, -10, -7, -5, -3, -2, -1, 0, 0, 1, 2, 3, 5, 8)
UNDONE = 0.22
DONE_AFTER_HOURS = (-20, -6, -3, -1, 2, 26, 70)


def make_tasks(span: Span, staff: Staff, rng: random.Random) -> None:
    table = Table(
        Task, "title", "acceptance", "priority", "author_id", "assignee_id", "due_at",
        "promised_at", "done_at", "accepted_at", "content_type_id", "object_id", "created_at",
        "series_id", "planned_on",
    )  # fmt: skip
    lives = TaskLives(span, rng)
    about_deals = ContentType.objects.get_for_model(Deal).pk
    head = staff.one(Role.HEAD)
    for person in staff.sellers:
        if person.left_on:
            continue
        open_deals = Deal.objects.open().filter(owner=person.id).order_by("pk")
        mine = list(open_deals.values_list("pk", flat=True)[:50])
        for _ in range(PER_SELLER):
            title, acceptance = rng.choice(words.TASKS)
            author = head if person.role == Role.LEAD or rng.random() < 0.4 else person.home.boss
            due, done = _dates(span, rng)
            deal = rng.choice(mine) if mine and rng.random() < 0.4 else None
            promised = lives.promised(due)
            set_at = lives.set_at(promised)
            number = table.add(
                title, acceptance, rng.choice(Priority.values), author.id, person.id, due,
                promised, done, accepted(done, span), about_deals if deal else None, deal,
                set_at, None, None,
            )  # fmt: skip
            lives.tell(number, person.id, author.id, set_at, promised, due, done)
    add_series(span, staff, table, lives)
    table.flush()
    lives.flush()


def add_series(span: Span, staff: Staff, table: Table, lives: TaskLives) -> None:
    """Each lead sends the summary of his week on Fridays: the next one stands, the rest will come."""
    series = Table(TaskSeries, "repeats", "begins_on")
    head = staff.one(Role.HEAD)
    friday = span.today + timedelta(days=(4 - span.today.weekday()) % 7)
    due = moment_of(span.working_from(friday), 17)
    for person in staff.sellers:
        if person.role != Role.LEAD or person.left_on:
            continue
        row = series.add(Repeats.WEEKLY, friday - timedelta(weeks=8))
        set_at = lives.set_at(due)
        number = table.add(
            *words.WEEKLY_TASK, Priority.NORMAL, head.id, person.id, due, due, None, None, None,
            None, set_at, row, friday,
        )  # fmt: skip
        lives.tell(number, person.id, head.id, set_at, due, due, None)
    series.flush()


def accepted(done: datetime | None, span: Span) -> datetime | None:
    """Work is accepted two hours later; that of the last three working days still waits."""
    if done is None or done.date() > span.add_working(span.today, -3):
        return None
    return done + timedelta(hours=2)


def _dates(span: Span, rng: random.Random) -> tuple[datetime, datetime | None]:
    """When a task is due, and when it was done."""
    day = span.add_working(span.today, rng.choice(TERMS))
    due = moment(day, rng, 12, 18)
    if day >= span.today or rng.random() < UNDONE:
        return due, None
    done = due + timedelta(hours=rng.choice(DONE_AFTER_HOURS))
    return due, min(done, moment(span.add_working(span.today, -1), rng, 18, 19))
