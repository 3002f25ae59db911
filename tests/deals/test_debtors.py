"""The list of debtors: sums by age, promises, calls, files; everyone sees his own part."""

import csv
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.calendars import company_today
from apps.core.periods import month_of
from apps.deals.debtors import words_kept
from apps.deals.models import Deal, DebtCall, PromiseToPay
from apps.kpis.night.cases import receivables
from apps.kpis.night.present import store_present
from tests.deals.test_deal_list import ask
from tests.deals.test_promises import owing
from tests.factories.clients import ClientFactory
from tests.factories.deals import (
    ActivityFactory,
    DebtCallFactory,
    PromiseFactory,
    ScheduleLineFactory,
)

pytestmark = pytest.mark.django_db
ADDRESS = "/deals/debtors/"
SCRIPT = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{ADDRESS}"}


@pytest.fixture
def today(db):
    return company_today()


@pytest.fixture
def debtors(seller, colleague, stranger, pipeline, stages, today):
    """Альфа owes the seller 60 (45 days), 40 (5 days), 10 (not due); Бета his colleague 70 (100 days)
    and Гамма a stranger 5 (1 day); thousands of roubles."""

    def owes(name, owner, *debts, **fields):
        deal = owing(owner, pipeline, stages, ClientFactory(name=name, owner=owner), **fields)
        for days, thousands in debts:
            amount = Decimal(thousands) * 1000
            ScheduleLineFactory(deal=deal, due_on=today - timedelta(days=days), amount=amount)
        return deal

    return [
        owes("Альфа", seller, (45, 60), (5, 40), (-10, 10)),
        owes("Бета", colleague, (100, 70)),
        owes("Гамма", stranger, (1, 5)),
    ]


def promise(deal, *, days, today, amount="30000.00", next_call_on=None):
    activity = ActivityFactory(deal=deal, user=deal.owner)
    call = DebtCallFactory(activity=activity, next_call_on=next_call_on)
    return PromiseFactory(
        call=call,
        amount=Decimal(amount),
        made_on=today - timedelta(days=30),
        promised_on=today + timedelta(days=days),
    )


def rows(client, person, **query):
    client.force_login(person)
    return list(client.get(reverse("deals:debtor_list"), query).context["page"].object_list)


def names(*args, **query):
    return [row.name for row in rows(*args, **query)]


def test_a_row_has_the_debt_by_age(client, seller, debtors, today):
    (row,) = rows(client, seller)

    sums = [int(amount) for _bucket, amount in row.buckets]
    assert sums == [10_000, 40_000, 60_000, 0, 0]
    assert (row.owed, row.overdue, row.payments) == (110_000, 100_000, 3)
    assert (row.oldest, row.days) == (today - timedelta(days=45), 45)
    assert (row.promise, row.next_call_on, row.is_call_due) == (None, None, True)


def test_everyone_sees_the_debts_of_his_people(client, people, debtors):
    assert names(client, people["seller"]) == ["Альфа"]
    assert names(client, people["lead"]) == ["Альфа", "Бета"]
    assert names(client, people["head"]) == ["Альфа", "Бета", "Гамма"]
    assert names(client, people["stranger"]) == ["Гамма"]


def test_the_sums_equal_those_of_the_dashboard_to_the_kopeck(client, head, seller, debtors, today):
    # A third of a rate has no end: each payment is rounded by itself, here and there alike.
    Deal.objects.filter(pk=debtors[0].pk).update(
        amount=Decimal("90000.00"), amount_base=Decimal("100000.00"), currency="USD"
    )
    client.force_login(head)

    shown = client.get(ADDRESS).context
    owners = [deal.owner_id for deal in debtors]
    store_present(today, since=None)
    counted = receivables(Month(today), owners)

    expected: dict[str, Decimal] = {}
    for of_person in counted.values():
        for bucket, _count, amount in of_person:
            expected[bucket] = expected.get(bucket, Decimal(0)) + amount
    assert {b["code"]: b["amount"] for b in shown["buckets"] if b["amount"]} == expected
    assert expected["31_60"] == Decimal("66666.67")
    assert shown["total"] == sum(row.owed for row in shown["page"].object_list)


