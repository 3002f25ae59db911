"""Forms of money: receipts, schedules, products, shares, debtors."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.core.calendars import company_today
from apps.core.numerals import typed
from apps.deals.models import Receipt, ScheduleLine
from tests.deals.test_deal_list import ask
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, ProductFactory, ReceiptFactory, ScheduleLineFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def debt(seller, pipeline, stages, client_company):
    """A won deal with 60,000 due in October and 40,000 due in the future."""
    deal = DealFactory(
        owner=seller,
        pipeline=pipeline,
        client=client_company,
        stage=stages.won,
        outcome="won",
        closed_on=date(2026, 10, 1),
    )
    return [
        ScheduleLineFactory(deal=deal, due_on=date(2026, 10, 20), amount=Decimal("60000.00")),
        ScheduleLineFactory(
            deal=deal, due_on=company_today() + timedelta(days=30), amount=Decimal("40000.00")
        ),
    ]


def money(client_company, **fields):
    return {
        "client": client_company.pk,
        "amount": "70 000",
        "currency": "RUB",
        "received_on": "2026-11-02",
        **fields,
    }


def test_money_is_shown_against_the_debts_before_it_is_recorded(
    client, seller, client_company, debt
):
    client.force_login(seller)
    url = reverse("deals:receipt_create")

    proposal = client.post(url, money(client_company))
    assert proposal.status_code == 200
    assert not Receipt.objects.exists()
    offered = {line.pk: field.value() for line, field in proposal.context["parts"].rows()}
    assert offered == {debt[0].pk: typed(Decimal(60000)), debt[1].pk: typed(Decimal(10000))}

    parts = {f"part_{debt[0].pk}": "60000", f"part_{debt[1].pk}": "5 000,50", "parts": "1"}
    recorded = client.post(url, money(client_company, **parts))

    receipt = Receipt.objects.get()
    assert recorded.url == reverse("deals:receipt", args=[receipt.pk])
    assert receipt.left() == Decimal("4999.50")
    assert [ScheduleLine.objects.get(pk=line.pk).paid for line in debt] == [
        Decimal("60000.00"),
        Decimal("5000.50"),
    ]


def test_money_without_debts_is_an_advance_at_once(client, seller, client_company):
    client.force_login(seller)

    client.post(reverse("deals:receipt_create"), money(client_company))

    assert Receipt.objects.get().left() == Decimal("70000.00")


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"amount": "0"}, {"amount"}),
        ({"amount": "-5"}, {"amount"}),
        ({"received_on": "2030-01-01"}, {"received_on"}),
        ({"client": ""}, {"client"}),
    ],
)
def test_money_without_sense_is_refused(client, seller, client_company, fields, errors):
    client.force_login(seller)

    response = client.post(reverse("deals:receipt_create"), money(client_company, **fields))

    assert response.status_code == 422
    assert set(response.context["form"].errors) == errors
    assert not Receipt.objects.exists()


def test_more_than_the_receipt_is_refused_whole(client, seller, client_company, debt):
    client.force_login(seller)
    parts = {f"part_{debt[0].pk}": "60000", f"part_{debt[1].pk}": "40000", "parts": "1"}

    response = client.post(reverse("deals:receipt_create"), money(client_company, **parts))

    assert response.status_code == 422
    assert not Receipt.objects.exists()


def test_the_rest_is_counted_later(client, seller, client_company, debt):
    receipt = ReceiptFactory(client=client_company, amount=Decimal("60000.00"))
    client.force_login(seller)
    page = client.get(reverse("deals:receipt", args=[receipt.pk]))
    offered = [field.value() for _line, field in page.context["parts"].rows()]
    assert offered == [typed(Decimal(60000))]

    client.post(
        reverse("deals:receipt_allocate", args=[receipt.pk]), {f"part_{debt[0].pk}": "60000"}
    )

    assert receipt.left() == 0


def test_a_lead_reverses_with_a_reason(client, lead, client_company):
    receipt = ReceiptFactory(client=client_company)
    client.force_login(lead)
    url = reverse("deals:receipt_reverse", args=[receipt.pk])

    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "Ошибка банка"})

    assert receipt.reversals.get().note == "Ошибка банка"


def test_debts_stand_by_age(client, seller, debt):
    client.force_login(seller)
    url = reverse("deals:receivables")

    response = client.get(url)
    by_code = {one["code"]: (one["count"], one["amount"]) for one in response.context["buckets"]}
    days = (company_today() - date(2026, 10, 20)).days
    overdue = "31_60" if 31 <= days <= 60 else "61_90" if 61 <= days <= 90 else "over_90"

    assert by_code["not_due"] == (1, Decimal("40000.00"))
    assert by_code[overdue] == (1, Decimal("60000.00"))
    assert response.context["overdue"] == Decimal("60000.00")
    narrowed = client.get(url, {"bucket": overdue}).context["page"].object_list
    assert [line.pk for line in narrowed] == [debt[0].pk]


def test_debtors_query_count_does_not_grow(client, seller, debt):
    url = reverse("deals:receivables")
    few = ask(client, seller, url)
    for _number in range(4):
        ScheduleLineFactory(deal=debt[0].deal, amount=Decimal(1))

    assert ask(client, seller, url) == few <= 10


def rows(*lines, **fields):
    data = {"form-TOTAL_FORMS": str(len(lines)), "form-INITIAL_FORMS": "0", **fields}
    for number, line in enumerate(lines):
        data |= {f"form-{number}-{name}": value for name, value in line.items()}
    return data


def test_a_schedule_is_written_in_rows(client, seller, deal):
    client.force_login(seller)
    url = reverse("deals:deal_schedule", args=[deal.pk])

    client.post(
        url,
        rows(
            {"due_on": "2026-12-04", "title": "Предоплата 30 %", "amount": "30 000"},
            {"due_on": "2027-01-29", "title": "Отгрузка", "amount": "70000,00"},
            {"due_on": "", "title": "", "amount": ""},
            version="1",
        ),
    )

    assert list(deal.schedule.values_list("title", "amount")) == [
        ("Предоплата 30 %", Decimal("30000.00")),
        ("Отгрузка", Decimal("70000.00")),
    ]


def test_a_stale_schedule_keeps_what_was_typed(client, seller, deal):
    client.force_login(seller)
    line = {"due_on": "2026-12-04", "title": "Мой текст", "amount": "5"}

    response = client.post(reverse("deals:deal_schedule", args=[deal.pk]), rows(line, version="99"))

    assert response.status_code == 409
    assert "Мой текст" in response.content.decode()
    assert not deal.schedule.exists()


def test_products_take_the_price_list(client, seller, deal):
    product = ProductFactory(list_price=Decimal("500.00"), cost=Decimal("300.00"))
    client.force_login(seller)

    client.post(
        reverse("deals:deal_lines", args=[deal.pk]),
        rows(
            {"product": product.pk, "quantity": "2", "list_price": "", "sold_price": "450,50"},
            {"product": "", "quantity": "1"},
            version="1",
            follow_amount="on",
        ),
    )

    line = deal.lines.get()
    assert (line.list_price, line.sold_price, line.cost) == (
        Decimal("500.00"),
        Decimal("450.50"),
        Decimal("300.00"),
    )
    deal.refresh_from_db()
    assert deal.amount == Decimal("901.00")


@pytest.mark.parametrize("percents", [("60", "41"), ("60", "39.99"), ("101",)])
def test_shares_that_are_not_whole_are_refused(client, seller, colleague, deal, percents):
    client.force_login(seller)
    people = (seller, colleague)
    lines = [{"user": people[n].pk, "percent": share} for n, share in enumerate(percents)]

    response = client.post(reverse("deals:deal_splits", args=[deal.pk]), rows(*lines, version="1"))

    assert response.status_code == 422
    assert not deal.splits.exists()


def test_shares_are_written_in_percent(client, seller, colleague, deal):
    client.force_login(seller)
    lines = [{"user": seller.pk, "percent": "66.67"}, {"user": colleague.pk, "percent": "33.33"}]

    client.post(reverse("deals:deal_splits", args=[deal.pk]), rows(*lines, version="1"))

    assert dict(deal.splits.values_list("user", "share")) == {
        seller.pk: Decimal("0.6667"),
        colleague.pk: Decimal("0.3333"),
    }


def test_panels_of_a_client(client, seller, debt, client_company):
    ReceiptFactory(client=client_company)
    client.force_login(seller)

    for name in ("deals", "activities", "payments"):
        response = client.get(reverse(f"deals:client_{name}", args=[client_company.pk]))
        assert response.status_code == 200
        assert f'id="panel-{name}"' in response.content.decode()


def test_money_may_come_from_the_client_of_ones_deal(client, seller, colleague, pipeline, stages):
    foreign = ClientFactory(owner=colleague)
    DealFactory(owner=seller, pipeline=pipeline, client=foreign)
    client.force_login(seller)

    client.post(reverse("deals:receipt_create"), money(foreign))

    assert Receipt.objects.get().client == foreign
