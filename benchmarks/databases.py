"""A database for each size on the server of DATABASE_URL, filled by the sample generator."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

BASE_DIR = Path(__file__).resolve().parent.parent
# As in the comparison that the aims come from: a fixed company, only its history grows.
PEOPLE, CLIENTS, ACTIVITIES_PER_DEAL = 50, 20_000, 1
STALE_AFTER_DAYS = 3


def name_for(deals: int) -> str:
    return f"benchmark_{deals}"


def url_for(deals: int) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name_for(deals)}"))


def environment(deals: int) -> dict[str, str]:
    """Of a process that works with the database of `deals`: as in production."""
    return {
        **os.environ,
        "DATABASE_URL": url_for(deals),
        "DJANGO_SETTINGS_MODULE": "sales_mgmt.settings",
        "DEBUG": "0",
        "LOG_LEVEL": "ERROR",
        "STATEMENT_TIMEOUT_SECONDS": "0",
        "PYTHONPATH": str(BASE_DIR),
    }


def ensure(deals: int, *, fresh: bool = False) -> None:
    """Make the database, unless a recent one of this size stands there; bring it up to date."""
    if not fresh and _is_ready(deals):
        try:
            _manage(deals, "migrate", "-v", "0")
        except subprocess.CalledProcessError:
            pass  # of another history of migrations: made anew
        else:
            return
    _make(deals)


def _make(deals: int) -> None:
    drop(deals)
    _server(f'CREATE DATABASE "{name_for(deals)}"')
    _manage(deals, "migrate", "-v", "0")
    _manage(
        deals,
        "make_department",
        f"--deals={deals}",
        f"--people={PEOPLE}",
        f"--clients={CLIENTS}",
        f"--activities-per-deal={ACTIVITIES_PER_DEAL}",
        "--password=benchmark-benchmark",
    )
    _vacuum(deals)
    _server(f"COMMENT ON DATABASE \"{name_for(deals)}\" IS 'made on {_today()}'")


def drop(deals: int) -> None:
    _server(f'DROP DATABASE IF EXISTS "{name_for(deals)}" WITH (FORCE)')


def _today() -> str:
    return date.today().isoformat()


def _is_ready(deals: int) -> bool:
    rows = _server(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname = '{name_for(deals)}'"
    )
    said = (rows[0][0] or "") if rows else ""
    if not said.startswith("made on "):
        return False
    age = date.today() - date.fromisoformat(said.removeprefix("made on "))
    return age.days <= STALE_AFTER_DAYS


def _server(statement: str) -> list[tuple]:
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def _vacuum(deals: int) -> None:
    """What autovacuum would have done by the next morning."""
    connection = psycopg2.connect(url_for(deals))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    connection.close()


def _manage(deals: int, *arguments: str) -> None:
    command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
    subprocess.run(
        command, env=environment(deals), check=True, cwd=BASE_DIR, stdout=subprocess.DEVNULL
    )
