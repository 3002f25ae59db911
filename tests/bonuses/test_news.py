"""A quiet night counts only what is new, and says the same as one that counts everything (invariant 7)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from apps.bonuses.actions.accrual import accrue_people
from apps.bonuses.models import Correction, Statement, StatementLine
from apps.bonuses.reading import reader
from apps.deals.actions import change_deal, create_deal, move_deal, set_splits
from apps.kpis.actions.months import close_month
from tests.bonuses.conftest import APRIL, FEBRUARY, MARCH, said
from tests.factories.clients import ClientFactory
from tests.factories.kpis import PlanLineFactory, PlanVersionFactory, do_night_of
from tests.kpis.conftest import at_work
from tests.kpis.plan_steps import approved

pytestmark = pytest.mark.django_db
D = Decimal


def told():
    """All that the statements say, without the day of the count."""
    heads = Statement.objects.order_by("person", "month").values_list(
        "person", "month", "base", "plan", "earned", "total", "digest", "scheme_version", "node"
    )
    lines = StatementLine.objects.order_by("statement", "key").values_list(
        "statement", "key", "base", "amount", "kept", "original", "correction"
    )
    return list(heads), list(lines)


@pytest.fixture
def night(seller, teammate):
    """night(day): the night's statements, which a count of everything must not change."""

    def run(day):
        do_night_of(day)
        quiet = told()
        with at_work(day + timedelta(days=1), 4), transaction.atomic():
            accrue_people([seller.pk, teammate.pk], day)
        assert told() == quiet
        return {row.month: row for row in Statement.objects.filter(person=seller)}

    return run


@pytest.fixture
def sell_late(stages):
    """sell_late(owner, day, amount, told=…): a deal of `day` that is recorded on the day `told`."""

    def make(owner, day, amount, *, told):
        with at_work(told):
            deal = create_deal(
                by=owner,
                title="Поздняя",
                pipeline=stages.pipeline,
                owner=owner,
                client=ClientFactory(owner=owner),
                amount=D(amount),
                opened_on=day,
            )
            move_deal(deal, to=stages.won, by=owner, on=day)
        return deal

    return make


@pytest.fixture
def months_read(monkeypatch):
    """The months whose events were read."""
    seen = []

    class Watched(reader.MonthItems):
        def __init__(self, month, day, versions):
            seen.append(month)
            super().__init__(month, day, versions)

    monkeypatch.setattr(reader, "MonthItems", Watched)
    return seen


def test_only_touched_months_and_the_first_open_one_are_read(
    version, sell, seller, night, months_read
):
    sell(seller, date(2026, 2, 3), "100000.00")
    sell(seller, date(2026, 3, 3), "200000.00")
    do_night_of(date(2026, 4, 7))
    months_read.clear()

    sell(seller, date(2026, 4, 8), "300000.00")
    do_night_of(date(2026, 4, 8))

    assert months_read == [FEBRUARY, APRIL]


def test_locked_months_that_lie_still_are_carried_on(
    version, sell, sell_late, seller, night, approve, months_read
):
    deal = sell(seller, date(2026, 3, 2), "1000000.00")
    approve(night(date(2026, 4, 1))[FEBRUARY])
    approve(night(date(2026, 4, 2))[MARCH])
    sell_late(seller, date(2026, 3, 30), "50000.00", told=date(2026, 4, 3))
    with at_work(date(2026, 4, 3)):
        change_deal(deal, by=seller, amount=D("800000.00"))
    night(date(2026, 4, 3))
    night(date(2026, 4, 7))
    months_read.clear()

    sell(seller, date(2026, 4, 8), "10000.00")
    do_night_of(date(2026, 4, 8))
    april = Statement.objects.get(person=seller, month=APRIL)

    assert MARCH not in [month for month in months_read if month < APRIL]
    # Of 800,000 of base nothing has been paid but what March paid: 3 % less of 200,000 comes back.
    assert ("taken_back", D(-200_000), D(-6_000)) in said(april)
    assert ("earned", D(50_000), D(1_500)) in said(april)
    assert ("earned", D(10_000), D(300)) in said(april)


def test_nights_say_what_a_full_count_says(
    version, sell, sell_late, seller, teammate, head, director, stages, night, approve
):
    """Shares, losses, late deals, corrections and a new plan, among locked months and open ones."""
    deals = [
        sell(seller, date(2026, 2, day), amount)
        for day, amount in ((3, "700000.00"), (4, "900000.00"), (5, "333333.33"))
    ]
    night(date(2026, 2, 10))
    sell(teammate, date(2026, 3, 3), "1200000.00")
    february = night(date(2026, 3, 4))[FEBRUARY]
    approve(february)
    night(date(2026, 3, 5))
    with at_work(date(2026, 3, 6)):
        set_splits(deals[0], by=head, shares={seller: D("0.3334"), teammate: D("0.6666")})
    night(date(2026, 3, 6))
    sell.move(deals[1], stages.lost, date(2026, 3, 10))
    night(date(2026, 3, 10))
    plan = PlanVersionFactory(number=1, author=head)
    PlanLineFactory(version=plan, user=seller, amount=D("2000000.00"), node=seller.team)
    approved(plan, by=director)
    night(date(2026, 3, 11))
    late = sell_late(seller, date(2026, 2, 26), "150000.00", told=date(2026, 3, 12))
    night(date(2026, 3, 12))
    Correction.objects.create(
        person=seller, amount=D(2_000), reason="Ошибка в делении", about=february, author=head
    )
    night(date(2026, 3, 13))
    with at_work(date(2026, 3, 16)):
        change_deal(late, by=seller, amount=D("100000.00"))
    night(date(2026, 3, 16))
    approve(night(date(2026, 4, 1))[MARCH])
    sell.move(late, stages.lost, date(2026, 4, 2))
    april = night(date(2026, 4, 3))[APRIL]

    assert ("taken_back", D(-100_000)) in [line[:2] for line in said(april)]


@pytest.mark.parametrize("is_locked", [True, False])
def test_shares_of_a_closed_month_move_the_bonus_once(
    version, sell, seller, teammate, head, night, approve, is_locked
):
    deal = sell(seller, date(2026, 3, 2), "1000000.00")
    statements = night(date(2026, 4, 1))
    if is_locked:
        approve(statements[FEBRUARY])
        approve(night(date(2026, 4, 2))[MARCH])
    with at_work(date(2026, 4, 3)):
        close_month(MARCH, by=head)
    night(date(2026, 4, 3))
    with at_work(date(2026, 4, 6)):
        set_splits(deal, by=head, shares={seller: D("0.6"), teammate: D("0.4")})
    night(date(2026, 4, 6))
    night(date(2026, 4, 7))

    paid = {
        person: sum(row.total for row in Statement.objects.filter(person=person))
        for person in (seller, teammate)
    }
    assert paid == {seller: D(18_000), teammate: D(12_000)}
