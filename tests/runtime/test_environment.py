import os
import socket
from urllib.parse import urlsplit

import pytest

from sales_mgmt.runtime import environment, state
from sales_mgmt.runtime.process import started_at

VARIABLES = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", environment.EMBEDDED)


@pytest.fixture
def directory(tmp_path, monkeypatch):
    """A state directory of its own, and nothing given by the environment."""
    for name in VARIABLES:
        monkeypatch.setenv(name, "")  # so that what a test sets is put back
        monkeypatch.delenv(name)
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


def port(variable):
    return urlsplit(os.environ[variable]).port


def test_nothing_given_both_servers_are_ours(directory):
    environment.prepare(["manage.py", "up"])

    assert environment.embedded() == {"DATABASE_URL", "REDIS_URL"}
    assert os.environ["DEBUG"] == "0"
    assert os.environ["SECRET_KEY"] == state.ensure_secrets(directory).secret_key


def test_given_servers_are_used(directory, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example.com/sales")
    monkeypatch.setenv("REDIS_URL", "redis://redis.example.com/0")

    environment.prepare(["manage.py", "up"])

    assert environment.embedded() == set()
    assert os.environ["DATABASE_URL"] == "postgres://db.example.com/sales"
    assert os.environ["REDIS_URL"] == "redis://redis.example.com/0"


def test_one_given_server_leaves_the_other_ours(directory, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example.com/sales")

    environment.prepare(["manage.py", "up"])

    assert environment.embedded() == {"REDIS_URL"}


def test_port_of_a_stranger_is_left_to_him(directory):
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        state.write_running(directory, state.Running((1, "0"), postgres_port=taken))

        environment.prepare(["manage.py", "up"])

        assert port("DATABASE_URL") != taken


def test_free_port_of_the_last_run_is_used_again(directory):
    before = environment.free_port()
    state.write_running(directory, state.Running((1, "0"), postgres_port=before))

    environment.prepare(["manage.py", "up"])

    assert port("DATABASE_URL") == before


def test_other_commands_join_what_runs(directory):
    secrets = state.ensure_secrets(directory)
    supervisor = (os.getpid(), started_at(os.getpid()))
    state.write_running(directory, state.Running(supervisor, 5001, 5002))

    environment.prepare(["manage.py", "import_deals"])

    assert (port("DATABASE_URL"), port("REDIS_URL")) == (5001, 5002)
    assert os.environ["SECRET_KEY"] == secrets.secret_key


def test_other_commands_do_not_look_for_what_ended(directory):
    state.ensure_secrets(directory)
    state.write_running(directory, state.Running((os.getpid(), "1"), 5001, 5002))

    environment.prepare(["manage.py", "import_deals"])

    assert "DATABASE_URL" not in os.environ
