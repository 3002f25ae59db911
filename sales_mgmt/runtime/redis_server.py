"""The embedded Redis: bound to the loopback, with a password and a log of every write."""

from dataclasses import dataclass, field
from pathlib import Path

import redis

from sales_mgmt.runtime.account import Account
from sales_mgmt.runtime.port import LOOPBACK
from sales_mgmt.runtime.process import Child, wait_until
from sales_mgmt.runtime.step import StepFailed

MEMORY_LIMIT = "256mb"


@dataclass
class RedisServer:
    """One server: `home` holds its data and its configuration."""

    home: Path
    program: Path
    account: Account
    port: int
    password: str
    log_path: Path
    durable: bool = True
    child: Child = field(init=False)

    def __post_init__(self) -> None:
        self.child = Child(
            name="redis",
            command=[str(self.program), str(self.configuration)],
            log_path=self.log_path,
            patience_seconds=20,
            account=self.account,
            directory=self.home,
        )

    @property
    def configuration(self) -> Path:
        return self.home / "redis.conf"

    @property
    def url(self) -> str:
        return url_of(self.password, self.port)

    def make(self) -> bool:
        """Write the configuration; the password stands in no command line."""
        fresh = not self.home.exists()
        self.home.mkdir(parents=True, exist_ok=True)
        self.account.owns(self.home)
        self.configuration.touch(mode=0o600)
        self.configuration.write_text("\n".join(self._lines()) + "\n")
        self.account.owns(self.configuration)
        return fresh

    def start(self) -> None:
        """Start the server; it answers when this returns."""
        self.child.start()
        ready = wait_until(lambda: self.answers() or not self.child.alive(), 30)
        if not ready or not self.child.alive():
            raise StepFailed(
                "Redis did not start", f"read {self.log_path}", self.child.last_lines()
            )

    def answers(self) -> bool:
        """Does the process that we started, and no stranger, answer on the port?"""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.info("server")["process_id"] == self.child.pid)
        except (redis.ConnectionError, redis.TimeoutError, redis.ResponseError):
            return False

    def stop(self) -> None:
        self.child.stop()

    def _lines(self) -> list[str]:
        return [
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f"dir {quoted(self.home)}",
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            f"maxmemory {MEMORY_LIMIT}",
            "maxmemory-policy noeviction",
            "daemonize no",
        ]


def url_of(password: str, port: int) -> str:
    return f"redis://:{password}@{LOOPBACK}:{port}/0"


def quoted(path: Path) -> str:
    """A path as Redis reads it in its configuration, blanks and quotes included."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