class Month:
    """What the query of the night asks of its month."""

    def __init__(self, today):
        self.today, self.period = today, month_of(today)


def test_filters_and_order(client, head, seller, debtors, today):
    promise(debtors[0], days=-1, today=today, next_call_on=today + timedelta(days=3))
    promise(debtors[1], days=5, today=today, next_call_on=today)

    assert names(client, head, bucket="1_30") == ["Альфа", "Гамма"]
    assert names(client, head, bucket="not_due") == ["Альфа"]
    assert names(client, head, promise="broken") == ["Альфа"]
    assert names(client, head, promise="open") == ["Бета"]
    assert names(client, head, promise="none") == ["Гамма"]
    assert names(client, head, call="1") == ["Бета", "Гамма"]
    assert names(client, head, owner=seller.pk) == ["Альфа"]
    assert names(client, head, q="бет") == ["Бета"]
    assert names(client, head, sort="client") == ["Альфа", "Бета", "Гамма"]
    assert names(client, head, sort="oldest") == ["Бета", "Альфа", "Гамма"]
    assert names(client, head, sort="-promise") == ["Бета", "Альфа", "Гамма"]


def test_the_last_promise_and_its_state_stand_in_the_row(client, seller, debtors, today):
    promise(debtors[0], days=-10, today=today, amount="1.00")
    last = promise(debtors[0], days=-1, today=today, next_call_on=today - timedelta(days=1))

    (row,) = rows(client, seller)

    assert (row.promise, row.state, row.is_call_due) == (last, "broken", True)


@pytest.mark.parametrize("role", ["seller", "lead", "head"])
def test_debtors_query_count_does_not_grow(client, people, debtors, today, role):
    few = ask(client, people[role], ADDRESS)
    for deal in debtors:
        promise(deal, days=1, today=today)
        ScheduleLineFactory(deal=deal, amount=Decimal(1))

    assert ask(client, people[role], ADDRESS) <= 8
    assert few <= 8


