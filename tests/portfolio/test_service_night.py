"""Night by night the norms of service come to what counting everything gives."""

import random
from datetime import date, timedelta

import pytest
import time_machine

from apps.clients.models import Client
from apps.deals.models import Activity
from apps.portfolio.actions.segments import segment_base
from apps.portfolio.actions.service import count_service
from apps.portfolio.actions.service_night import follow_service
from apps.portfolio.models import SegmentRun, ServiceState
from tests.factories.clients import ClientFactory
from tests.factories.portfolio import noon, sell, touch

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 31)
ONE = timedelta(days=1)


@pytest.fixture
def clients(seller):
    """Six clients who buy, segmented on the last of October."""
    made = [ClientFactory(owner=seller) for _ in range(6)]
    rows = [
        (client, DAY - timedelta(days=30 * back), 1000 * (at + 1))
        for at, client in enumerate(made)
        for back in range(1, 8)
    ]
    with time_machine.travel(noon(DAY), tick=False):
        sell(rows)
        segment_base(day=DAY)
        touch(made[0], DAY - 29 * ONE)
        touch(made[1], DAY - 89 * ONE)
        touch(made[2], DAY)
        count_service(DAY)
    return made


def states():
    rows = ServiceState.objects.order_by("client")
    return list(
        rows.values_list("client", "abc", "norm", "days", "touches", "touches_30", "last_on", "day")
    )


def anew(day):
    count_service(day)
    return states()


def test_a_quiet_night_only_moves_the_periods_on(clients):
    before = dict(ServiceState.objects.values_list("client", "touches_30"))
    with time_machine.travel(noon(DAY + ONE), tick=False):
        assert follow_service(DAY + ONE, since=noon(DAY + ONE)) == 0
    found = states()

    assert before[clients[0].pk] == 1
    assert {row[0]: row[5] for row in found}[clients[0].pk] == 0
    assert found == anew(DAY + ONE)


@pytest.mark.parametrize("seed", range(4))
def test_any_nights_come_to_what_counting_everything_gives(clients, seller, seed):
    """Calls of the day and of days gone by, struck out ones, clients in the bin, missed nights."""
    chance, day = random.Random(seed), DAY
    for _night in range(8):
        before, day = day, day + ONE * chance.choice([1, 1, 1, 3, 40])
        with time_machine.travel(noon(day), tick=False):
            for _ in range(chance.randrange(6)):
                touch(chance.choice(clients), day - ONE * chance.choice([0, 0, 1, 29, 30, 89, 90]))
            standing = list(Activity.objects.standing())
            if standing and chance.random() < 0.6:
                wrong = chance.choice(standing)
                Activity.objects.create(
                    kind=wrong.kind,
                    client=wrong.client,
                    user=wrong.user,
                    happened_on=wrong.happened_on,
                    happened_at=wrong.happened_at,
                    reversal_of=wrong,
                )
            if chance.random() < 0.3:
                client = chance.choice(clients)
                archived = None if client.archived_at else noon(day)
                Client.objects.filter(pk=client.pk).update(archived_at=archived)
                client.refresh_from_db()
            follow_service(day, since=noon(before + ONE) - ONE / 24)
            found = states()

            assert found == anew(day)


def test_a_new_segmentation_counts_everything(clients):
    with time_machine.travel(noon(DAY + ONE), tick=False):
        segment_base(day=DAY + ONE)
        assert SegmentRun.objects.count() == 2
        assert follow_service(DAY + ONE, since=noon(DAY)) == ServiceState.objects.count()


def test_without_a_night_before_everything_is_counted(clients):
    assert follow_service(DAY + ONE, since=None) == ServiceState.objects.count() > 0
