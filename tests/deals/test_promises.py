"""What debtors promise is judged by the receipts, and a broken word leads to a call."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from apps.core.calendars import company_today
from apps.deals.actions import (
    debt_of,
    follow_up_promises,
    record_debt_call,
    record_receipt,
    reverse_activity,
    reverse_receipt,
)
from apps.deals.calculations import kept_share, promise_state
from apps.deals.choices import PromiseState
from apps.deals.models import Activity, BrokenPromise, DebtCall, PromiseToPay
from apps.tasks.models import Task
from tests.deals.test_deals import code_of
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import (
    ActivityFactory,
    DealFactory,
    DebtCallFactory,
    PromiseFactory,
    ScheduleLineFactory,
)

pytestmark = pytest.mark.django_db
MADE, BY = date(2026, 11, 2), date(2026, 11, 10)


def owing(owner, pipeline, stages, client, **fields):
    return DealFactory(
        owner=owner,
        pipeline=pipeline,
        client=client,
        stage=stages.won,
        outcome="won",
        closed_on=date(2026, 9, 30),
        **fields,
    )


@pytest.fixture
def debt(seller, pipeline, stages, client_company):
    """A won deal that owes 60,000 since 20 October and 40,000 since 1 November."""
    deal = owing(seller, pipeline, stages, client_company)
    return [
        ScheduleLineFactory(deal=deal, due_on=date(2026, 10, 20), amount=Decimal("60000.00")),
        ScheduleLineFactory(deal=deal, due_on=date(2026, 11, 1), amount=Decimal("40000.00")),
    ]


def promised(owed, seller, **fields):
    call = DebtCallFactory(activity=ActivityFactory(deal=owed.deal, user=seller))
    return PromiseFactory(call=call, **fields)


def come(line, seller, amount, on):
    return record_receipt(
        by=seller,
        client=line.deal.client,
        amount=Decimal(amount),
        received_on=on,
        currency="RUB",
        parts=[(line, Decimal(amount))],
    )


def state_of(promise, today):
    return PromiseToPay.objects.with_paid().get(pk=promise.pk).state(today)


@pytest.mark.parametrize(
    ("paid", "today", "state"),
    [
        ("0", BY, PromiseState.OPEN),
        ("29999.99", BY, PromiseState.OPEN),
        ("30000", MADE, PromiseState.KEPT),
        ("30000", BY + timedelta(days=1), PromiseState.KEPT),
        ("29999.99", BY + timedelta(days=1), PromiseState.PART_KEPT),
        ("0", BY + timedelta(days=1), PromiseState.BROKEN),
    ],
)
def test_state_of_a_promise_of_30_000_by_10_november(paid, today, state):
    assert promise_state(Decimal(30000), Decimal(paid), BY, today) == state


def test_the_share_of_kept_promises_needs_ten():
    assert kept_share(9, 9) is None
    assert kept_share(7, 10) == Decimal("0.7")


def test_money_counts_from_the_day_of_the_promise_to_its_term(debt, seller):
    promise = promised(debt[0], seller)
    come(debt[0], seller, "5000", MADE - timedelta(days=1))
    come(debt[0], seller, "10000", MADE)
    come(debt[1], seller, "15000", BY)
    come(debt[1], seller, "20000", BY + timedelta(days=1))

    found = PromiseToPay.objects.with_paid().get(pk=promise.pk)

    assert found.paid == Decimal("25000.00")
    assert found.state(BY + timedelta(days=1)) == PromiseState.PART_KEPT


def test_a_promise_about_a_line_counts_that_line_only(debt, seller):
    promise = promised(debt[0], seller, line=debt[1])
    come(debt[0], seller, "30000", MADE)

    assert state_of(promise, BY + timedelta(days=1)) == PromiseState.BROKEN


def test_a_promise_of_a_client_counts_all_his_deals_in_its_currency(
    debt, seller, pipeline, stages, client_company
):
    other = ScheduleLineFactory(deal=owing(seller, pipeline, stages, client_company))
    foreign = ScheduleLineFactory(deal=owing(seller, pipeline, stages, ClientFactory(owner=seller)))
    promise = promised(debt[0], seller, deal=None)
    come(foreign, seller, "30000", MADE)
    come(other, seller, "12000", MADE)
    come(debt[0], seller, "18000", BY)

    assert PromiseToPay.objects.with_paid().get(pk=promise.pk).paid == Decimal("30000.00")


def test_reversed_money_never_came(debt, seller, lead):
    promise = promised(debt[0], seller)
    receipt = come(debt[0], seller, "30000", MADE)
    assert state_of(promise, BY + timedelta(days=1)) == PromiseState.KEPT

    reverse_receipt(receipt, by=lead, reason="ошибка банка")

    assert state_of(promise, BY + timedelta(days=1)) == PromiseState.BROKEN


def test_a_call_with_a_promise_is_an_activity_and_sets_the_next_call(debt, seller):
    friday = company_today() + timedelta(days=7)
    contact = ContactFactory(client=debt[0].deal.client)

    call = record_debt_call(
        debt_of(debt[0].deal.client, by=seller),
        by=seller,
        result="promised",
        amount=Decimal("100000.00"),
        promised_on=friday,
        said_by=contact,
        text="Ждут поступления",
    )

    assert (call.activity.kind, call.activity.outcome) == ("call", "agreed")
    assert (call.activity.deal, call.activity.text) == (debt[0].deal, "Ждут поступления")
    assert call.next_call_on > friday
    said = call.promise
    assert (said.amount, said.currency, said.promised_on) == (Decimal("100000.00"), "RUB", friday)
    assert (said.deal, said.line, said.said_by) == (None, None, contact)
    assert (said.owner, said.author, said.made_on) == (seller, seller, company_today())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"amount": None}, "promise_incomplete"),
        ({"promised_on": None}, "promise_incomplete"),
        ({"amount": Decimal("100000.01")}, "over_debt"),
        ({"promised_on": date(2026, 1, 1)}, "past"),
        ({"promised_on": date(2029, 1, 1)}, "too_far"),
        ({"next_call_on": date(2026, 1, 1)}, "past"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(debt, seller, fields, code):
    said = {"amount": Decimal(1), "promised_on": company_today(), **fields}

    with pytest.raises(ValidationError) as error:
        record_debt_call(
            debt_of(debt[0].deal.client, by=seller), by=seller, result="promised", **said
        )

    assert code_of(error) == code
    assert not DebtCall.objects.exists()
    assert not Activity.objects.exists()


def test_only_those_who_work_on_the_deal_record_a_call(debt, seller, director):
    with pytest.raises(PermissionDenied):
        record_debt_call(debt_of(debt[0].deal.client, by=director), by=director, result="no_answer")

    assert not DebtCall.objects.exists()


def test_a_stranger_sees_no_debt(debt, stranger):
    assert debt_of(debt[0].deal.client, by=stranger) is None


def test_a_promise_is_not_edited(debt, seller):
    promise = promised(debt[0], seller)
    for change in (lambda: PromiseToPay.objects.update(amount=1), promise.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_striking_out_the_call_takes_the_promise_away(debt, seller):
    promise = promised(debt[0], seller)

    reverse_activity(promise.call.activity, by=seller)

    assert not PromiseToPay.objects.standing().exists()
    assert follow_up_promises(BY) == 0


def test_a_broken_promise_becomes_one_call(debt, seller):
    promise = promised(debt[0], seller)
    come(debt[0], seller, "10000", BY)

    assert follow_up_promises(BY - timedelta(days=1)) == 0
    assert [follow_up_promises(BY), follow_up_promises(BY)] == [1, 0]

    broken = BrokenPromise.objects.get()
    assert (broken.promise, broken.paid) == (promise, Decimal("10000.00"))
    task = Task.objects.get()
    assert (task.assignee, task.subject) == (seller, debt[0].deal)
    assert task == broken.task
    assert debt[0].deal.client.name in task.title


def test_a_kept_promise_needs_no_call(debt, seller):
    promised(debt[0], seller)
    come(debt[0], seller, "30000", BY)

    assert follow_up_promises(BY) == 0
    assert not Task.objects.exists()


def test_a_debtor_who_was_called_since_gets_no_task(debt, seller):
    promised(debt[0], seller)
    record_debt_call(debt_of(debt[0].deal.client, by=seller), by=seller, result="no_answer")

    assert follow_up_promises(BY) == 1
    assert BrokenPromise.objects.get().task is None


def test_a_night_that_did_not_run_is_made_up_for(debt, seller):
    promised(debt[0], seller)

    assert follow_up_promises(BY + timedelta(days=5)) == 1
