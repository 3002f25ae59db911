"""One start of the product on this machine: the servers and processes that `up` runs."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sales_mgmt.runtime.account import Account, server_account
from sales_mgmt.runtime.binaries import postgres_programs, redis_program
from sales_mgmt.runtime.environment import embedded
from sales_mgmt.runtime.places import data_place
from sales_mgmt.runtime.postgres import Postgres
from sales_mgmt.runtime.process import Child
from sales_mgmt.runtime.redis_server import RedisServer
from sales_mgmt.runtime.state import BASE_DIR, Secrets, ensure_secrets, state_directory

WORKER_PATIENCE_SECONDS = 35


@dataclass
class Installation:
    """Where things lie, and how each server and process is run."""

    host: str
    port: int
    directory: Path = field(default_factory=state_directory)
    account: Account = field(default_factory=server_account)

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def secrets(self) -> Secrets:
        return ensure_secrets(self.directory)

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the product."""
        shown = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://{shown}:{self.port}/"

    @property
    def local_address(self) -> str:
        """Where the product answers the machine itself."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}/"

    def postgres(self) -> Postgres | None:
        """The embedded PostgreSQL; None when DATABASE_URL was given."""
        if "DATABASE_URL" not in embedded():
            return None
        place = data_place(self.directory, self.account)
        return Postgres(
            home=place / "postgres",
            programs=postgres_programs(self.account, place),
            account=self.account,
            port=port_of("DATABASE_URL"),
            password=self.secrets.postgres_password,
            log_path=self.logs / "postgresql.log",
        )

    def redis(self) -> RedisServer | None:
        """The embedded Redis; None when REDIS_URL was given."""
        if "REDIS_URL" not in embedded():
            return None
        place = data_place(self.directory, self.account)
        return RedisServer(
            home=place / "redis",
            program=redis_program(self.account, place),
            account=self.account,
            port=port_of("REDIS_URL"),
            password=self.secrets.redis_password,
            log_path=self.logs / "redis.log",
        )

    def worker(self) -> Child:
        return self._python(
            "worker",
            ["-m", "celery", "-A", "sales_mgmt", "worker", "--concurrency", "2"],
            ["--without-gossip", "--without-mingle", "--hostname", f"up-{os.getpid()}@localhost"],
            patience_seconds=WORKER_PATIENCE_SECONDS,
        )

    def web(self) -> Child:
        bind = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        return self._python(
            "web",
            ["-m", "gunicorn", "-c", "python:sales_mgmt.runtime.gunicorn_conf"],
            ["--bind", bind, "sales_mgmt.wsgi"],
            patience_seconds=15,
        )

    def beat(self) -> Child:
        schedule = self.directory / "beat" / "schedule"
        schedule.parent.mkdir(parents=True, exist_ok=True)
        return self._python(
            "beat",
            ["-m", "celery", "-A", "sales_mgmt", "beat", "--pidfile="],
            ["--schedule", str(schedule)],
            patience_seconds=10,
        )

    def _python(self, name: str, *arguments: list[str], patience_seconds: float) -> Child:
        return Child(
            name=name,
            command=[sys.executable, *(part for group in arguments for part in group)],
            log_path=self.logs / f"{name}.log",
            environment={"PYTHONUNBUFFERED": "1"},
            patience_seconds=patience_seconds,
            directory=BASE_DIR,
        )


def port_of(variable: str) -> int:
    return urlsplit(os.environ[variable]).port or 0
