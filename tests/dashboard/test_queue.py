from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from apps.dashboard.choices import Reason
from apps.dashboard.queue import Moment, queue_of
from tests.factories.deals import (
    ActivityFactory,
    DealFactory,
    DebtCallFactory,
    ScheduleLineFactory,
    staged_pipeline,
)
from tests.factories.tasks import TaskFactory

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def monday_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pipeline(db):
    return staged_pipeline()


def deal(owner, pipeline, stage="Договор", **fields):
    return DealFactory(
        owner=owner, pipeline=pipeline, stage=pipeline.stages.get(name=stage), **fields
    )


def queue(person):
    return queue_of(person, Moment.current())


def test_queue_ranks_expected_value_times_urgency(seller, pipeline):
    # 100 000 x 0.75 x 1.5 = 112 500; 400 000 x 0.3 x 1.3 = 156 000; 50 000 of debt x 1.2 = 60 000.
    late = deal(seller, pipeline, next_step="Договор", next_step_at=NOW - timedelta(days=2))
    today = deal(
        seller, pipeline, "КП", amount=Decimal(400_000), next_step_at=NOW + timedelta(hours=3)
    )
    debtor = deal(seller, pipeline, "Оплата", outcome="won", closed_on=NOW.date())
    ScheduleLineFactory(deal=debtor, due_on=NOW.date() - timedelta(days=9), amount=Decimal(50_000))

    entries = queue(seller).entries

    assert [(entry.deal_id, entry.reason, entry.days) for entry in entries] == [
        (today.pk, Reason.STEP_TODAY, 0),
        (late.pk, Reason.STEP_OVERDUE, 2),
        (debtor.pk, Reason.DEBT_OVERDUE, 9),
    ]
    assert [entry.rank for entry in entries] == [
        Decimal(156_000),
        Decimal(112_500),
        Decimal(60_000),
    ]


def test_a_debtor_waits_for_the_day_of_his_next_call(seller, pipeline):
    debtor = deal(seller, pipeline, "Оплата", outcome="won", closed_on=NOW.date())
    ScheduleLineFactory(deal=debtor, due_on=NOW.date() - timedelta(days=9))

    def called(next_call_in):
        DebtCallFactory(
            activity=ActivityFactory(deal=debtor),
            next_call_on=NOW.date() + timedelta(days=next_call_in),
        )
        return [entry.reason for entry in queue(seller).entries]

    assert called(1) == []
    assert called(0) == [Reason.DEBT_OVERDUE]


def test_a_payment_of_an_open_deal_is_no_debt(seller, pipeline):
    promising = deal(seller, pipeline, next_step_at=TOMORROW)
    ScheduleLineFactory(deal=promising, due_on=NOW.date() - timedelta(days=9))

    assert queue(seller).entries == []


def test_task_weighs_as_much_as_the_middle_of_the_rest(seller, pipeline):
    deal(seller, pipeline, next_step_at=NOW - timedelta(days=2))
    task = TaskFactory(assignee=seller, due_at=NOW + timedelta(hours=1))

    entries = queue(seller).entries

    # The median of the one deal, 112 500, x 1.2 for today.
    assert [(entry.task_id, entry.rank) for entry in entries if entry.task_id] == [
        (task.pk, Decimal(135_000))
    ]


def test_paid_line_and_finished_task_wait_for_nobody(seller, pipeline):
    paid = deal(seller, pipeline, next_step_at=TOMORROW)
    ScheduleLineFactory(deal=paid, due_on=NOW.date() - timedelta(days=9), paid=Decimal(50_000))
    TaskFactory(assignee=seller, due_at=NOW - timedelta(hours=1), done_at=NOW)

    assert queue(seller).entries == []


def test_lead_that_was_called_no_longer_waits(seller, pipeline):
    lead = deal(seller, pipeline, "Запрос", next_step_at=TOMORROW)
    ActivityFactory(deal=lead)
    called = deal(seller, pipeline, "Запрос", next_step_at=TOMORROW, last_activity_at=NOW)

    assert [entry.deal_id for entry in queue(seller).entries] == [lead.pk]
    assert called.pk not in [entry.deal_id for entry in queue(seller).entries]


def test_queue_holds_nothing_of_others(seller, other_seller, pipeline):
    deal(other_seller, pipeline, next_step_at=None)
    TaskFactory(assignee=other_seller, due_at=NOW)

    assert queue(seller).count == 0


def test_coming_days_are_working_days(seller, pipeline):
    planned = [
        deal(seller, pipeline, next_step_at=datetime(2026, 11, 27, hour, 0, tzinfo=UTC))
        for hour in (11, 8, 9, 10)
    ]

    coming = queue(seller).coming

    # Friday the 27th is followed by Monday the 30th.
    assert [(f"{row.day:%d.%m}", row.count) for row in coming] == [
        ("24.11", 0),
        ("25.11", 0),
        ("26.11", 0),
        ("27.11", 4),
        ("30.11", 0),
    ]
    # The first three of the day are named, the earliest first.
    addresses = [address for _client, _step, address in coming[3].steps]
    assert addresses == [reverse("deals:deal", args=[planned[n].pk]) for n in (1, 2, 3)]
    assert coming[3].others == 1


@pytest.mark.parametrize("count", [1, 9])
def test_my_day_makes_a_fixed_number_of_queries(
    client, seller, pipeline, count, django_assert_max_num_queries
):
    for _number in range(count):
        deal(seller, pipeline, next_step_at=None)
    client.force_login(seller)

    with django_assert_max_num_queries(15):
        response = client.get(reverse("dashboard:my_day"))

    assert response.context["queue"].count == count
