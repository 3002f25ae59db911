"""Nights when the clock of the machine or of the company is moved (X28), beat was dead (X04) or two ran
(X03): today is the company's (invariant 14)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from apps.core.choices import JobStatus
from apps.core.jobs import run_job
from apps.core.models import Company, Job
from apps.kpis.actions.nights import missed_days, start_due_night
from apps.kpis.models import NightRun
from apps.kpis.tasks import start_due_nights_task

pytestmark = [pytest.mark.django_db, pytest.mark.fault]


@pytest.fixture
def company(company_node):
    """A company in a zone; its nights begin at 2:00."""

    def live_in(zone):
        Company.objects.update_or_create(pk=1, defaults={"time_zone": zone})

    return live_in


def beat():
    """What the clock does every few minutes, and a worker with what it finds."""
    start_due_nights_task()
    while job := Job.objects.filter(status=JobStatus.QUEUED).order_by("pk").first():
        run_job(job.pk)


def days():
    return list(NightRun.objects.published().order_by("pk").values_list("day", flat=True))


def every_hour(first, hours, *, zone="UTC", shift=None):
    """Beat once an hour from `first`; `shift` moves the clock before some of the hours."""
    start = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    for hour in range(hours):
        moment = start + timedelta(hours=hour)
        if shift:
            moment += shift(hour)
        with time_machine.travel(moment, tick=False):
            beat()


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        # 29 March: from 2:00 to 3:00, the hour of the night is not there at all.
        ("2026-03-28T12:00", [27, 28, 29]),
        # 25 October: from 3:00 back to 2:00, the hour of the night comes twice.
        ("2026-10-24T12:00", [23, 24, 25]),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Nuuk"])
def test_nights_of_a_changed_clock(company, zone, first, expected):
    company(zone)
    every_hour(first, 48, zone=zone)

    assert [day.day for day in days()] == expected


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_that_jumps_by_an_hour(company, jump):
    """At four in the second night, after it has run; and back to the true time a day later."""
    company("Europe/Moscow")
    every_hour(
        "2026-11-01T22:00",
        80,
        shift=lambda hour: jump if 30 <= hour < 54 else timedelta(0),
    )

    found = days()
    assert found == sorted(set(found))
    assert found == [found[0] + timedelta(days=shift) for shift in range(len(found))]
    assert len(found) == 5


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Europe/Moscow", "Asia/Vladivostok"),
        ("Asia/Vladivostok", "Europe/Kaliningrad"),
        ("Europe/Kaliningrad", "America/New_York"),
    ],
)
def test_the_company_moves_to_another_time_zone(company, before, after):
    """A day that has had its night has no second one; no day is left out."""
    company(before)
    every_hour("2026-11-02T12:00", 40)
    company(after)
    every_hour("2026-11-04T04:00", 60)

    found = days()
    assert found == [found[0] + timedelta(days=shift) for shift in range(len(found))]
    assert found[-1] == date(2026, 11, 5)


def test_a_day_counted_ahead_waits_until_the_new_zone_gets_there(company):
    """Vladivostok has done the 3rd; to New York it is still the 3rd: nothing is due, nothing breaks."""
    company("Asia/Vladivostok")
    with time_machine.travel("2026-11-03T17:00Z", tick=False):
        beat()
        assert days() == [date(2026, 11, 3)]
        company("America/New_York")
        assert missed_days(timezone.now()) == []
        assert start_due_night(timezone.now()) is None
    with time_machine.travel("2026-11-05T08:00Z", tick=False):
        beat()

    assert days() == [date(2026, 11, 3), date(2026, 11, 4)]


def test_a_beat_that_was_dead_for_three_days_and_two_that_wake_at_once(company):
    company("Europe/Moscow")
    with time_machine.travel("2026-11-02T00:00Z", tick=False):
        beat()
    with time_machine.travel("2026-11-05T00:00Z", tick=False):
        start_due_nights_task()
        assert start_due_nights_task() is None  # the second beat
        beat()

    assert days() == [date(2026, 11, day) for day in (1, 2, 3, 4)]
