from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apps.deals.calculations import (
    LineMoney,
    age_bucket,
    discount,
    idle_days,
    is_idle,
    lines_total,
    margin,
    proposed,
    share_of_receipt,
    step_state,
    weighted_amount,
)
from apps.deals.choices import AgeBucket, StepState

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


def test_idle_days_count_from_the_later_of_activity_and_move():
    ten_days, four_days = NOW - timedelta(days=10), NOW - timedelta(days=4)

    assert idle_days(None, ten_days, NOW) == 10
    assert idle_days(four_days, ten_days, NOW) == 4
    assert idle_days(ten_days, four_days, NOW) == 4


def test_an_activity_written_for_later_today_leaves_no_negative_days():
    assert idle_days(NOW + timedelta(hours=2), NOW, NOW) == 0


@pytest.mark.parametrize(("days", "expected"), [(7, False), (8, True)])
def test_a_deal_is_idle_after_the_limit_not_on_it(days, expected):
    assert is_idle(days, 7) is expected


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (None, StepState.NONE),
        (NOW - timedelta(minutes=1), StepState.OVERDUE),
        (NOW, StepState.TODAY),
        # 23:30 in Moscow is still today, half an hour later it is tomorrow, whatever UTC says.
        (datetime(2026, 11, 23, 20, 30, tzinfo=UTC), StepState.TODAY),
        (datetime(2026, 11, 23, 21, 0, tzinfo=UTC), StepState.FUTURE),
    ],
)
def test_state_of_a_step_follows_the_company_day(at, state):
    assert step_state(at, NOW, MOSCOW) == state


def test_weighted_amount_sums_amount_times_probability():
    deals = [
        (Decimal("640000"), Decimal("0.1")),
        (Decimal("1260000"), Decimal("0.5")),
        (None, Decimal(1)),
    ]

    assert weighted_amount(deals) == Decimal("694000.00")


LINES = [
    LineMoney(Decimal(2), Decimal("1000.00"), Decimal("900.00"), Decimal("600.00")),
    LineMoney(Decimal("1.5"), Decimal("400.00"), Decimal("400.00"), Decimal("300.00")),
]


def test_total_discount_and_margin_of_lines():
    # Sold 2 × 900 + 1.5 × 400 = 2400; listed 2600; cost 2 × 600 + 1.5 × 300 = 1650.
    assert lines_total(LINES) == Decimal("2400.00")
    assert discount(LINES) == Decimal(200) / Decimal(2600)
    assert margin(LINES) == Decimal("0.3125")


def test_margin_is_unknown_when_a_cost_is():
    assert margin([LINES[0]._replace(cost=None), LINES[1]]) is None


def test_no_lines_have_neither_discount_nor_margin():
    assert (discount([]), margin([]), lines_total([])) == (None, None, Decimal("0.00"))


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-1, AgeBucket.NOT_DUE),
        (0, AgeBucket.NOT_DUE),
        (1, AgeBucket.DAYS_30),
        (30, AgeBucket.DAYS_30),
        (31, AgeBucket.DAYS_60),
        (60, AgeBucket.DAYS_60),
        (61, AgeBucket.DAYS_90),
        (90, AgeBucket.DAYS_90),
        (91, AgeBucket.OLDER),
    ],
)
def test_age_of_a_debt(days, bucket):
    due_on = date(2026, 11, 23) - timedelta(days=days)

    assert age_bucket(due_on, date(2026, 11, 23)) == bucket


def test_a_receipt_pays_the_debts_in_order_until_it_is_used():
    debts = [(7, Decimal("300.00")), (3, Decimal("500.00")), (9, Decimal("100.00"))]

    assert proposed(Decimal("650.00"), debts) == {7: Decimal("300.00"), 3: Decimal("350.00")}
    assert proposed(Decimal("2000.00"), debts) == {
        7: Decimal("300.00"),
        3: Decimal("500.00"),
        9: Decimal("100.00"),
    }


def test_part_of_a_receipt_keeps_the_rate_of_the_receipt():
    assert share_of_receipt(Decimal("9050.55"), Decimal("100.00"), Decimal("33.33")) == Decimal(
        "3016.55"
    )
