"""Environment variables that every command needs before settings.py is read."""

import os

from sales_mgmt.runtime import state
from sales_mgmt.runtime.port import LOOPBACK, free_port, is_free
from sales_mgmt.runtime.postgres import url_of as postgres_url
from sales_mgmt.runtime.redis_server import url_of as redis_url

# The servers that `up` has to start itself: those whose address was not given.
EMBEDDED = "EMBEDDED_SERVERS"


def prepare(arguments: list[str]) -> None:
    """Point Django at the servers: at those that `up` is about to start, or that it runs."""
    command = arguments[1] if len(arguments) > 1 else ""
    if command == "up":
        prepare_for_up()
    elif command not in ("test", "check_slow"):
        join_running()


def prepare_for_up() -> None:
    """Choose ports and passwords now, since settings are read before the servers start."""
    directory = state.state_directory()
    before = state.read_running(directory)
    os.environ["DEBUG"] = "0"
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    os.environ[EMBEDDED] = ",".join(missing)
    secrets = state.ensure_secrets(directory)
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = secrets.secret_key
    if "DATABASE_URL" in missing:
        port = chosen_port(before.postgres_port if before else 0)
        os.environ["DATABASE_URL"] = postgres_url(secrets.postgres_password, port)
    if "REDIS_URL" in missing:
        port = chosen_port(before.redis_port if before else 0)
        os.environ["REDIS_URL"] = redis_url(secrets.redis_password, port)


def join_running() -> None:
    """Let a command (an import, a shell) work with the installation that runs now."""
    directory = state.state_directory()
    secrets, running = state.read_secrets(directory), state.read_running(directory)
    if secrets is None:
        return
    os.environ.setdefault("SECRET_KEY", secrets.secret_key)
    if running is None or not running.alive():
        return
    if running.postgres_port:
        url = postgres_url(secrets.postgres_password, running.postgres_port)
        os.environ.setdefault("DATABASE_URL", url)
    if running.redis_port:
        url = redis_url(secrets.redis_password, running.redis_port)
        os.environ.setdefault("REDIS_URL", url)


def chosen_port(before: int) -> int:
    """The port of the last run if it is still free, or any free one."""
    return before if before and is_free(before, LOOPBACK) else free_port()


def embedded() -> set[str]:
    """Names of the variables whose servers `up` starts itself."""
    return set(filter(None, os.environ.get(EMBEDDED, "").split(",")))
