"""The reverse funnel by hand."""

from decimal import Decimal

import pytest

from apps.kpis.calculations.reverse_funnel import (
    Known,
    Ratios,
    Work,
    a_day,
    first_known,
    whole_cases,
    work_for,
)

D = Decimal


def known(value, n=40, whose="own"):
    return Known(D(value), n, whose)


def test_a_million_takes_four_deals_twenty_leads_and_sixty_calls():
    """250 000 a deal, one lead in five, three calls and half a meeting a lead; 20 days left."""
    ratios = Ratios(known(250_000), known("0.2"), known(3), known("0.5"))
    work = work_for(D(1_000_000), ratios)

    assert work == Work(D(4), D(20), D(60), D(10))
    assert work.touches == 70
    assert a_day(work, 20) == Work(D("0.2"), D(1), D(3), D("0.5"))


def test_nothing_is_told_of_a_day_when_none_is_left():
    assert a_day(Work(D(4), D(20), D(60), D(10)), 0) == Work(None, None, None, None)


def test_an_unknown_ratio_leaves_what_follows_unknown():
    work = work_for(D(1_000_000), Ratios(known(250_000), None, known(3), known("0.5")))

    assert work == Work(D(4), None, None, None)
    assert work.touches is None


@pytest.mark.parametrize(
    ("own", "team", "expected"),
    [
        ((D(20), 10), (D(90), 30), Known(D(2), 10, "own")),
        ((D(20), 9), (D(90), 30), Known(D(3), 30, "team")),
        ((D(0), 50), (D(90), 30), Known(D(3), 30, "team")),
        ((D(20), 9), (D(90), 9), Known(D(5), 100, "company")),
    ],
)
def test_the_persons_own_ratio_needs_ten_cases(own, team, expected):
    assert first_known([("own", *own), ("team", *team), ("company", D(500), 100)]) == expected


def test_too_few_everywhere_is_unknown():
    assert first_known([("own", D(1), 1), ("team", D(5), 5), ("company", D(9), 9)]) is None


def test_parts_of_a_case_are_whole_cases_to_do():
    assert whole_cases(Work(D("4.01"), D(20), None, D("0.2"))) == Work(D(5), D(20), None, D(1))
