"""Servers that live as long as one test run and leave nothing behind."""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from sales_mgmt.runtime.account import server_account
from sales_mgmt.runtime.binaries import postgres_programs, redis_program
from sales_mgmt.runtime.port import free_port
from sales_mgmt.runtime.postgres import THROWAWAY, Postgres
from sales_mgmt.runtime.redis_server import RedisServer


def provide_servers() -> None:
    """Set DATABASE_URL, REDIS_URL and STATE_DIR, by something of our own where not given."""
    variables = ("DATABASE_URL", "REDIS_URL", "STATE_DIR")
    missing = [name for name in variables if name not in os.environ]
    if not missing:
        return
    place = make_place()
    os.environ.setdefault("STATE_DIR", str(place / "state"))
    if "DATABASE_URL" in missing:
        os.environ["DATABASE_URL"] = start_postgres(place).url
    if "REDIS_URL" in missing:
        os.environ["REDIS_URL"] = start_redis(place).url


def take_own_place(worker: str) -> None:
    """Give one of several test processes (gw0, gw1 …) a part of Redis and a directory of its own.

    Its database is named by pytest-django. The programs that it starts inherit all three.
    """
    redis = urlsplit(os.environ["REDIS_URL"])
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = urlunsplit(redis._replace(path=f"/{number}"))
    shared = Path(os.environ["STATE_DIR"])
    own = shared if shared.name == worker else shared / worker
    own.mkdir(parents=True, exist_ok=True)
    os.environ["STATE_DIR"] = str(own)


def make_place() -> Path:
    """A directory that the servers' account may enter; it goes when we go."""
    place = Path(tempfile.mkdtemp(prefix="sales-servers-"))
    place.chmod(0o711)
    # Registered first, so it runs last: after the servers have stopped.
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


def start_postgres(place: Path) -> Postgres:
    account = server_account()
    server = Postgres(
        home=place / "postgres",
        programs=postgres_programs(account, place),
        account=account,
        port=free_port(),
        password=secrets.token_urlsafe(24),
        log_path=place / "postgres.log",
        settings=THROWAWAY,
    )
    server.make()
    server.start()
    atexit.register(server.stop)
    server.make_database()
    return server


def start_redis(place: Path) -> RedisServer:
    account = server_account()
    server = RedisServer(
        home=place / "redis",
        program=redis_program(account, place),
        account=account,
        port=free_port(),
        password=secrets.token_urlsafe(24),
        log_path=place / "redis.log",
        durable=False,
    )
    server.make()
    server.start()
    atexit.register(server.stop)
    return server
