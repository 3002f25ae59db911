"""Does what was started answer?"""

import time
import urllib.error
import urllib.request

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


def wait_for(child: Child, answers, remedy: str) -> None:  # type: ignore[no-untyped-def]
    """Wait until `answers()` is true; raise StepFailed when the child dies or stays mute."""
    ready = wait_until(lambda: answers() or not child.alive(), START_SECONDS, pause=0.2)
    if not ready or not child.alive():
        raise StepFailed(f"{child.name} did not start", remedy, child.last_lines())


def stays_alive(child: Child, seconds: float = 1) -> bool:
    """Does a process that answers no questions get past its start?"""
    time.sleep(seconds)
    return child.alive()
