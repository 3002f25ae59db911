"""The two commands on a fresh clone, under everything that a strange machine may do to them."""

import os
import shutil
import signal
import socket
import stat
import tempfile
from pathlib import Path

import psycopg2
import pytest

from sales_mgmt.runtime.process import wait_until
from tests.runtime.product import Product, path_without_node

pytestmark = pytest.mark.slow

NOBODY = (65534, 65534)
SET_UP_STEPS = ("Making the Python", "Installing", "Bringing", "Collecting", "made its data")
SECONDS_OF_A_SECOND_START = 30
PUBLISHED = "SELECT id FROM kpis_nightrun WHERE is_current"
STEPS_DONE = """
    SELECT count(*) FROM kpis_nightstep step JOIN kpis_nightrun run ON run.id = step.run_id
    WHERE run.status = 'running' AND step.finished_at IS NOT NULL
"""
CURRENT = """
    SELECT run.id, run.status, count(step.id) FILTER (WHERE step.finished_at IS NULL)
    FROM kpis_nightrun run JOIN kpis_nightstep step ON step.run_id = run.id
    WHERE run.is_current GROUP BY run.id
"""
DOUBLES = """
    SELECT scope_kind, scope_id, period_kind, period_start FROM kpis_snapshot
    GROUP BY scope_kind, scope_id, period_kind, period_start, run_id HAVING count(*) > 1
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")


@pytest.fixture(scope="module")
def place():
    with tempfile.TemporaryDirectory(prefix="sales-campaign-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def product(place):
    """The clone that most tests share: the first start takes minutes."""
    product = Product(place)
    yield product
    if product.process and product.process.poll() is None:
        product.stop()


@pytest.fixture
def running(product):
    """The product runs, in whatever state the last test left it."""
    if product.process is None or product.process.poll() is not None:
        product.up("--port", "8765")
    return product


@pytest.fixture
def row(running):
    """A committed row; returns a question whether it is there."""
    running.query("CREATE TABLE IF NOT EXISTS campaign (word text)")
    running.query("TRUNCATE campaign")
    running.query("INSERT INTO campaign VALUES ('kept')")
    return lambda: running.query("SELECT word FROM campaign") == [("kept",)]


def hide_ensurepip(place, product):
    shadows = place / "shadows"
    shadows.mkdir()
    (shadows / "ensurepip.py").write_text("raise ImportError('python3-venv is not installed')\n")
    product.extra["PYTHONPATH"] = str(shadows)


def test_first_start_on_a_poor_machine(product, place):
    """A blank and Cyrillic in the path, LANG=C, no Node, no python3-venv, the port taken."""
    hide_ensurepip(place, product)
    product.extra["PATH"] = path_without_node(place)
    with socket.create_server(("127.0.0.1", 8765)):
        product.up("--port", "8765")

    assert "port 8765 is reserved or taken by another program, using" in product.said()
    assert ":8765/" not in product.address()
    assert "Log-ins" in product.said()
    assert wait_until(product.is_ready, 90, pause=1)
    assert product.query("SELECT upper('привет')") == [("ПРИВЕТ",)]
    assert product.stop() == 0
    assert product.processes() == []
    product.extra.clear()


def test_second_start_takes_seconds_and_installs_nothing(product):
    seconds = product.up("--port", "8765")

    assert seconds < SECONDS_OF_A_SECOND_START
    assert not [step for step in SET_UP_STEPS if step in product.said()]
    assert product.stop() == 0


def test_status_tells_what_runs(running):
    done = running.run("status")

    assert done.returncode == 0
    assert f"Running at {running.address()}" in done.stdout
    assert "database: 18." in done.stdout
    for name in ("postgresql", "redis", "worker", "web", "beat"):
        assert f"  {name}: process {running.pid_of(name)}\n" in done.stdout


def test_second_copy_is_refused_with_the_address_of_the_first(running):
    done = running.run("up")

    assert done.returncode == 1
    assert f"it runs already at {running.address()}" in done.stderr
    assert wait_until(running.is_ready, 30)


@pytest.mark.parametrize("name", ["worker", "web", "beat", "redis", "postgresql"])
def test_killed_part_comes_back_by_itself(running, row, name):
    assert wait_until(running.is_ready, 90, pause=1)

    killed = running.kill(name)

    assert running.comes_back(name, killed), running.said()
    assert row()


@pytest.mark.parametrize("victim", ["child", "worker"])
def test_night_whose_worker_was_killed_completes_by_itself(running, victim):
    """Nobody sees half of it meanwhile, and nothing is counted twice."""
    assert wait_until(running.is_ready, 90, pause=1)
    before = running.query(PUBLISHED)
    command = running.start("run_night", "--rebuild")
    assert wait_until(lambda: running.query(STEPS_DONE)[0][0] > 0, 60)
    worker = running.pid_of("worker")

    os.kill(running.children_of(worker)[0] if victim == "child" else worker, signal.SIGKILL)

    assert running.query(PUBLISHED) == before
    command.wait(60)
    assert wait_until(lambda: running.query(PUBLISHED) != before, 300, pause=1)
    ((run, status, open_steps),) = running.query(CURRENT)
    assert (status, open_steps) == ("done", 0)
    assert running.query(DOUBLES) == []
    assert running.query("SELECT count(*) FROM kpis_snapshot WHERE run_id = %s", run) > [(0,)]


def test_start_after_the_supervisor_was_killed(running, row):
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()

    running.up("--port", "8765")

    assert row()
    assert wait_until(running.is_ready, 90, pause=1)


def test_processes_of_a_killed_supervisor_end_by_themselves(running):
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()

    assert wait_until(lambda: running.processes() == [], 60, pause=0.5), running.processes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stop_leaves_no_process_and_loses_no_row(running, row, number):
    assert running.stop(number) == 0
    assert running.processes() == []

    running.up("--port", "8765")

    assert row()


def test_stop_in_the_middle_of_the_set_up_leaves_no_process(product):
    if product.process and product.process.poll() is None:
        product.stop()
    shutil.rmtree(product.directory / "sales_mgmt" / "assets" / "node_modules")
    starting = product.begin("--port", "8765")
    assert wait_until(lambda: "Bringing the front-end packages" in product.said(), 60)

    starting.send_signal(signal.SIGINT)

    assert starting.wait(60) == 0
    assert product.processes() == []
    assert product.up("--port", "8765") < 120


def test_given_servers_are_used_instead_of_ours(product):
    """Those of this test run stand for a company's own."""
    if product.process and product.process.poll() is None:
        product.stop()
    database = os.environ["DATABASE_URL"].rpartition("/")[0] + "/campaign"
    administer("DROP DATABASE IF EXISTS campaign WITH (FORCE)", "CREATE DATABASE campaign")
    product.extra = {"DATABASE_URL": database, "REDIS_URL": os.environ["REDIS_URL"]}
    try:
        product.up("--port", "8765", "--empty")

        assert set(product.running()["children"]) == {"worker", "web", "beat"}
        assert "PostgreSQL is the one of DATABASE_URL" in product.said()
        assert "Log in as admin@localhost" in product.said()
        assert product.stop() == 0
    finally:
        product.extra = {}
        administer("DROP DATABASE IF EXISTS campaign WITH (FORCE)")