def test_the_file_holds_exactly_the_rows_of_the_filter(client, head, debtors, today):
    promise(debtors[0], days=-1, today=today)
    client.force_login(head)

    response = client.get(reverse("deals:debtor_export", args=["csv"]), {"promise": "broken"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    heading, *lines = csv.reader(text.splitlines(), delimiter=";")

    assert len(lines) == 1
    said = dict(zip(heading, lines[0], strict=True))
    assert said["Клиент"] == "Альфа"
    assert (said["Просрочено"], said["Обещано"]) == ("100000,00", "30000,00")
    assert client.get(reverse("deals:debtor_export", args=["xlsx"])).status_code == 200
    assert client.get(reverse("deals:debtor_export", args=["pdf"])).status_code == 404


def test_a_call_is_recorded_in_three_fields_and_the_row_changes(client, seller, debtors, today):
    client.force_login(seller)
    url = reverse("deals:debtor_call", args=[debtors[0].client_id])
    asked = client.get(url, headers=SCRIPT)
    assert asked.context["form"].initial["amount"] == Decimal("110000.00")

    friday = today + timedelta(days=4)
    said = {"result": "promised", "amount": "50 000", "promised_on": friday.isoformat()}
    response = client.post(url, said, headers=SCRIPT)

    assert response.status_code == 200
    assert "dealChanged" in response["HX-Trigger"]
    (row,) = rows(client, seller)
    assert (row.promise.amount, row.state) == (Decimal("50000.00"), "open")
    assert row.next_call_on > friday
    assert not row.is_call_due


def test_other_results_keep_no_promise(client, seller, debtors):
    client.force_login(seller)
    url = reverse("deals:debtor_call", args=[debtors[0].client_id])

    response = client.post(url, {"result": "no_answer", "amount": "1", "promised_on": "2026-01-01"})

    assert response.status_code == 302
    assert DebtCall.objects.get().result == "no_answer"
    assert not PromiseToPay.objects.exists()


def test_a_refused_promise_says_why(client, seller, debtors, today):
    client.force_login(seller)
    url = reverse("deals:debtor_call", args=[debtors[0].client_id])
    said = {"result": "promised", "amount": "110000.01", "promised_on": today.isoformat()}

    response = client.post(url, said, headers=SCRIPT)

    assert response.status_code == 422
    assert "amount" in response.context["form"].errors
    assert not DebtCall.objects.exists()


def test_a_promise_is_narrowed_to_a_payment_by_the_address(client, seller, debtors, today):
    client.force_login(seller)
    line = debtors[0].schedule.get(amount=40_000)
    url = reverse("deals:debtor_call", args=[debtors[0].client_id])
    said = {"result": "promised", "amount": "40000", "promised_on": today.isoformat()}

    client.post(f"{url}?line={line.pk}", said)

    kept = PromiseToPay.objects.get()
    assert (kept.line, kept.deal) == (line, debtors[0])


def test_a_debtor_of_others_is_not_there(client, seller, debtors):
    client.force_login(seller)
    url = reverse("deals:debtor_call", args=[debtors[1].client_id])

    assert client.get(url).status_code == 404
    assert client.post(url, {"result": "no_answer"}).status_code == 404
    assert not DebtCall.objects.exists()


def test_kept_words_are_counted_by_owner_and_shared_from_ten_on(
    client, lead, seller, colleague, debtors, today
):
    first = today - timedelta(days=90)
    for number in range(9):
        promise(debtors[0], days=-number - 1, today=today)
    kept = promise(debtors[1], days=-1, today=today, amount="70000.00")
    line = debtors[1].schedule.get()
    line.allocations.create(
        receipt=_receipt(debtors[1]),
        line=line,
        amount=Decimal("70000.00"),
        amount_base=Decimal("70000.00"),
        owner=colleague,
        happened_on=kept.promised_on,
    )
    promise(debtors[0], days=0, today=today)

    words = {word.owner_id: word for word in words_kept(lead, first=first, today=today)}

    assert (words[seller.pk].ended, words[seller.pk].kept, words[seller.pk].share) == (9, 0, None)
    assert (words[colleague.pk].ended, words[colleague.pk].kept) == (1, 1)
    client.force_login(lead)
    card = client.get(reverse("deals:promises_kept")).context
    assert (card["ended"], card["kept"], card["share"]) == (10, 1, Decimal("0.1"))


def _receipt(deal):
    return deal.client.receipts.create(
        received_on=timezone.now().date(),
        amount=Decimal("70000.00"),
        amount_base=Decimal("70000.00"),
        currency="RUB",
    )


def test_a_call_may_begin_from_the_deal(client, seller, stranger, debtors, today):
    client.force_login(seller)
    url = reverse("deals:deal_debt_call", args=[debtors[0].pk])
    said = {"result": "promised", "amount": "110000", "promised_on": today.isoformat()}
    assert client.post(url, said).status_code == 302

    kept = PromiseToPay.objects.get()
    assert (kept.deal, kept.line) == (debtors[0], None)
    client.force_login(stranger)
    assert client.get(url).status_code == 404


def test_won_deals_without_payments_are_told(client, seller, debtors, pipeline, stages):
    bare = owing(seller, pipeline, stages, ClientFactory(name="Дельта", owner=seller))
    few = ask(client, seller, reverse("deals:debtors_unplanned"))
    owing(seller, pipeline, stages, ClientFactory(owner=seller))

    assert ask(client, seller, reverse("deals:debtors_unplanned")) == few <= 8
    shown = client.get(reverse("deals:debtors_unplanned")).context
    assert shown["count"] == 2
    assert bare in shown["shown"]
    assert debtors[0] not in shown["shown"]


def test_the_pages_of_deal_and_client_tell_of_the_call(client, seller, debtors, today):
    promise(debtors[0], days=1, today=today)
    deal_page = reverse("deals:deal", args=[debtors[0].pk])
    client_panel = reverse("deals:client_activities", args=[debtors[0].client_id])

    assert ask(client, seller, deal_page) <= 12
    for url in (deal_page, client_panel):
        assert "О долге: обещано 30" in client.get(url).content.decode()
