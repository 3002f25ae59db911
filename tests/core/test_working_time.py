"""Working minutes and percentiles, by hand."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from apps.core.working_time import WorkingHours, percentile, working_minutes

MOSCOW = ZoneInfo("Europe/Moscow")
HOURS = WorkingHours(time(9), time(18), MOSCOW)


def is_working(day):
    return day.weekday() < 5 and day != date(2026, 11, 4)


def at(day, hour, minute=0, second=0):
    return datetime(2026, 11, day, hour, minute, second, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("begun", "ended", "minutes"),
    [
        (at(2, 10), at(2, 10, 25), 25),  # Monday, within the hours
        (at(2, 10), at(2, 10, 25, 59), 25),  # whole minutes
        (at(2, 17, 50), at(3, 9, 15), 25),  # 10 in the evening, 15 in the morning
        (at(2, 3), at(2, 9, 5), 5),  # before the opening
        (at(2, 20), at(2, 23), 0),  # after the closing
        (at(6, 17), at(9, 9, 30), 90),  # Friday to Monday
        (at(7, 12), at(8, 12), 0),  # the weekend
        (at(3, 17), at(5, 10), 120),  # over the holiday of 4 November
        (at(2, 0), at(7, 0), 4 * 9 * 60),  # a week with a holiday
        (at(2, 12), at(2, 11), 0),  # ended before it began
        (at(2, 10), at(2, 10), 0),
    ],
)
def test_working_minutes(begun, ended, minutes):
    assert working_minutes(begun, ended, hours=HOURS, is_working=is_working) == minutes


def test_the_hours_are_those_of_the_company_not_of_utc():
    begun = datetime(2026, 11, 2, 5, 50, tzinfo=ZoneInfo("UTC"))  # 8:50 in Moscow
    ended = datetime(2026, 11, 2, 6, 10, tzinfo=ZoneInfo("UTC"))

    assert working_minutes(begun, ended, hours=HOURS, is_working=is_working) == 10


def test_a_night_of_changed_clocks_costs_nothing():
    berlin = ZoneInfo("Europe/Berlin")
    hours = WorkingHours(time(9), time(18), berlin)
    begun = datetime(2026, 3, 27, 17, tzinfo=berlin)  # Friday; clocks change on Sunday
    ended = datetime(2026, 3, 30, 10, tzinfo=berlin)

    assert working_minutes(begun, ended, hours=hours, is_working=is_working) == 120


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, None),
        ([7], 0.9, 7),
        ([1, 3], 0.5, 2),
        ([40, 10, 30, 20], 0.5, 25),
        (list(range(1, 12)), 0.9, 10),
    ],
)
def test_percentile(values, share, expected):
    assert percentile(values, share) == expected
