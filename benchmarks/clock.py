"""Time, CPU and memory of this process and of its PostgreSQL backend."""

import json
import math
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

SAMPLE_SECONDS = 0.01
PIECES, PIECE = (
    4,
    [{"id": number, "name": f"name {number}", "parts": [number] * 3} for number in range(60)],
)


@dataclass
class Cost:
    seconds: float
    app_cpu: float
    db_cpu: float
    peak_rss_mb: float
    result: Any = None


def backend_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def cpu_of(pid: int) -> float:
    """CPU seconds of another process; nan when the server is on another machine."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (FileNotFoundError, PermissionError):
        return math.nan


def rss_mb(pid: int | str = "self") -> float:
    """Resident memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


class Peak:
    """The largest resident memory of this process while the block runs."""

    def __enter__(self) -> "Peak":
        self.mb, self._stop = rss_mb(), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self.mb = max(self.mb, rss_mb())

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.mb = max(self.mb, rss_mb())


def cost_of(work: Callable[[], Any]) -> Cost:
    """What `work` takes, done once."""
    pid = backend_pid()
    with Peak() as peak:
        db, app, begun = cpu_of(pid), time.process_time(), time.perf_counter()
        result = work()
        seconds = time.perf_counter() - begun
        app, db = time.process_time() - app, cpu_of(pid) - db
    return Cost(seconds, app, db, peak.mb, result)


def pace() -> float:
    """CPU milliseconds of a fixed piece of work like that of pages: how slow the machine is just now."""
    begun = time.process_time()
    for _ in range(PIECES):
        json.loads(json.dumps(PIECE))
    return (time.process_time() - begun) * 1000


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def exponent(small: float, large: float, times: float) -> float:
    """How cost grows with size: 0 not at all, 1 in proportion."""
    if min(small, large) <= 0 or math.isnan(small) or math.isnan(large):
        return math.nan
    return math.log(large / small) / math.log(times)
