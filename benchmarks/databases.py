"""A database for each size on the server of DATABASE_URL, filled by the sample generator."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from benchmarks.multiplied import Copying

BASE_DIR = Path(__file__).resolve().parent.parent
# As in the comparison that the aims come from: a fixed company, only its history grows.
PEOPLE, CLIENTS, ACTIVITIES_PER_DEAL = 50, 20_000, 1
STALE_AFTER_DAYS = 3
# Larger bases tell the history of one of this size several times over.
LARGEST_GENERATED = 1_000_000


@dataclass(frozen=True)
class Base:
    """`activities` 0: as many as deals; others are brought to a whole number a deal."""

    deals: int
    clients: int = CLIENTS
    activities: int = 0

    @property
    def name(self) -> str:
        usual = f"benchmark_{self.deals}"
        wider = usual if self.clients == CLIENTS else f"{usual}_{self.clients}"
        return f"{wider}_a{self.per_deal}" if self.per_deal != ACTIVITIES_PER_DEAL else wider

    @property
    def per_deal(self) -> int:
        return max(self.activities // self.deals, 1) if self.activities else ACTIVITIES_PER_DEAL

    @property
    def url(self) -> str:
        return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self.name}"))


def environment(base: Base) -> dict[str, str]:
    """Of a process that works with `base`: as in production."""
    return {
        **os.environ,
        "DATABASE_URL": base.url,
        "DJANGO_SETTINGS_MODULE": "sales_mgmt.settings",
        "DEBUG": "0",
        "LOG_LEVEL": "ERROR",
        "STATEMENT_TIMEOUT_SECONDS": "0",
        "PYTHONPATH": str(BASE_DIR),
    }


def ensure(base: Base, *, fresh: bool = False) -> None:
    """Make the database, unless a recent one of this size stands there; bring it up to date."""
    if not fresh and _is_ready(base):
        try:
            _manage(base, "migrate", "-v", "0")
        except subprocess.CalledProcessError:
            pass  # of another history of migrations: made anew
        else:
            return
    _make(base)


def _make(base: Base) -> None:
    drop(base)
    if base.deals > LARGEST_GENERATED:
        _multiply(base)
    else:
        _generate(base)
    _vacuum(base)
    _server(f"COMMENT ON DATABASE \"{base.name}\" IS 'made on {_today()}'")


def _multiply(base: Base) -> None:
    """With as many activities a deal as the smaller base has."""
    size = LARGEST_GENERATED
    smaller = replace(base, deals=size, activities=base.per_deal * size)
    ensure(smaller)
    _server(f'CREATE DATABASE "{base.name}" TEMPLATE "{smaller.name}" STRATEGY file_copy')
    connection = psycopg2.connect(base.url)
    with connection:
        Copying(connection, base.deals // smaller.deals).run()
    connection.close()


def _generate(base: Base) -> None:
    _server(f'CREATE DATABASE "{base.name}"')
    _manage(base, "migrate", "-v", "0")
    _manage(
        base,
        "make_department",
        f"--deals={base.deals}",
        f"--people={PEOPLE}",
        f"--clients={base.clients}",
        f"--activities-per-deal={base.per_deal}",
        "--password=benchmark-benchmark",
    )


def drop(base: Base) -> None:
    _server(f'DROP DATABASE IF EXISTS "{base.name}" WITH (FORCE)')


def _today() -> str:
    return date.today().isoformat()


def _is_ready(base: Base) -> bool:
    rows = _server(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname = '{base.name}'"
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


def _vacuum(base: Base) -> None:
    """What autovacuum would have done by the next morning."""
    connection = psycopg2.connect(base.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    connection.close()


def _manage(base: Base, *arguments: str) -> None:
    command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
    subprocess.run(
        command, env=environment(base), check=True, cwd=BASE_DIR, stdout=subprocess.DEVNULL
    )
