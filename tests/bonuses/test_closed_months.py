"""A month that the head has closed: what comes late counts where the facts count it."""

from datetime import date
from decimal import Decimal

import pytest

from apps.bonuses.models import Statement
from apps.deals.actions import create_deal, move_deal
from apps.kpis.actions.months import close_month
from apps.kpis.models import DealFact
from tests.bonuses.conftest import APRIL, MARCH
from tests.factories.clients import ClientFactory
from tests.factories.kpis import do_night_of
from tests.kpis.conftest import at_work

pytestmark = pytest.mark.django_db
D = Decimal


def test_a_late_deal_counts_in_the_open_month(version, sell, stages, seller, head):
    sell(seller, date(2026, 3, 17), "100000.00", opened=date(2026, 3, 3))
    do_night_of(date(2026, 3, 31))
    with at_work(date(2026, 4, 2)):
        close_month(MARCH, by=head)
    do_night_of(date(2026, 4, 2))
    with at_work(date(2026, 4, 9)):
        late = create_deal(
            by=seller,
            title="Сделка",
            pipeline=stages.pipeline,
            owner=seller,
            client=ClientFactory(owner=seller),
            amount=D(50_000),
            opened_on=date(2026, 3, 20),
            expected_close_on=date(2026, 3, 20),
        )
        move_deal(late, to=stages.won, by=seller, on=date(2026, 3, 20))
    do_night_of(date(2026, 4, 9))

    bases = dict(Statement.objects.filter(person=seller).values_list("month", "base"))
    assert bases[MARCH] == D(100_000)
    assert bases[APRIL] == D(50_000)
    assert Statement.objects.get(person=seller, month=APRIL).lines.get().deal == late
    facts = DealFact.objects.filter(user=seller, day__gte=APRIL)
    assert sum(row.won_amount + row.adjusted_amount for row in facts) == D(50_000)
