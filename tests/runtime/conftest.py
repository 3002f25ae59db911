import secrets
import tempfile
from pathlib import Path

import pytest

from sales_mgmt.runtime.account import server_account
from sales_mgmt.runtime.binaries import postgres_programs, redis_program
from sales_mgmt.runtime.port import free_port
from sales_mgmt.runtime.postgres import THROWAWAY, Postgres
from sales_mgmt.runtime.redis_server import RedisServer


@pytest.fixture(scope="module")
def place():
    """A directory with a blank and Cyrillic letters that the servers' account can enter.

    Not pytest's own: that one is closed to other accounts.
    """
    with tempfile.TemporaryDirectory(prefix="sales-runtime-") as root:
        Path(root).chmod(0o755)
        place = Path(root) / "Отдел продаж"
        place.mkdir()
        yield place


@pytest.fixture(scope="module")
def make_postgres(place):
    """Makes clusters that end with the module."""
    made = []

    def make(name, durable=False):
        account = server_account()
        server = Postgres(
            home=place / name,
            programs=postgres_programs(account, place),
            account=account,
            port=free_port(),
            password=secrets.token_urlsafe(12),
            log_path=place / f"{name}.log",
            settings={} if durable else THROWAWAY,
        )
        made.append(server)
        return server

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="module")
def make_redis(place):
    """Makes Redis servers that end with the module."""
    made = []

    def make(name):
        account = server_account()
        server = RedisServer(
            home=place / name,
            program=redis_program(account, place),
            account=account,
            port=free_port(),
            password=secrets.token_urlsafe(12),
            log_path=place / f"{name}.log",
        )
        made.append(server)
        return server

    yield make
    for server in made:
        server.stop()
