import os
import signal
import stat
import subprocess

import psycopg2
import pytest

from sales_mgmt.runtime.process import started_at, wait_until
from sales_mgmt.runtime.step import StepFailed


def query(server, text, *values, database="sales"):
    connection = psycopg2.connect(server.url.replace("/sales", f"/{database}"))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


@pytest.fixture(scope="module")
def cluster(make_postgres):
    """A cluster made with the environment of a service: LANG=C."""
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C"
    try:
        server = make_postgres("cluster", durable=True)
        server.make()
        server.start()
        server.make_database()
        query(server, "CREATE TABLE kept (word text)")
        return server
    finally:
        os.environ.pop("LC_ALL")
        if before is not None:
            os.environ["LC_ALL"] = before


def test_cyrillic_folds_whatever_the_environment_says(cluster):
    found = query(
        cluster,
        "SELECT upper('привет, ёж'), 'Привет' ILIKE 'пРИВЕТ', to_tsvector('russian', 'Продажи')::text",
    )

    assert found == [("ПРИВЕТ, ЁЖ", True, "'продаж':1")]


def test_server_does_not_run_as_root(cluster):
    owner = os.stat(f"/proc/{cluster.child.pid}").st_uid

    assert owner == (os.geteuid() or 65534)


def test_stranger_without_the_password_is_refused(cluster):
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(cluster.url.replace(cluster.password, "guess"))


def test_data_are_closed_and_the_way_there_is_left_as_it_was(cluster, place):
    assert stat.S_IMODE(cluster.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.stat().st_mode) == 0o755


def test_another_server_on_the_port_is_not_taken_for_ours(cluster, make_postgres):
    other = make_postgres("other")
    other.port, other.password = cluster.port, cluster.password

    assert cluster.answers()
    assert not other.answers()


def test_taken_port_is_reported_with_a_remedy(cluster, make_postgres):
    other = make_postgres("unlucky")
    other.port = cluster.port
    other.child.command = other._command()
    other.make()

    with pytest.raises(StepFailed) as caught:
        other.start()

    assert "PostgreSQL did not start" in str(caught.value)
    assert "Address already in use" in str(caught.value)
    assert cluster.answers()


def test_committed_row_survives_kill(cluster):
    query(cluster, "INSERT INTO kept VALUES ('committed')")
    os.kill(cluster.child.pid, signal.SIGKILL)
    assert wait_until(lambda: not cluster.child.alive(), 10)

    cluster.start()

    assert query(cluster, "SELECT word FROM kept") == [("committed",)]


def test_lock_that_names_a_living_stranger_is_no_obstacle(cluster):
    cluster.stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (cluster.data / "postmaster.pid").write_text(f"{stranger.pid}\n")

        cluster.start()

        assert stranger.poll() is None
        stranger.kill()
    assert cluster.answers()


def test_server_of_a_killed_supervisor_is_ended_first(cluster, make_postgres):
    before = cluster.child.pid
    successor = make_postgres("cluster")
    successor.password = cluster.password

    successor.start()

    assert started_at(before) is None
    assert successor.answers()


def test_interrupted_first_start_heals_itself(make_postgres):
    server = make_postgres("interrupted")
    (server.home / "data.draft" / "base").mkdir(parents=True)
    (server.home / "data.draft" / "PG_VERSION").write_text("18\n")

    assert server.make() is True
    server.start()

    assert server.answers()
    assert not (server.home / "data.draft").exists()


def test_stop_leaves_no_process(make_postgres):
    server = make_postgres("short")
    server.make()
    server.start()
    pid = server.child.pid

    server.stop()

    assert started_at(pid) is None
    assert server.child.exit_code() == 0
