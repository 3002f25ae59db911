"""Many at once, on real connections: one wins, nothing happens twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.core.calendars import company_today
from apps.deals.actions import allocate_receipt, move_deal, record_receipt
from apps.deals.models import Allocation, Deal, ScheduleLine, StageMove
from tests.factories.deals import ScheduleLineFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 10


def at_once(work, count):
    """Run `work(number)` in `count` threads of AT_ONCE that begin together; their answers."""
    start = Barrier(min(count, AT_ONCE))

    def run(number):
        if number < start.parties:
            start.wait(timeout=30)
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(count)))


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_of_fifty_savers_one_wins_and_the_others_see_both_versions(seller, deal):
    url = reverse("deals:deal_edit", args=[deal.pk])
    clients = [signed_in(seller) for _number in range(AT_ONCE)]

    def save(number):
        form = {
            "title": f"Редакция {number}",
            "currency": "RUB",
            "client": deal.client_id,
            "version": 1,
        }
        response = clients[number % AT_ONCE].post(url, form)
        return response.status_code, number, f"Редакция {number}" in response.content.decode()

    answers = at_once(save, 50)

    assert Counter(status for status, _number, _kept in answers) == {302: 1, 409: 49}
    assert all(kept for status, _number, kept in answers if status == 409)
    [winner] = [number for status, number, _kept in answers if status == 302]
    deal.refresh_from_db()
    assert (deal.title, deal.version) == (f"Редакция {winner}", 2)


def test_of_twenty_closes_one_is_recorded(seller, deal, stages):
    at_once(lambda _number: move_deal(deal, to=stages.won, by=seller), 20)

    assert StageMove.objects.filter(deal=deal).count() == 1
    deal.refresh_from_db()
    assert (deal.outcome, deal.version) == ("won", 2)


def test_a_form_sent_ten_times_makes_one_deal(seller, stages):
    clients = [signed_in(seller) for _number in range(AT_ONCE)]
    form = {
        "title": "Одна",
        "currency": "RUB",
        "stage": stages.lead.pk,
        "idempotency_key": "5a1f0c0e-0000-4000-8000-000000000002",
    }

    answers = at_once(lambda number: clients[number].post(reverse("deals:deal_create"), form), 10)

    assert Deal.objects.count() == 1
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1


def test_a_receipt_is_never_spent_twice(seller, deal):
    lines = [ScheduleLineFactory(deal=deal, amount=Decimal("100.00")) for _number in range(10)]
    receipt = record_receipt(
        by=seller,
        client=deal.client,
        amount=Decimal("250.00"),
        received_on=company_today(),
        currency="RUB",
    )

    def spend(number):
        try:
            return allocate_receipt(
                receipt, line=lines[number], amount=Decimal("100.00"), by=seller
            )
        except ValidationError as error:
            return error.code

    answers = at_once(spend, 10)

    assert answers.count("over_receipt") == 8
    assert Allocation.objects.count() == 2
    assert receipt.left() == Decimal("50.00")
    assert sum(line.paid for line in ScheduleLine.objects.all()) == Decimal("200.00")
