from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.core.periods import (
    Period,
    add_months,
    day_of,
    month_of,
    quarter_of,
    week_of,
    year_of,
)

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1))
fiscal_starts = st.integers(min_value=1, max_value=12)


@given(days, fiscal_starts)
def test_every_kind_of_period_holds_its_day_and_meets_its_neighbours(day, fiscal_start):
    for period in (
        day_of(day),
        week_of(day),
        month_of(day),
        quarter_of(day, fiscal_start),
        year_of(day, fiscal_start),
    ):
        assert day in period
        assert period.end not in period
        assert period.previous().end == period.start
        assert period.next().start == period.end
        assert period.next().previous() == period
        assert len(list(period.days())) == period.length


def test_a_month_of_february_in_a_leap_year():
    assert month_of(date(2028, 2, 29)) == Period(date(2028, 2, 1), date(2028, 3, 1))
    assert month_of(date(2028, 2, 29)).length == 29


def test_december_is_followed_by_january():
    assert month_of(date(2026, 12, 31)).next() == Period(date(2027, 1, 1), date(2027, 2, 1))


def test_quarters_follow_the_fiscal_year():
    assert quarter_of(date(2026, 2, 3)) == Period(date(2026, 1, 1), date(2026, 4, 1))
    assert quarter_of(date(2026, 2, 3), 3) == Period(date(2025, 12, 1), date(2026, 3, 1))


def test_fiscal_year_from_april():
    assert year_of(date(2026, 2, 3), 4) == Period(date(2025, 4, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("period", "russian", "english"),
    [
        (month_of(date(2026, 11, 3)), "Ноябрь 2026", "November 2026"),
        (quarter_of(date(2026, 11, 3)), "4 кв. 2026", "Q4 2026"),
        (quarter_of(date(2026, 2, 3), 4), "4 кв. 2025/26", "Q4 2025/26"),
        (year_of(date(2026, 2, 3)), "2026", "2026"),
        (year_of(date(2026, 2, 3), 4), "2025/26", "2025/26"),
        (day_of(date(2026, 2, 3)), "03.02.2026", "3 Feb 2026"),
        (
            Period(date(2026, 2, 3), date(2026, 2, 10)),
            "03.02.2026 – 09.02.2026",
            "3 Feb 2026 – 9 Feb 2026",
        ),
    ],
)
def test_labels(period, russian, english):
    with translation.override("ru"):
        assert period.label == russian
    with translation.override("en"):
        assert period.label == english


def test_a_period_lasts_at_least_a_day():
    with pytest.raises(ValueError, match="lasts"):
        Period(date(2026, 2, 3), date(2026, 2, 3))


@pytest.mark.parametrize(("count", "first"), [(1, date(2027, 1, 1)), (-12, date(2025, 12, 1))])
def test_adding_months(count, first):
    assert add_months(date(2026, 12, 31), count) == first
