"""Imports that are killed (X23), doubled (X24) or run beside each other (X25) end with the same totals."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from apps.core.importing import engine, runs, starting
from apps.core.models import ImportRow, ImportRun
from apps.deals.models import Deal, StageMove
from tests.fixtures_imports import AS_SAID, codes_of, counts_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

WORKER = """
import sys, django
django.setup()
from apps.core.importing import engine
from apps.core.models import ImportRun
for _progress in engine.import_run(ImportRun.objects.get(pk=int(sys.argv[1]))):
    pass
"""


@pytest.fixture
def started(receive):
    def start(name, **where):
        run = receive(name, **where)
        runs.choose_policy(run, AS_SAID)
        return starting.start(run)

    return start


def worker_on(run):
    """Another process that writes the run into the test base."""
    database = connection.settings_dict
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "sales_mgmt.settings",
        "MEDIA_ROOT": str(django_settings.MEDIA_ROOT),
        "SECRET_KEY": "only-for-tests",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER, str(run.pk)], env=environment)


def kill_after(run, rows):
    """Kill a worker with -9 as soon as `rows` rows are committed; how many there were then."""
    worker = worker_on(run)
    deadline = time.monotonic() + 120
    while ImportRow.objects.filter(run=run).count() < rows and time.monotonic() < deadline:
        assert worker.poll() is None
        time.sleep(0.05)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    return ImportRow.objects.filter(run=run).count()


def test_killed_worker_is_resumed_with_the_same_totals(started):
    run = started("rows_10000_bad_137.csv")

    early, middle = kill_after(run, 1), kill_after(run, 5000)
    for _progress in engine.import_run(run):
        pass

    assert 1 <= early < middle < 10_000
    run.refresh_from_db()
    assert (run.status, run.rows) == ("done", 10_000)
    assert counts_of(run) == (9863, 0, 0, 137)
    assert Deal.objects.count() == 9863
    assert StageMove.objects.count() == 9863
    assert codes_of(run) == {
        "amount_format",
        "date_format",
        "unknown_manager",
        "unknown_stage",
        "amount_negative",
    }


def at_once(*acts):
    """Run the acts in threads of their own that begin together; what each returned or raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def do(index, act):
        gate.wait()
        try:
            results[index] = act()
        except Exception as failure:
            results[index] = failure
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=item) for item in enumerate(acts)]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    return results


def write_out(run):
    for _progress in engine.import_run(ImportRun.objects.get(pk=run.pk)):
        pass
    return ImportRun.objects.get(pk=run.pk)


def test_same_file_twice_at_once_is_one_import(receive):
    first, second = receive("repeat_v1.csv"), receive("repeat_v1.csv")
    for run in (first, second):
        runs.choose_policy(run, AS_SAID)

    one, other = at_once(lambda: starting.start(first), lambda: starting.start(second))

    assert one.pk == other.pk
    assert ImportRun.objects.filter(status="running").count() == 1
    refused = ImportRun.objects.get(status="refused")
    assert refused.problem["params"] == {"run": one.pk}


def test_two_workers_on_one_run_write_it_once(started):
    run = started("repeat_v1.csv")

    at_once(lambda: write_out(run), lambda: write_out(run))

    run.refresh_from_db()
    assert counts_of(run) == (10, 0, 0, 0)
    assert Deal.objects.count() == 10


def test_overlapping_imports_neither_deadlock_nor_double(started, importers):
    files = [started("repeat_v1.csv"), started("ok_utf8_comma.csv"), started("repeat_v2.csv")]

    done = at_once(*[lambda run=run: write_out(run) for run in files])

    assert [type(run) for run in done] == [ImportRun] * 3
    assert {run.status for run in done} == {"done"}
    assert all(sum(counts_of(run)) == run.rows for run in done)
    assert Deal.objects.count() == 20
