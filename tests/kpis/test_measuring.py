"""Metrics are sums and ratios of sums: a team's figure is never a mean of its people's."""

from datetime import date
from decimal import Decimal

import pytest

from apps.core.metrics import added, find_metric, read_columns
from apps.core.periods import month_of
from apps.kpis.measuring import measured
from apps.kpis.models import DealFact
from tests.factories.deals import staged_pipeline
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db

NOVEMBER = month_of(date(2026, 11, 1))


@pytest.fixture
def two_people():
    """One deal of 300,000 against nine of 100,000 each, one lost by the second."""
    pipeline = staged_pipeline()
    one, other = UserFactory(), UserFactory()
    facts = (
        (one, 1, 300_000, 0, date(2026, 11, 2)),
        (other, 4, 400_000, 1, date(2026, 11, 2)),
        (other, 5, 500_000, 0, date(2026, 11, 30)),
        (other, 7, 700_000, 0, date(2026, 12, 1)),
    )
    DealFact.objects.bulk_create(
        DealFact(
            user=user, day=day, pipeline=pipeline, won_count=won, won_amount=amount, lost_count=lost
        )
        for user, won, amount, lost, day in facts
    )
    return one, other


def test_a_metric_is_measured_by_person_within_the_period(two_people):
    one, other = two_people
    revenue = measured(find_metric("revenue"), NOVEMBER)
    assert {person: measure.value for person, measure in revenue.items()} == {
        one.pk: Decimal(300_000),
        other.pk: Decimal(900_000),
    }


def test_the_figure_of_a_group_divides_its_sums(two_people):
    group = added(read_columns(NOVEMBER).values())
    average = find_metric("average_deal").measure(group)
    assert (average.value, average.n) == (Decimal(120_000), 10)
    won = find_metric("win_rate").measure(group)
    assert (won.top, won.bottom, won.n) == (Decimal(10), Decimal(11), 11)


def test_nothing_to_divide_by_is_not_zero(two_people):
    assert find_metric("average_deal").measure({}).value is None
    assert find_metric("revenue").measure({}).value == 0