def administer(*statements):
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def test_failed_step_says_what_failed_and_what_to_do(product):
    if product.process and product.process.poll() is None:
        product.stop()
    product.extra = {"DATABASE_URL": "postgres://sales:wrong@127.0.0.1:1/sales"}
    try:
        done = product.run("up")
    finally:
        product.extra = {}

    assert done.returncode == 1
    assert "Preparing the database … failed after" in done.stdout
    assert "What to do: see that DATABASE_URL is right" in done.stderr
    assert product.processes() == []


@as_root
def test_closed_home_of_root_stays_closed(product, place):
    """The servers run as another account, and no directory is opened for it."""
    if product.process and product.process.poll() is None:
        product.stop()
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    before, product.directory = product.directory, closed / "Отдел продаж"
    shutil.move(before, product.directory)
    shutil.rmtree(product.directory / "var")
    data = []
    try:
        product.up("--port", "8765", "--empty")
        data = product.query("SHOW data_directory")

        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert not data[0][0].startswith(str(closed))
        assert product.stop() == 0
    finally:
        shutil.move(product.directory, before)
        product.directory = before
        if data:
            shutil.rmtree(Path(data[0][0]).parent.parent)


@as_root
def test_ordinary_user_with_an_empty_home(place):
    user_place = place / "user"
    user_place.mkdir()
    product = Product(user_place, NOBODY)
    try:
        product.up("--empty")

        assert "Log in as admin@localhost" in product.said()
        assert wait_until(product.is_ready, 90, pause=1)
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in product.processes()}
        assert owners == {NOBODY[0]}
        assert product.stop() == 0
        assert product.processes() == []
    finally:
        if product.process and product.process.poll() is None:
            product.stop()


def test_test_command_ends_with_the_totals(product):
    done = product.run("test", "tests/runtime/test_state.py", seconds=600)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "8 passed, 0 failed, 0 skipped"
    assert wait_until(lambda: product.processes() == [], 20)


def test_test_command_fails_when_nothing_could_be_tested(product):
    done = product.run("test", "tests/no_such_file.py", seconds=300)

    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"
