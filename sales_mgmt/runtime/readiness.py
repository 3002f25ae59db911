"""Does what was started answer?"""

import time
import urllib.error
import urllib.request
from collections.abc import Callable

from sales_mgmt.celery import app
from sales_mgmt.runtime.process import Child, wait_until
from sales_mgmt.runtime.step import StepFailed

START_SECONDS = 60


def web_answers(address: str) -> bool:
    """Does our web server, and no stranger, answer its health page?"""
    request = urllib.request.Request(f"{address}healthz")  # noqa: S310 - our own http address
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
            return bool(response.headers.get("X-Request-ID"))
    except (urllib.error.URLError, OSError):
        return False


def worker_answers(pid: int) -> bool:
    """Does the worker `pid` answer a ping through the broker?"""
    answers = app.control.ping(destination=[f"up-{pid}@localhost"], timeout=1)
    return bool(answers)


def wait_for(asked: Child, answers: Callable[[], bool], all_of_us: list[Child], hint: str) -> None:
    """Wait until `answers()`; raise StepFailed when any of us dies or `asked` stays mute."""

    def dead() -> list[Child]:
        return [child for child in all_of_us if not child.alive()]

    ready = wait_until(lambda: bool(dead()) or answers(), START_SECONDS, pause=0.2)
    if not ready or dead():
        culprit = [*dead(), asked][0]
        raise StepFailed(f"{culprit.name} did not start", hint, culprit.last_lines())


def stays_alive(child: Child, seconds: float = 1) -> bool:
    """Does a process that answers no questions get past its start?"""
    time.sleep(seconds)
    return child.alive()
