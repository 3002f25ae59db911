"""Starting, resuming, catching up and publishing nights."""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils import timezone

from apps.core.choices import JobStatus
from apps.core.jobs import enqueue, run_job
from apps.core.models import Company, Job
from apps.kpis.actions.nights import (
    fail_night,
    last_due_day,
    missed_days,
    publish_night,
    retry_night,
    start_due_night,
    start_night,
)
from apps.kpis.models import NightRun, Snapshot
from apps.kpis.night import chain, steps
from apps.kpis.night.chain import do_night
from apps.kpis.night.steps import (
    Step,
    all_steps,
    free_parts,
    perform,
    plan_parts,
    unfinished_parts,
)
from apps.kpis.snapshots import as_of, current_snapshot
from apps.kpis.tasks import start_due_nights_task
from tests.factories.kpis import do_night_of, morning_after

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 17)


@pytest.fixture
def clock():
    with time_machine.travel(morning_after(DAY), tick=False) as clock:
        yield clock


def run_all_jobs():
    while job := Job.objects.filter(status=JobStatus.QUEUED).order_by("pk").first():
        run_job(job.pk)


@pytest.fixture
def broken_step(monkeypatch):
    """A step of the night that fails until it is told not to."""
    state = {"fails": True}

    def work(_run, _part):
        if state["fails"]:
            raise DatabaseError("Key (email)=(canary@example.com) of Канарейкин already exists")
        return 7

    monkeypatch.setitem(steps._steps, "broken", Step("broken", 55, "Broken", work))
    return state


def test_a_night_is_published_with_all_its_steps(company_node, clock):
    run = do_night_of(DAY)

    assert (run.status, run.is_current, run.day) == ("done", True, DAY)
    assert list(dict.fromkeys(step.code for step in run.steps.all())) == [
        "segments",
        "cohorts",
        "present",
        "norms",
        "balances",
        "facts",
        "promises",
        "verification",
        "service",
        "handovers",
        "snapshots",
        "metrics",
        "bonuses",
        "products",
        "effects",
        "contests",
        "scorecards",
        "forecasts",
        "tidying",
    ]
    facts = run.steps.filter(code="facts").values_list("part", flat=True)
    assert set(facts) == {"deals", "activities", "payments"}
    assert all(step.finished_at for step in run.steps.all())
    assert as_of() == run


def test_the_second_start_ends_at_once(company_node, clock):
    start_night(day=DAY)
    with pytest.raises(ValidationError) as refusal:
        start_night(day=DAY)

    assert refusal.value.code == "already_running"
    assert start_due_night(timezone.now()) is None
    assert NightRun.objects.count() == 1


def test_a_day_that_is_not_over_waits(company_node, clock):
    with pytest.raises(ValidationError) as refusal:
        start_night(day=DAY + timedelta(days=1))

    assert refusal.value.code == "too_early"


def test_people_never_go_back_to_an_older_day(company_node):
    do_night_of(DAY)
    with time_machine.travel(morning_after(DAY)), pytest.raises(ValidationError) as refusal:
        start_night(day=DAY - timedelta(days=1))

    assert refusal.value.code == "too_late"


def test_three_missed_days_are_caught_up_in_order(company_node):
    do_night_of(DAY)
    with time_machine.travel(morning_after(DAY + timedelta(days=3)), tick=False):
        start_due_nights_task()
        run_all_jobs()

    days = NightRun.objects.published().order_by("published_at", "pk").values_list("day", flat=True)
    assert list(days) == [DAY + timedelta(days=shift) for shift in range(4)]
    assert as_of().day == DAY + timedelta(days=3)


def test_the_clock_starts_one_night_a_day(company_node, clock):
    start_due_nights_task()
    run_all_jobs()
    assert start_due_nights_task() is None
    clock.shift(timedelta(hours=21))
    assert start_due_nights_task() is None
    clock.shift(timedelta(hours=2))
    assert start_due_nights_task() is not None


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/Moscow", "2026-03-17T22:59+00:00", date(2026, 3, 16)),
        ("Europe/Moscow", "2026-03-17T23:00+00:00", date(2026, 3, 17)),
        ("Asia/Vladivostok", "2026-03-17T16:00+00:00", date(2026, 3, 17)),
        ("Asia/Vladivostok", "2026-03-17T15:59+00:00", date(2026, 3, 16)),
        ("Europe/Kaliningrad", "2026-03-17T23:59+00:00", date(2026, 3, 16)),
        ("America/New_York", "2026-03-17T06:00+00:00", date(2026, 3, 16)),
        # Clocks go forward from 02:00 to 03:00, and back from 03:00 to 02:00.
        ("Europe/Berlin", "2026-03-29T01:00+00:00", date(2026, 3, 28)),
        ("Europe/Berlin", "2026-03-29T00:59+00:00", date(2026, 3, 27)),
        ("Europe/Berlin", "2026-10-25T00:00+00:00", date(2026, 10, 24)),
        ("Europe/Berlin", "2026-10-25T01:30+00:00", date(2026, 10, 24)),
        ("Europe/Moscow", "2028-02-29T23:00+00:00", date(2028, 2, 29)),
        ("Europe/Moscow", "2026-12-31T23:00+00:00", date(2026, 12, 31)),
    ],
)
def test_a_night_begins_by_the_company_clock(db, zone, moment, day):
    Company.objects.update_or_create(pk=1, defaults={"name": "Ромашка", "time_zone": zone})

    assert last_due_day(datetime.fromisoformat(moment)) == day


