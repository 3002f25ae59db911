"""Watches the children of `up`: starts again what died, stops all in order."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sales_mgmt.runtime.process import Child, kill_group, started_at, wait_until
from sales_mgmt.runtime.state import Running, is_same_process, write_running
from sales_mgmt.runtime.stopping import STOP, ignore_stop_signals

PAUSES_SECONDS = (0.5, 1, 2, 5, 10)
CALM_SECONDS = 60


@dataclass
class Watched:
    """A child, how it is started, and how often it died lately."""

    child: Child
    start: Callable[[], None]
    deaths: int = 0
    last_start: float = field(default_factory=time.monotonic)
    next_try: float = 0

    def pause_seconds(self) -> float:
        return PAUSES_SECONDS[min(self.deaths, len(PAUSES_SECONDS) - 1)]


@dataclass
class Supervisor:
    """Children in the order of their start; they stop in the reverse order."""

    directory: Path
    running: Running
    say: Callable[[str], None] = print
    watched: list[Watched] = field(default_factory=list)

    def add(self, child: Child, start: Callable[[], None] | None = None) -> None:
        """Start `child` and keep it alive from now on."""
        watched = Watched(child, start or child.start)
        self.watched.append(watched)
        watched.start()
        self.record()

    def record(self) -> None:
        """Write down who runs, for the next start and for `status`."""
        self.running.children = {
            watched.child.name: (watched.child.pid, started_at(watched.child.pid))
            for watched in self.watched
            if watched.child.pid and watched.child.alive()
        }
        write_running(self.directory, self.running)

    def watch(self) -> None:
        """Keep everything alive until Stopped is raised."""
        while True:
            time.sleep(0.5)
            STOP.check()
            for watched in self.watched:
                if not watched.child.alive():
                    self.revive(watched)

    def revive(self, watched: Watched) -> None:
        """Start a dead child again, after a pause that grows while it keeps dying."""
        now = time.monotonic()
        if watched.next_try == 0:
            self.notice_death(watched, now)
        if now < watched.next_try:
            return
        watched.next_try, watched.last_start = 0, now
        try:
            watched.start()
        except Exception as error:  # noqa: BLE001 - the outer border: one child must not end all
            self.say(f"{watched.child.name}: {error}")
        self.record()

    def notice_death(self, watched: Watched, now: float) -> None:
        child = watched.child
        if child.pid:
            kill_group(child.pid)
        calm = now - watched.last_start > CALM_SECONDS
        watched.deaths = 0 if calm else watched.deaths + 1
        watched.next_try = now + watched.pause_seconds()
        self.say(
            f"{child.name} ended ({ending(child.exit_code())}); it is started again, "
            f"see {child.log_path}"
        )

    def stop(self) -> None:
        """Stop all in reverse order; what was written is safe before the servers end."""
        ignore_stop_signals()
        for watched in reversed(self.watched):
            watched.child.stop()
        self.running.children = {}
        write_running(self.directory, self.running)


def ending(code: int | None) -> str:
    """An exit code in words."""
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def end_leftovers(before: Running | None) -> int:
    """End the children of a supervisor that was killed; how many still ran."""
    if before is None:
        return 0
    left = {pid: mark for pid, mark in before.children.values() if is_same_process(pid, mark)}
    for pid in left:
        ask_to_end(pid)
    wait_until(lambda: not any(is_same_process(*one) for one in left.items()), 15)
    for pid, mark in left.items():
        if is_same_process(pid, mark):
            kill_group(pid)
    return len(left)


def ask_to_end(pid: int) -> None:
    """SIGINT ends PostgreSQL fast and is an orderly stop for the others as well."""
    try:
        os.kill(pid, signal.SIGINT)
    except ProcessLookupError:
        return
