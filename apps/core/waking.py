"""Waking the workers. The database is the truth: a broker that is down only delays the work."""

import logging
import time
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger("sales.waking")

# After a failure the broker is left alone for so long: a request with many jobs waits but once.
REST_SECONDS = 10.0
RUN_JOB, SEND_OUTBOX = "apps.core.tasks.run_job_task", "apps.core.tasks.send_outbox_task"

_rests_until = 0.0


def wake(task: str, *arguments: Any) -> bool:
    """Send `task` to the workers now; False, and a line in the log, when the broker is down."""
    global _rests_until
    if time.monotonic() < _rests_until:
        return False
    try:
        current_app.send_task(task, args=arguments, retry=False)
    except (OperationalError, RedisError, OSError) as failure:
        _rests_until = time.monotonic() + REST_SECONDS
        log.warning("the broker is down, %s is left to the sweeper: %s", task, failure)
        return False
    return True


def wake_after_commit(task: str, *arguments: Any) -> None:
    """Send `task` once the current transaction is committed, once however often it is asked."""
    call = Waking(task, arguments)
    waiting = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if call not in waiting:
        transaction.on_commit(call, robust=True)


class Waking:
    """A call of `wake`, equal to another one of the same task."""

    def __init__(self, task: str, arguments: tuple[Any, ...]) -> None:
        self.name = (task, arguments)

    def __call__(self) -> None:
        wake(self.name[0], *self.name[1])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Waking) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)
