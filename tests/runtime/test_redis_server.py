import os
import signal

import pytest
import redis

from sales_mgmt.runtime.process import started_at, wait_until
from sales_mgmt.runtime.step import StepFailed


@pytest.fixture(scope="module")
def server(make_redis):
    server = make_redis("queue")
    server.make()
    server.start()
    return server


@pytest.fixture
def client(server):
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        yield client


def test_password_is_asked_for(server):
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=server.port).ping()


def test_password_stands_in_no_command_line(server):
    with open(f"/proc/{server.child.pid}/cmdline") as file:
        assert server.password not in file.read()
    assert server.configuration.stat().st_mode & 0o077 == 0


def test_only_this_machine_is_listened_to_and_nothing_is_evicted(client):
    wanted = {"bind": "127.0.0.1", "maxmemory-policy": "noeviction", "appendonly": "yes"}

    assert {name: client.config_get(name)[name] for name in wanted} == wanted


def test_queued_work_survives_kill(server, client):
    client.rpush("celery", "task")
    # Written at once, and to the disk every second: a killed server loses nothing, a machine a second.
    os.kill(server.child.pid, signal.SIGKILL)
    assert wait_until(lambda: not server.child.alive(), 10)

    server.start()

    assert client.lrange("celery", 0, -1) == ["task"]


def test_strangers_redis_on_the_port_is_not_taken_for_ours(server, make_redis):
    other = make_redis("other")
    other.port, other.password = server.port, server.password
    other.make()

    with pytest.raises(StepFailed, match="Redis did not start"):
        other.start()

    assert server.answers()


def test_stop_leaves_no_process(make_redis):
    server = make_redis("short")
    server.make()
    server.start()
    pid = server.child.pid

    server.stop()

    assert started_at(pid) is None
