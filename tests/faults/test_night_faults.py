"""Nights that lose their child (X01) or their whole worker (X02), are started twice (X03), and whose job
is delivered a second time while the first still works (X05)."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import psycopg2
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone
from redis import Redis

from apps.core.jobs import run_job, sweep_jobs
from apps.core.models import Job
from apps.deals.actions import create_deal, move_deal
from apps.kpis.actions.nights import last_due_day, start_night
from apps.kpis.models import DealFact, NightRun, Snapshot
from apps.kpis.night.chain import do_night
from apps.kpis.snapshots import as_of, current_snapshot
from tests.factories.clients import ClientFactory
from tests.factories.deals import staged_pipeline

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

PATIENCE = 90
ONE_JOB = "import sys, django; django.setup(); from apps.core.jobs import run_job; run_job(int(sys.argv[1]))"


def database_url():
    base = connection.settings_dict
    return (
        f"postgres://{base['USER']}:{base['PASSWORD']}@{base['HOST']}:{base['PORT']}/{base['NAME']}"
    )


def other_process(*command):
    """A process of the product that works on the test base, in a session of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "sales_mgmt.settings",
        "SECRET_KEY": "only-for-tests",
        "LOG_LEVEL": "WARNING",
    }
    return subprocess.Popen([sys.executable, *command], env=environment, start_new_session=True)


def wait_until(what, patience=PATIENCE):
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def kill_group(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def worker():
    """A Celery worker with one child."""
    process = other_process(
        "-m", "celery", "-A", "sales_mgmt", "worker", "-c", "1", "-l", "WARNING"
    )
    try:
        yield process
    finally:
        kill_group(process)


@contextmanager
def balances_held():
    """Stop every night before its step "balances", in the middle of the chain."""
    base = connection.settings_dict
    holder = psycopg2.connect(
        host=base["HOST"],
        port=base["PORT"],
        user=base["USER"],
        password=base["PASSWORD"],
        dbname=base["NAME"],
    )
    holder.cursor().execute("LOCK TABLE kpis_stockfact IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        holder.close()


def is_held(run):
    """Has the night done its facts, and does it wait for the lock?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s",
            [connection.settings_dict["NAME"]],
        )
        waits = cursor.fetchone()[0]
    return waits and run.steps.filter(code="cohorts", finished_at__isnull=False).exists()


def pass_the_lease():
    """As if four minutes had gone by without a word from the worker."""
    Job.objects.active().update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def day():
    return last_due_day(timezone.now())


@pytest.fixture
def yesterday(seller, day):
    """100 won the day before, calculated and published; 50 more won on the day."""
    pipeline = staged_pipeline(is_default=True)
    for won_on, amount in ((day - timedelta(days=1), 100), (day, 50)):
        deal = create_deal(
            by=seller,
            title="Сделка",
            pipeline=pipeline,
            owner=seller,
            client=ClientFactory(owner=seller),
            amount=Decimal(amount),
            opened_on=won_on,
            expected_close_on=won_on,
        )
        move_deal(deal, to=pipeline.stages.get(kind="won"), by=seller, on=won_on)
    run = start_night(day=day - timedelta(days=1), in_background=False)
    do_night(run)
    return run


def month_of_run(day):
    return (day + timedelta(days=1)).replace(day=1)


def check_yesterday_is_seen(yesterday):
    assert as_of() == yesterday
    assert not Snapshot.objects.published().exclude(run=yesterday).exists()


def check_done_once(run, seller, day):
    run.refresh_from_db()
    assert (run.status, run.is_current) == ("done", True)
    assert run.steps.get(code="facts", part="deals").attempts == 1
    assert DealFact.objects.filter(day=day, user=seller).count() == 1
    mine = Snapshot.objects.filter(run=run, scope_kind="person", scope_id=seller.pk)
    assert mine.filter(period_start=month_of_run(day)).count() == 1
    payload = current_snapshot("person", seller.pk, month_of_run(day)).payload
    assert payload["day"] == day.isoformat()
    assert NightRun.objects.filter(is_current=True).count() == 1


def test_a_child_killed_in_the_middle(yesterday, seller, day):
    run = start_night(day=day)
    with balances_held():
        child = other_process("-c", ONE_JOB, str(run.job_id))
        wait_until(lambda: is_held(run))
        kill_group(child)
        check_yesterday_is_seen(yesterday)
        assert run_job(run.job_id) is False  # its lease still holds
    pass_the_lease()
    run_job(run.job_id)

    check_done_once(run, seller, day)
    assert run_job(run.job_id) is False  # a late delivery finds it done


@pytest.mark.parametrize("victim", ["child", "worker"])
def test_celery_loses_a_process_in_the_middle(yesterday, seller, day, victim):
    Redis.from_url(settings.REDIS_URL).delete("celery", "unacked", "unacked_index")
    with worker() as first:
        with balances_held():
            run = start_night(day=day)
            wait_until(lambda: is_held(run))
            if victim == "worker":
                kill_group(first)
            else:
                os.kill(child_of(first.pid), signal.SIGKILL)
            check_yesterday_is_seen(yesterday)
        pass_the_lease()
        with worker():
            wait_until(lambda: sweep_and_look(run))

    check_done_once(run, seller, day)


def child_of(pid):
    """The worker's one child."""
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return int(children.read().split()[0])


def sweep_and_look(run):
    sweep_jobs()
    return NightRun.objects.filter(pk=run.pk, published_at__isnull=False).exists()


def test_two_beats_start_one_night(yesterday, day):
    answers = []

    def start():
        try:
            answers.append(start_night(day=day))
        except ValidationError as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    beats = [threading.Thread(target=start) for _ in range(8)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join()

    assert sorted(map(str, answers)).count("already_running") == 7
    assert NightRun.objects.filter(day=day).count() == 1
    assert Job.objects.filter(kind="kpis.night").count() == 1


def test_two_workers_do_one_night_once(yesterday, seller, day):
    """A second copy of the job, as after a lease that ran out too early."""
    run = start_night(day=day)
    with balances_held():
        slow = other_process("-c", ONE_JOB, str(run.job_id))
        wait_until(lambda: is_held(run))
        pass_the_lease()
        second = other_process("-c", ONE_JOB, str(run.job_id))
        wait_until(lambda: Job.objects.get(pk=run.job_id).attempts == 2)
    wait_until(lambda: None not in (slow.poll(), second.poll()))

    check_done_once(run, seller, day)
    assert not run.steps.filter(attempts__gt=1).exclude(code="balances").exists()


def test_a_run_by_hand_that_died_does_not_block_the_night(yesterday, day):
    with balances_held():
        process = other_process("manage.py", "run_night", "--inline")
        wait_until(lambda: any(is_held(run) for run in NightRun.objects.filter(day=day)))
        with pytest.raises(ValidationError) as refusal:
            start_night(day=day)
        kill_group(process)
    assert refusal.value.code == "already_running"

    wait_until(lambda: started(day))
    assert list(
        NightRun.objects.filter(day=day).order_by("pk").values_list("status", flat=True)
    ) == [
        "failed",
        "running",
    ]


def started(day):
    """The lock of the dead process is free as soon as its backend notices."""
    try:
        return start_night(day=day)
    except ValidationError:
        return None
