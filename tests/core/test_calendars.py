from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from apps.core.calendars import (
    WorkCalendar,
    business_day,
    company_today,
    company_zone,
    day_start,
    moments_of,
)
from apps.core.models import CalendarDay, Company
from apps.core.periods import month_of, year_of

pytestmark = pytest.mark.django_db

ZONES = [
    "Europe/Moscow",
    "Europe/Kaliningrad",
    "Asia/Vladivostok",
    "Europe/Berlin",
    "America/New_York",
]


@pytest.mark.parametrize("zone", ZONES)
def test_every_moment_of_a_year_belongs_to_the_day_whose_range_holds_it(zone):
    zone = ZoneInfo(zone)
    for day in year_of(date(2026, 1, 1)).days():
        start, end = moments_of(month_of(day), zone)
        first, last = day_start(day, zone), day_start(day + timedelta(days=1), zone)
        assert start <= first < last <= end
        assert business_day(first, zone) == day
        assert business_day(last - timedelta(microseconds=1), zone) == day
        assert business_day(last, zone) == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Europe/Moscow", date(2026, 3, 29), 24),
        # Clocks went from 0:00 to 1:00: this day has no midnight.
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
    ],
)
def test_length_of_the_days_on_which_clocks_change(zone, day, hours):
    zone = ZoneInfo(zone)
    length = day_start(day + timedelta(days=1), zone) - day_start(day, zone)
    assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "today"),
    [
        ("Europe/Moscow", date(2027, 1, 1)),
        ("Europe/Kaliningrad", date(2026, 12, 31)),
        ("Asia/Vladivostok", date(2027, 1, 1)),
        ("Europe/Berlin", date(2026, 12, 31)),
        ("America/New_York", date(2026, 12, 31)),
    ],
)
def test_the_year_ends_by_the_clock_of_the_company(zone, today):
    Company.objects.create(pk=1, name="Ромашка", time_zone=zone)
    with time_machine.travel(datetime(2026, 12, 31, 21, 30, tzinfo=UTC), tick=False):
        assert company_zone() == ZoneInfo(zone)
        assert company_today() == today


def test_29_february_is_a_day_like_others():
    zone = ZoneInfo("Europe/Moscow")
    assert business_day(datetime(2028, 2, 28, 21, tzinfo=UTC), zone) == date(2028, 2, 29)
    assert month_of(date(2028, 2, 29)).last_day == date(2028, 2, 29)


@pytest.fixture
def calendar():
    return WorkCalendar.load(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 1, 8), False),
        (date(2026, 1, 9), False),  # a Saturday moved here
        (date(2026, 1, 12), True),
        (date(2026, 3, 9), False),  # 8 March is a Sunday
        (date(2026, 11, 4), False),
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),
        (date(2025, 11, 1), True),  # a working Saturday, outside the loaded year
    ],
)
def test_working_days_of_russia(calendar, day, is_working):
    assert calendar.is_working(day) is is_working


def test_own_exceptions_win_both_ways():
    CalendarDay.objects.create(day=date(2026, 11, 23), is_working=False, note="день компании")
    CalendarDay.objects.create(day=date(2026, 11, 22), is_working=True)
    CalendarDay.objects.create(day=date(2027, 2, 1), is_working=False)
    calendar = WorkCalendar.load(date(2026, 11, 1), date(2026, 11, 30))

    assert not calendar.is_working(date(2026, 11, 23))
    assert calendar.is_working(date(2026, 11, 22))
    assert not calendar.is_working(date(2027, 2, 1))


def test_november_2026(calendar):
    november = month_of(date(2026, 11, 1))

    assert len(calendar.working_days(november)) == 20
    assert calendar.working_days_left(november, date(2026, 11, 23)) == 6
    assert calendar.working_days_gone(november, date(2026, 11, 23)) == 14
    assert calendar.working_days_left(november, date(2026, 12, 2)) == 0
    assert calendar.working_days_left(november, date(2026, 10, 2)) == 20


def test_adding_working_days(calendar):
    assert calendar.add_working_days(date(2026, 11, 3), 1) == date(2026, 11, 5)
    assert calendar.add_working_days(date(2026, 11, 5), -1) == date(2026, 11, 3)
    assert calendar.add_working_days(date(2026, 11, 7), 0) == date(2026, 11, 7)
    assert calendar.add_working_days(date(2026, 12, 30), 1) == date(2027, 1, 11)
    assert calendar.next_working(date(2026, 11, 7)) == date(2026, 11, 9)


def test_a_load_is_one_query_and_a_further_year_one_more(django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar = WorkCalendar.load(date(2024, 1, 1), date(2026, 12, 31))
        calendar.working_days(year_of(date(2025, 1, 1)))
    with django_assert_num_queries(1):
        calendar.working_days(year_of(date(2027, 1, 1)))
        calendar.working_days(year_of(date(2027, 1, 1)))