def test_both_hours_of_the_autumn_night_make_one_run(company_node):
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Berlin"})
    with time_machine.travel("2026-10-25T00:10+00:00", tick=False) as clock:
        start_due_nights_task()
        run_all_jobs()
        clock.shift(timedelta(hours=1))
        start_due_nights_task()
        run_all_jobs()

    assert list(NightRun.objects.values_list("day", flat=True)) == [date(2026, 10, 24)]


def test_nothing_of_an_unfinished_night_is_seen(sell, seller, broken_step):
    broken_step["fails"] = False
    sell(seller, DAY, "100000.00")
    do_night_of(DAY)
    sell(seller, DAY + timedelta(days=1), "50000.00")
    broken_step["fails"] = True
    with pytest.raises(DatabaseError):
        do_night_of(DAY + timedelta(days=1))

    with time_machine.travel(morning_after(DAY + timedelta(days=1))):
        payload = current_snapshot("person", seller.pk).payload
    assert payload["day"] == DAY.isoformat()
    assert payload["result"]["fact"] == Decimal("100000.00")


def test_a_resumed_night_does_not_repeat_finished_steps(company_node, clock, broken_step):
    run = start_night(day=DAY, in_background=False)
    with pytest.raises(DatabaseError):
        do_night(run)
    facts = run.steps.get(code="facts", part="deals")
    broken_step["fails"] = False
    do_night(NightRun.objects.get(pk=run.pk))

    run.refresh_from_db()
    assert run.is_current
    assert run.steps.get(code="facts", part="deals").finished_at == facts.finished_at
    assert run.steps.get(code="facts", part="deals").attempts == 1
    assert run.steps.get(code="broken").attempts == 2
    assert Snapshot.objects.filter(run=run, period_start=date(2026, 3, 1)).count() == 1


def test_a_finished_step_is_not_done_again(company_node, clock):
    run = do_night_of(DAY)

    assert perform(run.steps.get(code="facts", part="deals")) is False
    assert run.steps.get(code="facts", part="deals").attempts == 1


def test_a_night_that_keeps_failing_is_given_up_and_can_be_retried(
    company_node, clock, broken_step, head
):
    run = start_night(day=DAY)
    for _ in range(5):
        run_all_jobs()
    run.refresh_from_db()
    assert run.status == "failed"
    error = run.steps.get(code="broken").error
    assert error.startswith("DatabaseError at apps/kpis/night/steps.py:")
    assert "canary" not in error  # T56: nothing of the data
    assert "Канарейкин" not in error
    assert start_due_night(timezone.now()) is None

    broken_step["fails"] = False
    retry_night(run, by=head)
    run_all_jobs()
    run.refresh_from_db()
    assert (run.status, run.is_current) == ("done", True)
    assert run.steps.get(code="broken").error == ""


def test_a_run_whose_job_is_gone_does_not_block_the_next(company_node, clock):
    run = start_night(day=DAY)
    Job.objects.filter(pk=run.job_id).update(status=JobStatus.FAILED)
    second = start_night(day=DAY)

    run.refresh_from_db()
    assert (run.status, second.status) == ("failed", "running")


def test_only_a_whole_night_is_published(company_node, clock):
    run = start_night(day=DAY, in_background=False)
    run.steps.create(code="facts", order=10)
    with pytest.raises(ValidationError) as refusal:
        publish_night(run)

    assert refusal.value.code == "unfinished"
    assert as_of() is None


def test_missed_days_before_the_first_night_are_the_last_one(company_node, clock):
    assert missed_days(timezone.now()) == [DAY]


def test_steps_stand_in_their_order():
    orders = [step.order for step in all_steps()]

    assert orders == sorted(orders)


def test_a_step_needs_only_what_stands_before_it():
    """So no two wait for each other, and a step that has been given up holds nothing back."""
    places = {step.code: step.order for step in all_steps()}

    assert [
        (step.code, code)
        for step in all_steps()
        for code in step.after
        if not places.get(code, math.inf) < step.order
    ] == []


def free_codes(run):
    return {row.code for row in free_parts(unfinished_parts(run))}


def test_a_part_is_free_as_soon_as_what_it_needs_has_ended(company_node, clock):
    run = start_night(day=DAY, in_background=False)
    chain.prepare(run)
    plan_parts(run)
    assert free_codes(run) == {
        "segments",
        "cohorts",
        "present",
        "promises",
        "verification",
        "tidying",
    }

    perform(run.steps.get(code="cohorts"))
    assert "norms" in free_codes(run)  # the facts have not been begun yet
    perform(run.steps.get(code="norms"))
    assert "balances" not in free_codes(run)
    perform(run.steps.get(code="present"))
    perform(run.steps.get(code="balances"))
    assert "bonuses" in free_codes(run)
    assert "snapshots" not in free_codes(run)

    perform(run.steps.get(code="segments"))
    for part in run.steps.filter(code="facts"):
        assert "snapshots" not in free_codes(run)
        perform(part)
    assert "snapshots" in free_codes(run)


def test_who_helps_goes_on_with_what_has_become_free(company_node, clock):
    run = start_night(day=DAY)
    chain.prepare(run)
    plan_parts(run)
    part = run.steps.get(code="segments")
    job = enqueue(chain.PART_KIND, key="night-part", payload={"step": part.pk}, parent=run.job)

    assert run_job(job.pk)
    assert list(run.steps.filter(finished_at=None)) == []
    run.refresh_from_db()
    assert run.status == "running"  # only the job of the night publishes it


def test_nobody_helps_with_a_night_that_was_given_up(company_node, clock):
    run = start_night(day=DAY, in_background=False)
    chain.prepare(run)
    plan_parts(run)
    fail_night(run)

    assert chain.help_with(run) is False
    assert list(run.steps.exclude(finished_at=None)) == []
