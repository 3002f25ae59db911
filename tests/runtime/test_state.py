import os
import stat
import subprocess

import pytest

from sales_mgmt.runtime import state
from sales_mgmt.runtime.process import started_at
from sales_mgmt.runtime.state import Running


def test_secrets_are_made_once_and_read_by_the_owner_alone(tmp_path):
    made = state.ensure_secrets(tmp_path / "var")

    assert state.ensure_secrets(tmp_path / "var") == made
    assert len(made.secret_key) >= 50
    assert stat.S_IMODE((tmp_path / "var" / "secrets.json").stat().st_mode) == 0o600


def test_what_runs_is_read_back(tmp_path):
    running = Running((os.getpid(), started_at(os.getpid())), 5, 6, "http://localhost:8000/")
    running.children = {"web": (7, "8")}

    state.write_running(tmp_path, running)

    again = state.read_running(tmp_path)
    assert again is not None
    assert (again.postgres_port, again.redis_port, again.address) == (5, 6, running.address)
    assert tuple(again.children["web"]) == (7, "8")
    assert again.alive()


def test_another_process_with_the_same_number_is_not_the_supervisor():
    assert not Running((os.getpid(), "1")).alive()


def test_ended_process_is_not_alive_even_as_a_zombie():
    with subprocess.Popen(["true"]) as child:
        mark = started_at(child.pid)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

        assert not state.is_same_process(child.pid, mark)


@pytest.mark.parametrize("content", ["", "{", "[1]"])
def test_damaged_file_counts_as_absent(tmp_path, content):
    (tmp_path / "running.json").write_text(content)

    assert state.read_running(tmp_path) is None


def test_lock_has_one_holder(tmp_path):
    first = state.hold_lock(tmp_path)
    assert first is not None
    assert state.hold_lock(tmp_path) is None

    first.close()

    again = state.hold_lock(tmp_path)
    assert again is not None
    again.close()
