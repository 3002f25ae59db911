"""The plan of the sample that waits for its answer."""

from datetime import date

from apps.core.periods import month_of
from apps.dashboard.sample.plan_approvals import grown

TOTALS = {month_of(date(2026, number, 1)): 100.0 * number for number in range(1, 13)}


def test_the_next_year_grows_by_the_months_of_this_one():
    found = grown(TOTALS, 2027, date(2026, 11, 26), 1.5)

    assert list(found) == [month_of(date(2027, number, 1)) for number in range(1, 13)]
    assert list(found.values()) == [150.0 * number for number in range(1, 13)]


def test_months_that_have_begun_keep_their_plan():
    found = grown(TOTALS, 2026, date(2026, 3, 10), 1.5)

    assert list(found.values())[:4] == [100.0, 200.0, 300.0, 600.0]
