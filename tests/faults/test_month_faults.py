"""A month that is closed while others work (X22): the old figures or the new ones, never both."""

import threading
import time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.db.models import Sum
from django.utils import timezone

from apps.core.calendars import company_today
from apps.core.jobs import run_job
from apps.core.periods import add_months, month_of
from apps.deals.actions import create_deal, move_deal
from apps.kpis.actions import months
from apps.kpis.actions.months import close_month
from apps.kpis.actions.nights import last_due_day, start_night
from apps.kpis.closing import is_closed
from apps.kpis.models import DealFact, LateEvent, MonthEvent, NightRun
from apps.kpis.night.chain import do_night
from tests.factories.clients import ClientFactory
from tests.factories.deals import staged_pipeline
from tests.faults.test_night_faults import (
    ONE_JOB,
    balances_held,
    is_held,
    kill_group,
    other_process,
    pass_the_lease,
    wait_until,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]


@pytest.fixture
def month():
    """The month before the last one: all its nights are over, whatever the hour."""
    return add_months(company_today(), -2)


@pytest.fixture
def sold(seller, head, month):
    """sold(day): a deal of 100 won on that day and typed in now."""
    pipeline = staged_pipeline(is_default=True)
    client = ClientFactory(owner=seller)

    def make(day):
        deal = create_deal(
            by=seller,
            title="Сделка",
            pipeline=pipeline,
            owner=seller,
            client=client,
            amount=Decimal(100),
            opened_on=day,
            expected_close_on=day,
        )
        return move_deal(deal, to=pipeline.stages.get(kind="won"), by=seller, on=day)

    make(month)
    do_night(start_night(day=last_due_day(timezone.now()), in_background=False))
    return make


def revenue(month):
    facts = DealFact.objects.filter(day__gte=month, day__lte=month_of(month).last_day)
    sums = facts.aggregate(won=Sum("won_amount"), adjusted=Sum("adjusted_amount"))
    return sums["won"] + sums["adjusted"]


def night_again():
    do_night(start_night(day=last_due_day(timezone.now()), in_background=False))


def test_a_month_cannot_be_closed_in_the_middle_of_a_night(sold, head, month):
    """Whether its worker lives, has just been killed, or another goes on with it."""
    run = start_night(day=last_due_day(timezone.now()))
    with balances_held():
        child = other_process("-c", ONE_JOB, str(run.job_id))
        wait_until(lambda: is_held(run))
        for _ in range(2):
            with pytest.raises(ValidationError) as refusal:
                close_month(month, by=head)
            assert refusal.value.code == "night_runs"
            kill_group(child)
    assert not MonthEvent.objects.exists()
    pass_the_lease()
    run_job(run.job_id)
    close_month(month, by=head)

    assert is_closed(month)
    run.refresh_from_db()
    assert run.frozen_months == []


def test_a_night_waits_for_a_closing_that_has_begun(sold, head, month):
    """It finds the month closed, or open: what it settles comes wholly after or before."""
    run = start_night(day=last_due_day(timezone.now()))
    with transaction.atomic():
        close_month(month, by=head)
        child = other_process("-c", ONE_JOB, str(run.job_id))
        wait_until(lambda: waits_for("advisory"))
        assert not run.steps.exists()
    wait_until(lambda: child.poll() is not None)

    run.refresh_from_db()
    assert run.published_at
    assert run.frozen_months == [month.isoformat()]


def waits_for(kind):
    """Does anybody wait for a lock of that kind? pg_locks, other than activity, is never remembered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = %s AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [kind],
        )
        return cursor.fetchone()[0]


def test_a_sale_that_is_being_written_is_in_time_and_one_that_waited_is_late(sold, head, month):
    """Closing waits for the first to commit; the second waits for the closing."""
    begun, may_commit, results = threading.Event(), threading.Event(), {}

    def slow_sale():
        with transaction.atomic():
            sold(month)
            begun.set()
            may_commit.wait(30)

    def close():
        results["closed"] = close_month(month, by=head)

    writer, closer = start(slow_sale), None
    begun.wait(30)
    closer = start(close)
    wait_until(lambda: waits_for("relation"))
    may_commit.set()
    for thread in (writer, closer):
        thread.join(60)
    sold(month)
    night_again()

    assert results["closed"].month == month
    assert revenue(month) == 200
    late = LateEvent.objects.filter(amount__isnull=False).get()
    assert (late.month, late.counts_on) == (month, add_months(month, 1))
    assert revenue(add_months(month, 1)) == 100


def start(work):
    def run():
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_sales_go_on_while_months_are_closed_and_none_is_counted_twice_or_lost(
    sold, head, month, monkeypatch
):
    """Six sellers write into the month all the while; later each sale counts on exactly one day."""
    count, stop = [], threading.Event()

    def sell_on():
        while not stop.is_set():
            count.append(sold(month))

    sellers = [start(sell_on) for _ in range(6)]
    time.sleep(0.5)
    close_month(month, by=head)
    time.sleep(0.5)
    stop.set()
    for thread in sellers:
        thread.join(60)
    before = revenue(month)
    night_again()
    run = NightRun.objects.current()

    late = LateEvent.objects.filter(amount__isnull=False).aggregate(sum=Sum("amount"))["sum"] or 0
    assert revenue(month) == before
    assert before + late == 100 * (len(count) + 1)
    assert revenue(add_months(month, 1)) == late
    night_again()
    assert NightRun.objects.current() != run
    assert (revenue(month), revenue(add_months(month, 1))) == (before, late)


def test_two_close_one_month(sold, head, month):
    results = []

    def close():
        results.append(close_month(month, by=head).pk)

    for thread in [start(close) for _ in range(4)]:
        thread.join(60)

    assert len(set(results)) == 1
    assert MonthEvent.objects.filter(month=month).count() == 1


def test_a_closing_that_is_killed_leaves_nothing(sold, head, month, monkeypatch):
    def die(_months):
        raise KeyboardInterrupt

    monkeypatch.setattr(months, "count_for_good", die)
    with pytest.raises(KeyboardInterrupt):
        close_month(month, by=head)

    assert not is_closed(month)
    assert not MonthEvent.objects.exists()
    sold(month)  # nobody holds the journals
