"""Schedules, receipts and what they pay for: every sum agrees to the kopeck."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Sum

from apps.core.calendars import company_today
from apps.core.models import Company, ExchangeRate
from apps.deals.actions import (
    Payment,
    allocate_receipt,
    propose_parts,
    record_receipt,
    reverse_allocation,
    reverse_receipt,
    set_schedule,
)
from apps.deals.models import Allocation, Receipt, ScheduleLine
from tests.deals.test_deals import code_of, won
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, ReceiptFactory, ScheduleLineFactory

pytestmark = pytest.mark.django_db

RECEIVED_ON = date(2026, 11, 2)


@pytest.fixture
def lines(deal):
    """50,000 due in November and 50,000 in December."""
    return [
        ScheduleLineFactory(deal=deal, due_on=date(2026, 11, 10)),
        ScheduleLineFactory(deal=deal, due_on=date(2026, 12, 10)),
    ]


def receive(client, seller, amount, parts=(), currency="RUB"):
    return record_receipt(
        by=seller,
        client=client,
        amount=Decimal(amount),
        received_on=RECEIVED_ON,
        currency=currency,
        parts=parts,
    )


def paid(*lines):
    return [ScheduleLine.objects.get(pk=line.pk).paid for line in lines]


def test_a_schedule_of_a_won_deal_makes_its_amount(deal, seller, stages):
    deal = won(deal, stages)
    first = Payment(date(2026, 12, 4), Decimal("30000.00"), "Предоплата")

    with pytest.raises(ValidationError) as error:
        set_schedule(deal, by=seller, payments=[first])

    assert code_of(error) == "schedule_differs"
    assert "70" in error.value.params["difference"]
    assert not deal.schedule.exists()
    rest = Payment(date(2027, 1, 29), Decimal("70000.00"))
    set_schedule(deal, by=seller, payments=[first, rest])
    assert list(deal.schedule.values_list("title", "amount")) == [
        ("Предоплата", Decimal("30000.00")),
        ("", Decimal("70000.00")),
    ]


def test_a_schedule_of_an_open_deal_may_be_unfinished(deal, seller):
    set_schedule(deal, by=seller, payments=[Payment(date(2026, 12, 4), Decimal("1.00"))])

    assert deal.schedule.get().amount == Decimal("1.00")


def test_a_schedule_keeps_what_money_has_come_for(deal, seller, lines):
    receive(deal.client, seller, "20000.00", [(lines[0], Decimal("20000.00"))])

    with pytest.raises(ValidationError) as error:
        set_schedule(deal, by=seller, payments=[Payment(date(2026, 12, 1), Decimal("100000.00"))])
    assert code_of(error) == "paid_line_dropped"
    smaller = Payment(date(2026, 12, 1), Decimal("19999.99"), pk=lines[0].pk)
    with pytest.raises(ValidationError) as error:
        set_schedule(deal, by=seller, payments=[smaller])
    assert code_of(error) == "below_paid"
    assert paid(*lines) == [Decimal("20000.00"), Decimal("0.00")]


def test_money_is_counted_towards_payments_and_the_rest_is_an_advance(deal, seller, lines):
    receipt = receive(
        deal.client,
        seller,
        "80000.00",
        [(lines[0], Decimal("50000.00")), (lines[1], Decimal("10000.00"))],
    )

    assert paid(*lines) == [Decimal("50000.00"), Decimal("10000.00")]
    assert receipt.left() == Decimal("20000.00")
    # It counts on the day the money came, for the owner of the deal.
    assert set(Allocation.objects.values_list("happened_on", "owner")) == {(RECEIVED_ON, seller.pk)}


def test_the_same_pair_again_returns_what_is_booked(deal, seller, lines):
    receipt = receive(deal.client, seller, "60000.00")
    first = allocate_receipt(receipt, line=lines[0], amount=Decimal("50000.00"), by=seller)
    second = allocate_receipt(receipt, line=lines[0], amount=Decimal("50000.00"), by=seller)

    assert first == second
    assert paid(lines[0]) == [Decimal("50000.00")]


@pytest.mark.parametrize(
    ("received", "part", "code"),
    [
        ("40000.00", "40000.01", "over_receipt"),
        ("90000.00", "50000.01", "over_line"),
        ("40000.00", "0.00", "not_positive"),
        ("40000.00", "-1.00", "not_positive"),
    ],
)
def test_no_more_is_counted_than_there_is(deal, seller, lines, received, part, code):
    receipt = receive(deal.client, seller, received)

    with pytest.raises(ValidationError) as error:
        allocate_receipt(receipt, line=lines[0], amount=Decimal(part), by=seller)

    assert code_of(error) == code
    assert paid(*lines) == [Decimal("0.00"), Decimal("0.00")]


def test_a_part_that_is_refused_leaves_no_receipt_behind(deal, seller, lines):
    with pytest.raises(ValidationError):
        receive(deal.client, seller, "10.00", [(lines[0], Decimal("10.01"))])

    assert not Receipt.objects.exists()


def test_money_of_one_client_does_not_pay_for_another(seller, deal, lines):
    receipt = receive(ClientFactory(owner=seller), seller, "100.00")

    with pytest.raises(ValidationError) as error:
        allocate_receipt(receipt, line=lines[0], amount=Decimal("100.00"), by=seller)

    assert code_of(error) == "foreign_line"


def test_parts_in_the_company_currency_make_the_whole(seller, pipeline):
    Company.objects.create(pk=1, name="Компания", currency="RUB")
    ExchangeRate.objects.create(currency="USD", starts_on=date(2026, 1, 1), rate=Decimal("90.505"))
    deal = DealFactory(owner=seller, pipeline=pipeline, currency="USD")
    lines = [ScheduleLineFactory(deal=deal, amount=Decimal("33.33")) for _ in range(3)]

    receipt = receive(
        deal.client, seller, "99.99", [(line, Decimal("33.33")) for line in lines], currency="USD"
    )

    # 99.99 × 90.505 = 9049.59495; a third of it is 3016.53.
    assert receipt.amount_base == Decimal("9049.59")
    assert (
        sorted(Allocation.objects.values_list("amount_base", flat=True)) == [Decimal("3016.53")] * 3
    )
    assert Allocation.objects.aggregate(all=Sum("amount_base"))["all"] == receipt.amount_base


def test_a_payment_in_another_currency_is_refused(deal, seller, lines):
    Company.objects.create(pk=1, name="Компания", currency="RUB")
    ExchangeRate.objects.create(currency="EUR", starts_on=date(2026, 1, 1), rate=Decimal("100"))
    receipt = receive(deal.client, seller, "100.00", currency="EUR")

    with pytest.raises(ValidationError) as error:
        allocate_receipt(receipt, line=lines[0], amount=Decimal("100.00"), by=seller)

    assert code_of(error) == "other_currency"


def test_the_oldest_due_day_is_offered_first(deal, seller, lines):
    late = ScheduleLineFactory(deal=deal, due_on=date(2026, 10, 1), amount=Decimal("5000.00"))

    parts = propose_parts(deal.client, amount=Decimal("57000.00"), currency="RUB", by=seller)

    assert parts == {
        late: Decimal("5000.00"),
        lines[0]: Decimal("50000.00"),
        lines[1]: Decimal("2000.00"),
    }


def test_a_reversal_frees_all_it_paid_for_and_counts_on_its_own_day(deal, seller, lead, lines):
    receipt = receive(deal.client, seller, "60000.00", [(lines[0], Decimal("50000.00"))])

    reversal = reverse_receipt(receipt, by=lead, reason="Ошибочный платёж")
    again = reverse_receipt(receipt, by=lead, reason="Ещё раз")

    assert reversal == again
    assert (reversal.amount, reversal.received_on) == (Decimal("-60000.00"), company_today())
    assert paid(lines[0]) == [Decimal("0.00")]
    assert Allocation.objects.aggregate(all=Sum("amount"))["all"] == 0
    assert list(Receipt.objects.standing()) == []
    with pytest.raises(ValidationError) as error:
        allocate_receipt(receipt, line=lines[0], amount=Decimal("1.00"), by=seller)
    assert code_of(error) == "reversed"


def test_a_reversal_needs_a_reason_and_a_lead(deal, seller, lead):
    receipt = receive(deal.client, seller, "100.00")

    with pytest.raises(PermissionDenied):
        reverse_receipt(receipt, by=seller, reason="Хочу")
    with pytest.raises(ValidationError) as error:
        reverse_receipt(receipt, by=lead, reason=" ")
    assert code_of(error) == "reason_needed"
    assert receipt.reversals.count() == 0


def test_a_part_is_freed_and_may_be_counted_anew(deal, seller, lines):
    receipt = receive(deal.client, seller, "50000.00", [(lines[0], Decimal("50000.00"))])

    reverse_allocation(receipt.allocations.get(), by=seller)
    allocate_receipt(receipt, line=lines[1], amount=Decimal("50000.00"), by=seller)

    assert paid(*lines) == [Decimal("0.00"), Decimal("50000.00")]
    assert receipt.left() == 0


def test_money_does_not_come_tomorrow(deal, seller):
    with pytest.raises(ValidationError) as error:
        record_receipt(
            by=seller,
            client=deal.client,
            amount=Decimal(1),
            received_on=company_today() + timedelta(days=1),
            currency="RUB",
        )

    assert code_of(error) == "future"


@pytest.mark.parametrize("role", ["colleague", "stranger", "director", "hr", "admin"])
def test_others_record_no_money(deal, people, role, lines):
    with pytest.raises(PermissionDenied):
        receive(deal.client, people[role], "1.00")
    receipt = ReceiptFactory(client=deal.client)
    with pytest.raises(PermissionDenied):
        allocate_receipt(receipt, line=lines[0], amount=Decimal("1.00"), by=people[role])

    assert (Receipt.objects.count(), Allocation.objects.count()) == (1, 0)


def test_receivables_are_unpaid_parts_of_won_deals(deal, seller, stages, lines):
    assert not ScheduleLine.objects.owed().exists()

    won(deal, stages)
    receive(deal.client, seller, "50000.00", [(lines[0], Decimal("50000.00"))])

    assert list(ScheduleLine.objects.owed()) == [lines[1]]
