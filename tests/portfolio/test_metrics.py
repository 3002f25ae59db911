"""The base by state and its care, by who had the clients then."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apps.clients.models import OwnerChange
from apps.core.metrics import find_metric, read_columns, source_of
from apps.core.periods import month_of
from apps.portfolio.actions.segments import segment_base
from apps.portfolio.models import ServiceState
from tests.factories.clients import ClientFactory
from tests.factories.portfolio import sell
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
NOVEMBER = month_of(date(2026, 11, 1))
DECEMBER = month_of(date(2026, 12, 1))


@pytest.fixture
def segmented():
    """New on 1 November; a second buyer silent since January of the year before; a prospect."""
    owner = UserFactory()
    new, gone = ClientFactory(owner=owner), ClientFactory(owner=owner)
    ClientFactory(owner=owner)
    sell([(new, date(2026, 11, 1), 100), (gone, date(2025, 1, 10), 100)])
    segment_base(day=date(2026, 11, 5))
    return owner, new


def test_states_are_those_of_the_newest_segmentation_within_the_period(segmented):
    owner, _new = segmented
    found = source_of("base").read(NOVEMBER)[owner.pk]

    assert (found["buyer_count"], found["new_count"], found["lost_count"]) == (2, 1, 1)
    assert source_of("base").read(DECEMBER) == {}
    columns = read_columns(NOVEMBER, ["base"])[owner.pk]
    assert find_metric("clients_asleep").measure(columns).value == 1
    assert find_metric("live_share").measure(columns).value == Decimal("0.5")


def test_a_client_handed_on_later_counts_for_the_one_who_had_him(segmented):
    owner, new = segmented
    other = UserFactory()
    OwnerChange.objects.create(
        client=new,
        old_owner=owner,
        new_owner=other,
        happened_at=datetime(2026, 12, 3, 12, tzinfo=ZoneInfo("Europe/Moscow")),
    )
    new.owner = other
    new.save(update_fields=["owner"])

    assert set(source_of("base").read(NOVEMBER)) == {owner.pk}


def test_care_counts_no_client_above_his_norm():
    """Norms of 2 and 2, touched 5 times and once: one of two served, 3 of 4 touches."""
    owner = UserFactory()
    for touches in (5, 1):
        ServiceState.objects.create(
            client=ClientFactory(owner=owner),
            abc="A",
            norm=2,
            days=30,
            touches=touches,
            touches_30=touches,
            day=date(2026, 11, 20),
        )
    columns = read_columns(NOVEMBER, ["service"])[owner.pk]

    assert find_metric("service_kept").measure(columns).value == Decimal("0.5")
    assert find_metric("touches_of_norm").measure(columns).value == Decimal("0.75")
    assert read_columns(DECEMBER, ["service"]) == {}
