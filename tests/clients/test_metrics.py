"""Clients added and cards that can be reached, by the owner of that time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from apps.clients.models import Client, OwnerChange
from apps.core.metrics import source_of
from apps.core.periods import month_of
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
MOSCOW = ZoneInfo("Europe/Moscow")
NOVEMBER = month_of(date(2026, 11, 1))


def at(day, hour=12, month=11):
    return datetime(2026, month, day, hour, tzinfo=MOSCOW)


def added_at(moment, owner):
    client = ClientFactory(owner=owner)
    Client.objects.filter(pk=client.pk).update(created_at=moment)
    return client


def test_clients_count_for_who_had_them_at_the_end_of_the_period():
    one, other = UserFactory(), UserFactory()
    added_at(at(2), one)
    given = added_at(at(30, 23), other)
    added_at(at(1, 0, month=12), one)
    added_at(at(31, 23, month=10), one)
    # Handed on in December: in November it was the first one's.
    OwnerChange.objects.create(
        client=given, old_owner=one, new_owner=other, happened_at=at(5, month=12)
    )

    assert source_of("added").read(NOVEMBER) == {one.pk: {"client_count": 2}}


def test_a_client_can_be_reached_by_his_card_or_by_a_contact():
    owner = UserFactory()
    ClientFactory(owner=owner, phone="+79161234567")
    ContactFactory(client=ClientFactory(owner=owner), email="a@example.com")
    ContactFactory(client=ClientFactory(owner=owner))
    ClientFactory(owner=None, phone="+79161234568")

    with time_machine.travel(at(20), tick=False):
        found = source_of("cards").read(NOVEMBER)

    assert found == {owner.pk: {"client_count": 3, "reachable_count": 2}}


def test_the_base_of_months_gone_by_is_not_known():
    ClientFactory(phone="+79161234567")

    with time_machine.travel(at(2, month=12), tick=False):
        assert source_of("cards").read(NOVEMBER) == {}
    with time_machine.travel(at(1, month=12), tick=False):
        assert source_of("cards").read(NOVEMBER) != {}
