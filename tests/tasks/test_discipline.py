"""F19 by hand: apps/tasks/FORMULAS.md has the same tasks, days and sums."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import time_machine
from django.db import InternalError, transaction
from django.urls import reverse

from apps.core.periods import Period
from apps.tasks import discipline
from apps.tasks.actions import (
    archive_task,
    change_task,
    create_task,
    explain_delay,
    finish_task,
    reopen_task,
    return_task,
)
from apps.tasks.calculations import Discipline, working_day_numbers
from apps.tasks.discipline import Which
from apps.tasks.forms.discipline import name_of_period, period_named
from apps.tasks.models import DelayCause, Task
from tests.factories.staff import UserFactory
from tests.factories.tasks import TaskFactory

MOSCOW = ZoneInfo("Europe/Moscow")
PAGE, ROWS = reverse("tasks:discipline"), reverse("tasks:discipline_tasks")
NOVEMBER = Period(datetime(2026, 11, 1).date(), datetime(2026, 12, 1).date())
LOW, NORMAL, HIGH = 1, 2, 3


def at(day, hour=12, month=11):
    return datetime(2026, month, day, hour, tzinfo=MOSCOW)


NOW = at(25, 12)  # a Wednesday


def made(lead, seller, title, *, due, done=None, priority=NORMAL):
    """Set a week before its term by the lead, done by the seller; all by the actions."""
    with time_machine.travel(at(5), tick=False):
        task = create_task(by=lead, assignee=seller, title=title, due_at=due, priority=priority)
    if done:
        with time_machine.travel(done, tick=False):
            finish_task(task, by=seller)
    return Task.objects.get(pk=task.pk)


@pytest.fixture
def five(lead, seller):
    """The example of FORMULAS.md: two on time, two late, one open; Monday is the 23rd."""
    return {
        "early": made(lead, seller, "раньше", due=at(16, 18), done=at(16, 17), priority=HIGH),
        "exact": made(lead, seller, "минута в минуту", due=at(17, 18), done=at(17, 18)),
        "weekend": made(lead, seller, "за выходные", due=at(20, 18), done=at(23, 10)),
        "days": made(lead, seller, "на три дня", due=at(17, 18), done=at(20, 10), priority=LOW),
        "open": made(lead, seller, "открыта", due=at(24, 18), priority=HIGH),
        "future": made(lead, seller, "ещё не срок", due=at(27, 18)),
    }


def figures(viewer, now=NOW, period=NOVEMBER):
    rows = discipline.promised_in(period, viewer=viewer, now=now)
    return discipline.total(discipline.by_person(rows).values())


def test_the_example_of_the_formulas(five, lead):
    found = figures(lead)

    assert found == Discipline(
        due=5, on_time=2, still_open=1, weight=11, weight_on_time=5, delay_days=1 + 3 + 1
    )
    assert (found.late, found.share) == (3, Decimal("0.4"))
    assert found.index == Decimal(5) / 11
    assert found.mean_delay == Decimal(5) / 3


def test_without_due_tasks_nothing_is_defined(lead):
    found = figures(lead)

    assert (found.share, found.index, found.mean_delay) == (None, None, None)


def test_working_days_are_numbered():
    friday = datetime(2026, 11, 20).date()

    assert working_day_numbers(4, friday, lambda day: day.weekday() < 5) == [1, 1, 1, 2]


def test_a_term_put_off_does_not_make_a_late_task_punctual(lead, seller):
    task = made(lead, seller, "перенесли", due=at(16, 18))
    with time_machine.travel(at(16, 10), tick=False):
        change_task(task, by=lead, expected_version=1, due_at=at(20, 18))
    with time_machine.travel(at(19, 10), tick=False):
        finish_task(task, by=seller)

    found = figures(lead)

    assert (found.due, found.on_time, found.moved, found.delay_days) == (1, 0, 1, 3)


def test_the_promise_cannot_be_rewritten(lead, seller):
    task = made(lead, seller, "обещано", due=at(16, 18))

    with pytest.raises(InternalError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(promised_at=at(30))

    assert Task.objects.get(pk=task.pk).promised_at == at(16, 18)


def test_rows_that_come_without_a_promise_promise_their_term(lead):
    Task.objects.bulk_create([Task(title="пакетом", author=lead, assignee=lead, due_at=at(16))])

    assert Task.objects.get().promised_at == at(16)


def test_a_late_task_handed_on_stays_with_whoever_had_it(lead, seller, teammate):
    task = made(lead, seller, "передали", due=at(16, 18))
    with time_machine.travel(at(18), tick=False):
        change_task(task, by=lead, expected_version=1, assignee=teammate)
        finish_task(task, by=teammate)

    people = discipline.by_person(discipline.promised_in(NOVEMBER, viewer=lead, now=NOW))

    assert people == {seller.pk: Discipline(due=1, weight=2, delay_days=2)}


def test_a_task_handed_on_in_time_is_the_new_persons(lead, seller, teammate):
    task = made(lead, seller, "передали", due=at(16, 18))
    with time_machine.travel(at(13), tick=False):
        change_task(task, by=lead, expected_version=1, assignee=teammate)

    people = discipline.by_person(discipline.promised_in(NOVEMBER, viewer=lead, now=NOW))

    assert list(people) == [teammate.pk]


def test_withdrawn_before_the_term_does_not_count_and_binned_after_it_does(lead, seller):
    before = made(lead, seller, "отозвали", due=at(16, 18))
    after = made(lead, seller, "выбросили", due=at(16, 18))
    with time_machine.travel(at(13), tick=False):
        archive_task(before, by=lead)
    with time_machine.travel(at(18), tick=False):
        archive_task(after, by=lead)

    found = figures(lead)

    assert (found.due, found.on_time, found.still_open, found.delay_days) == (1, 0, 0, 2)


def test_returns_and_openings_are_counted_a_slip_is_not(lead, seller):
    returned = made(lead, seller, "вернули", due=at(20, 18), done=at(16))
    slip = made(lead, seller, "промах", due=at(20, 18), done=at(16))
    opened = made(lead, seller, "открыли", due=at(20, 18), done=at(16))
    with time_machine.travel(datetime(2026, 11, 16, 12, 0, 40, tzinfo=MOSCOW), tick=False):
        reopen_task(slip, by=seller)
    with time_machine.travel(at(17), tick=False):
        return_task(returned, by=lead, reason="нет подписи")
        reopen_task(opened, by=lead)
    with time_machine.travel(at(18), tick=False):
        for task in (slip, opened):
            finish_task(task, by=seller)

    found = figures(lead)

    assert (found.due, found.on_time, found.returned, found.reopened) == (3, 2, 1, 1)


def test_causes_split_the_late_ones(five, lead, seller):
    overload, unclear = (DelayCause.objects.get(code=code) for code in ("overload", "unclear"))
    explain_delay(five["weekend"], by=seller, cause=overload)
    explain_delay(five["days"], by=seller, cause=unclear)

    lines = discipline.by_cause(discipline.promised_in(NOVEMBER, viewer=lead, now=NOW))

    assert {line.cause: (line.tasks, line.share) for line in lines} == {
        overload: (1, Decimal("0.5")),
        unclear: (1, Decimal("0.5")),
    }


def test_late_tasks_that_nobody_explained_stand_last(five, lead, seller):
    explain_delay(five["days"], by=seller, cause=DelayCause.objects.get(code="forgot"))

    lines = discipline.by_cause(discipline.promised_in(NOVEMBER, viewer=lead, now=NOW))

    assert [str(line.cause) for line in lines] == ["забыл", "None"]


def test_who_sets_unclear_tasks_is_seen(five, lead, seller, head):
    explain_delay(five["days"], by=seller, cause=DelayCause.objects.get(code="unclear"))
    with time_machine.travel(at(18), tick=False):
        return_task(five["early"], by=lead, reason="не то")
    TaskFactory(assignee=seller, author=head, due_at=at(17), acceptance="счёт отправлен")

    rows = discipline.promised_in(NOVEMBER, viewer=head, now=NOW)
    lines = discipline.by_author(rows, head)

    assert [
        (line.author, line.due, line.returned, line.unclear, line.without_criterion)
        for line in lines
    ] == [(lead, 5, 1, 2, 5), (head, 1, 0, 0, 0)]
    assert lines[0].share == Decimal("0.4")


def test_everybody_sees_the_discipline_of_his_own_people(five, seller, lead, other_seller, head):
    TaskFactory(assignee=other_seller, due_at=at(17))

    assert figures(seller).due == 5
    assert figures(lead).due == 5
    assert figures(other_seller).due == 1
    assert figures(head).due == 6


def test_hr_sees_his_own_alone(five, hr):
    TaskFactory(assignee=hr, due_at=at(17))

    assert figures(hr).due == 1


@pytest.mark.parametrize(
    ("text", "name", "start", "end"),
    [
        ("2026-02", "2026-02", "2026-02-01", "2026-03-01"),
        ("2026-Q4", "2026-Q4", "2026-10-01", "2027-01-01"),
        ("2025", "2025", "2025-01-01", "2026-01-01"),
        ("2026-13", "2026-11", "2026-11-01", "2026-12-01"),
        ("'; drop", "2026-11", "2026-11-01", "2026-12-01"),
    ],
)
def test_periods_are_named_in_the_address(text, name, start, end):
    period = period_named(text, NOW.date())

    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert name_of_period(period) == name


def seen(client, url, query=None):
    with time_machine.travel(NOW, tick=False):
        return client.get(url, {"period": "2026-11", **(query or {})})


def test_the_page_hides_rates_of_few_tasks(client, five, lead):
    client.force_login(lead)

    page = seen(client, PAGE).content.decode()

    assert "Сроков вышло: 5. Сделано в срок: 2, не в срок: 3, из них ещё открыто: 1." in page
    assert page.count("мало, n=5") >= 3
    assert "40 %" not in page


def test_the_page_shows_rates_from_ten_tasks_on(client, lead, seller):
    for number in range(10):
        task = TaskFactory(assignee=seller, author=lead, due_at=at(17))
        if number < 9:
            Task.objects.filter(pk=task.pk).update(done_at=at(16))
    client.force_login(lead)

    page = seen(client, PAGE).content.decode().replace("\xa0", " ")

    assert "90,0 %" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {"early", "exact", "weekend", "days", "open"}),
        ({"which": Which.ON_TIME}, {"early", "exact"}),
        ({"which": Which.LATE}, {"weekend", "days", "open"}),
        ({"which": Which.OPEN}, {"open"}),
        ({"which": Which.UNSAID}, {"weekend", "days"}),
        ({"which": Which.MOVED}, set()),
        ({"person": "0"}, set()),
    ],
)
def test_each_figure_opens_the_tasks_behind_it(client, five, lead, query, names):
    client.force_login(lead)

    page = seen(client, ROWS, query)

    assert {task.pk for task in page.context["page"]} == {five[name].pk for name in names}


def test_the_tasks_of_a_person_of_another_team_stay_hidden(client, five, lead, other_seller):
    task = TaskFactory(title="чужая", assignee=other_seller, due_at=at(17))
    client.force_login(lead)

    page = seen(client, ROWS, {"person": other_seller.pk})

    assert list(page.context["page"]) == []
    assert task.title not in page.content.decode()
    assert str(other_seller) not in page.content.decode()


def test_files_hold_what_the_page_shows(client, five, lead, seller, tmp_path):
    client.force_login(lead)

    csv = seen(client, ROWS, {"which": Which.LATE, "format": "csv"}).getvalue().decode()
    file = tmp_path / "people.xlsx"
    answer = seen(client, reverse("tasks:discipline_export"), {"format": "xlsx"})
    file.write_bytes(answer.getvalue())
    rows = list(openpyxl.load_workbook(file).active.values)

    assert [line.split(";")[0] for line in csv.splitlines()[1:]] == [
        "на три дня",
        "за выходные",
        "открыта",
    ]
    assert [row[1:] for row in rows[1:]] == [
        ("команда в целом", 5, 2, None, None, 3, 1, 1.7, 0, 0, 0),
        (str(seller), 5, 2, None, None, 3, 1, 1.7, 0, 0, 0),
    ]


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_makes_a_fixed_number_of_statements(
    client, count, lead, team_a, django_assert_max_num_queries
):
    for person in UserFactory.create_batch(count, team=team_a):
        TaskFactory.create_batch(2, assignee=person, author=lead, due_at=at(17))
    client.force_login(lead)
    seen(client, PAGE)

    with django_assert_max_num_queries(15):
        seen(client, PAGE)
    with django_assert_max_num_queries(8):
        seen(client, ROWS)


def test_moments_are_read_by_the_companys_day(lead, seller):
    """22:30 UTC of 31 October is 1:30 of 1 November in Moscow."""
    TaskFactory(assignee=seller, author=lead, due_at=datetime(2026, 10, 31, 22, 30, tzinfo=UTC))

    assert figures(lead).due == 1
