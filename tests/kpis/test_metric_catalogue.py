"""The catalogue as a whole: every metric stands on columns that its sources really give."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.core.metrics import (
    Direction,
    Unit,
    added,
    all_metrics,
    all_sources,
    find_metric,
    source_of,
)
from apps.core.periods import month_of
from apps.kpis.choices import MetricSubject

FIRST_FIVE = ["revenue", "won_deals", "average_deal", "win_rate", "received"]
MARCH = month_of(date(2026, 3, 1))


def column_exists(name):
    source, _, column = name.partition(".")
    return column in source_of(source).columns


def test_there_are_forty_and_the_first_five_are_among_them():
    codes = [metric.code for metric in all_metrics()]
    assert len(codes) >= 40
    assert set(FIRST_FIVE) <= set(codes)


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.code)
def test_every_metric_is_whole(metric):
    assert metric.top
    for name in (*metric.top, *metric.bottom, *metric.n):
        assert column_exists(name), name
    assert metric.unit in Unit
    assert metric.direction in Direction
    assert metric.subject in MetricSubject.values
    # A share without its bottom would be a count.
    assert metric.bottom or metric.unit in (Unit.MONEY, Unit.COUNT)


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.code)
def test_every_metric_is_said_in_both_languages(metric):
    words = (metric.label, metric.formula, metric.owner)
    with translation.override("en"):
        english = [str(word) for word in words]
    with translation.override("ru"):
        russian = [str(word) for word in words]
    assert all(english)
    assert all(any("а" <= letter <= "я" for letter in word.lower()) for word in russian), russian


SETTINGS = ("core_company", "core_calendarday", "clients_answernorm")
# When cohorts mature is learned from the cycle of won deals.
STATEMENTS = {"cohorts": 2}


@pytest.mark.django_db
@pytest.mark.parametrize("source", all_sources(), ids=lambda source: source.code)
def test_a_source_is_one_statement_besides_settings(source):
    with CaptureQueriesContext(connection) as asked:
        assert source.read(MARCH) == {}
    statements = [
        query["sql"]
        for query in asked.captured_queries
        if not any(table in query["sql"] for table in SETTINGS)
    ]
    assert len(statements) <= STATEMENTS.get(source.code, 1)


def test_a_team_is_the_ratio_of_sums():
    """One of one and one of ten make 2 of 11; the mean of the two rates would be 0.55."""
    one = {"deals.won_count": Decimal(1)}
    other = {"deals.won_count": Decimal(1), "deals.lost_count": Decimal(9)}
    measure = find_metric("win_rate").measure(added([one, other]))
    assert measure.value == Decimal(2) / Decimal(11)
