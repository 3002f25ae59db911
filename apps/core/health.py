"""What a watcher wants to know: one finding per part of the product."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEAT_LIMIT = timedelta(minutes=2)
NIGHT_LIMIT = timedelta(hours=26)
QUEUE_LIMIT = 1000
QUEUE = "celery"
PULSE_KEY = "beat:pulse"
OUTAGES = (DatabaseError, redis.RedisError)

_last_night: list[Callable[[], datetime | None]] = []


@dataclass(frozen=True)
class Finding:
    """A part, whether it works, and the figure that says so (None: nothing to show)."""

    name: str
    good: bool
    value: Any = None

    def shown(self) -> dict[str, Any]:
        return {"good": self.good, "value": self.value}


def tell_last_night(source: Callable[[], datetime | None]) -> None:
    """The room that computes the nights says when the last complete one ended."""
    _last_night[:] = [source]


def last_night() -> datetime | None:
    """When the last complete night ended; None before the first."""
    return _last_night[0]() if _last_night else None


def pulse(now: datetime | None = None) -> None:
    """Beat's sign of life, given by the task that it sends most often."""
    cache.set(PULSE_KEY, (now or timezone.now()).timestamp(), timeout=None)


def findings() -> list[Finding]:
    """Every part, judged; a part that cannot be asked is not good."""
    return [judged(name, question) for name, question in QUESTIONS.items()]


def judged(name: str, question: Callable[[], tuple[bool, Any]]) -> Finding:
    try:
        good, value = question()
    except OUTAGES:
        return Finding(name, good=False)
    return Finding(name, good, value)


def database() -> tuple[bool, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return True, cursor.fetchone()[0].split()[0]


def migrations() -> tuple[bool, Any]:
    """How many migrations wait."""
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return waiting == 0, waiting


def broker() -> tuple[bool, Any]:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
        return True, client.info("server")["redis_version"]


def queue() -> tuple[bool, Any]:
    """How many tasks wait."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
        waiting = int(client.llen(QUEUE))  # type: ignore[arg-type]
    return waiting <= QUEUE_LIMIT, waiting


def beat() -> tuple[bool, Any]:
    """Seconds since beat's last sign of life."""
    seen = cache.get(PULSE_KEY)
    if seen is None:
        return False, None
    age = timezone.now().timestamp() - seen
    return age <= BEAT_LIMIT.total_seconds(), round(age)


def night() -> tuple[bool, Any]:
    """Hours since the last complete night; a product without one is not late yet."""
    ended = last_night()
    if ended is None:
        return True, None
    age = timezone.now() - ended
    return age <= NIGHT_LIMIT, round(age.total_seconds() / 3600, 1)


QUESTIONS: dict[str, Callable[[], tuple[bool, Any]]] = {
    "database": database,
    "migrations": migrations,
    "redis": broker,
    "queue": queue,
    "beat": beat,
    "night": night,
}
