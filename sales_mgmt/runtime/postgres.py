"""The embedded PostgreSQL: made once, started, known to be ours, stopped."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg2

from sales_mgmt.runtime.account import Account
from sales_mgmt.runtime.port import LOOPBACK
from sales_mgmt.runtime.process import Child, kill_group, wait_until
from sales_mgmt.runtime.step import StepFailed

OWNER = "sales"
DATABASE = "sales"
# The same arguments stand in docker-compose.yml: Cyrillic must fold whatever LANG is.
INITDB_ARGUMENTS = (
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=PG_UNICODE_FAST",
    "--encoding=UTF8",
)
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    # Nobody follows a server of one machine: of tables that a night writes anew the log gets whole
    # pages in place of rows and indexes, and nothing waits for a disk.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_skip_threshold": "2GB",
}
# Pages that the server keeps, in megabytes: an eighth of the machine's memory between these two.
FEWEST_BUFFERS, MOST_BUFFERS = 128, 1024
# A cluster that is thrown away needs no safety.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
}


def buffers() -> str:
    """The value of shared_buffers on this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return f"{min(max(memory // 8, FEWEST_BUFFERS), MOST_BUFFERS)}MB"


@dataclass
class Postgres:
    """One cluster: `home` holds its data, `programs` its executables."""

    home: Path
    programs: Path
    account: Account
    port: int
    password: str
    log_path: Path
    settings: dict[str, str] = field(default_factory=dict)
    child: Child = field(init=False)

    def __post_init__(self) -> None:
        self.child = Child(
            name="postgresql",
            command=self._command(),
            log_path=self.log_path,
            environment={"LC_ALL": "C", "PGTZ": "UTC"},
            # SIGINT is "fast": SIGTERM would wait for clients for ever.
            stop_signal=signal.SIGINT,
            patience_seconds=60,
            account=self.account,
            directory=self.home,
        )

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def url(self) -> str:
        return url_of(self.password, self.port)

    def make(self) -> bool:
        """Make the cluster unless it is there; an interrupted attempt is begun anew."""
        if self.data.exists():
            return False
        self.home.mkdir(parents=True, exist_ok=True)
        self.account.owns(self.home)
        draft = self.home / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.home, prefix="password") as secret:
            secret.write(self.password)
            secret.flush()
            self.account.owns(Path(secret.name))
            self._initdb(draft, Path(secret.name))
        draft.rename(self.data)
        return True

    def start(self) -> None:
        """Start the server; it answers when this returns."""
        self.end_predecessor()
        self.child.start()
        ready = wait_until(lambda: self.answers() or not self.child.alive(), 60)
        if not ready or not self.child.alive():
            raise StepFailed(
                "PostgreSQL did not start",
                f"read {self.log_path}; usual causes are a full disk and a wrong owner of the data",
                self.child.last_lines(),
            )

    def answers(self) -> bool:
        """Does our cluster, and no stranger, answer on the port?"""
        try:
            with self._connected("postgres") as connection, connection.cursor() as cursor:
                cursor.execute("SHOW data_directory")
                return bool(cursor.fetchone()[0] == str(self.data))
        except psycopg2.OperationalError:
            return False

    def make_database(self) -> None:
        """Make the product's database unless it is there."""
        connection = self._connect("postgres")
        connection.autocommit = True  # CREATE DATABASE refuses to run in a transaction
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        finally:
            connection.close()

    def stop(self) -> None:
        self.child.stop()

    def end_predecessor(self) -> None:
        """Wait out a server left by a killed supervisor; drop a lock that names a stranger."""
        lock = self.data / "postmaster.pid"
        pid = pid_in(lock)
        if pid is None:
            return
        if self._is_ours(pid):
            end_postgres(pid, lock)
        else:
            lock.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", self.data)
        except OSError:
            return False

    def _initdb(self, target: Path, password_file: Path) -> None:
        done = subprocess.run(
            [
                str(self.programs / "initdb"),
                *INITDB_ARGUMENTS,
                f"--username={OWNER}",
                "--auth=scram-sha-256",
                f"--pwfile={password_file}",
                "--pgdata",
                str(target),
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd=self.home,
            env={**os.environ, "LC_ALL": "C"},
            **self.account.popen_arguments(),
        )
        if done.returncode:
            raise StepFailed(
                "PostgreSQL's data directory could not be made",
                f"see that {self.home} can be written and the disk has room",
                (done.stderr or done.stdout)[-1500:],
            )

    def _command(self) -> Sequence[str]:
        options = {
            **SETTINGS,
            "shared_buffers": buffers(),
            "port": str(self.port),
            **self.settings,
        }
        pairs = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *pairs]

    def _connected(self, database: str):  # type: ignore[no-untyped-def]
        return _Closing(self._connect(database))

    def _connect(self, database: str):  # type: ignore[no-untyped-def]
        return psycopg2.connect(
            host=LOOPBACK,
            port=self.port,
            user=OWNER,
            password=self.password,
            dbname=database,
            connect_timeout=3,
            require_auth="scram-sha-256",
        )


def url_of(password: str, port: int) -> str:
    return f"postgres://{OWNER}:{quote(password)}@{LOOPBACK}:{port}/{DATABASE}"


class _Closing:
    """psycopg2's own `with` ends the transaction but leaves the connection open."""

    def __init__(self, connection) -> None:  # type: ignore[no-untyped-def]
        self.connection = connection

    def __enter__(self):  # type: ignore[no-untyped-def]
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def pid_in(lock: Path) -> int | None:
    """The process named in the first line of a lock file."""
    try:
        return int(lock.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def end_postgres(pid: int, lock: Path) -> None:
    """Ask the server `pid` to end fast, and kill it after half a minute."""
    try:
        os.kill(pid, signal.SIGINT)
    except ProcessLookupError:
        lock.unlink(missing_ok=True)
        return
    if not wait_until(lambda: pid_in(lock) != pid, 30):
        kill_group(pid)
