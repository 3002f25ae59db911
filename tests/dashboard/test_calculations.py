from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.dashboard.calculations import (
    DealFacts,
    deal_reason,
    idle_days,
    pressing,
    value_of_a_task,
)
from apps.dashboard.choices import Reason

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DAY_ENDS = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


def facts(**changes):
    usual = {
        "next_step_at": NOW + timedelta(days=3),
        "expected_close_on": date(2026, 12, 10),
        "last_activity_at": NOW - timedelta(days=1),
        "stage_since": NOW - timedelta(days=5),
        "max_idle_days": 7,
        "is_lead": False,
    }
    return DealFacts(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"is_lead": True, "last_activity_at": None}, Reason.LEAD_WAITING),
        ({"is_lead": True}, None),
        ({"next_step_at": NOW - timedelta(minutes=1)}, Reason.STEP_OVERDUE),
        ({"next_step_at": NOW}, Reason.STEP_TODAY),
        ({"next_step_at": DAY_ENDS - timedelta(seconds=1)}, Reason.STEP_TODAY),
        ({"next_step_at": DAY_ENDS}, None),
        ({"expected_close_on": TODAY}, None),
        ({"expected_close_on": date(2026, 11, 22)}, Reason.CLOSE_PASSED),
        ({"next_step_at": None}, Reason.NO_STEP),
        ({"next_step_at": None, "expected_close_on": date(2026, 11, 22)}, Reason.CLOSE_PASSED),
        (
            {"last_activity_at": NOW - timedelta(days=9), "stage_since": NOW - timedelta(days=9)},
            Reason.IDLE,
        ),
        ({"last_activity_at": NOW - timedelta(days=9)}, None),
    ],
)
def test_deal_reason_names_the_most_pressing(changes, reason):
    assert deal_reason(facts(**changes), now=NOW, today=TODAY, day_ends=DAY_ENDS) == reason


def test_idle_days_count_from_the_later_of_activity_and_stage():
    deal = facts(last_activity_at=None, stage_since=NOW - timedelta(days=4, hours=23))

    assert idle_days(deal, now=NOW) == 4


def test_pressing_is_expected_value_times_urgency():
    assert pressing(Reason.STEP_OVERDUE, Decimal("100000")) == Decimal("150000.0")


def test_value_of_a_task_is_the_median_of_the_rest():
    assert value_of_a_task([Decimal(5), Decimal(1), Decimal(3)]) == Decimal(3)
    assert value_of_a_task([]) == Decimal(1)
