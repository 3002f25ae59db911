"""The web server with its default settings under more clients than it has threads."""

import contextlib
import http.client
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.urls import reverse

from apps.staff.choices import Role
from apps.staff.models import User
from benchmarks.clock import percentile, rss_mb
from benchmarks.databases import BASE_DIR
from benchmarks.night import ensure_night
from benchmarks.web import Site
from sales_mgmt.runtime import gunicorn_conf
from sales_mgmt.runtime.port import free_port

CLIENTS = (8, 64)
SECONDS = 30
READY_SECONDS = 60


def run(seconds: int = SECONDS) -> dict[str, Any]:
    """Answers by status, latency, connections to the database and memory of the workers."""
    ensure_night()
    head = User.objects.get(role=Role.HEAD)
    addresses = [
        reverse(name) for name in ("dashboard:department", "deals:deal_list", "clients:client_list")
    ]
    with _server() as (port, pid):
        rounds = {
            str(clients): _round(port, Site(head).cookies, addresses, clients, seconds)
            for clients in CLIENTS
        }
        workers = [rss_mb(child) for child in _children(pid)]
    return {
        "rounds": rounds,
        "allowed": gunicorn_conf.workers * gunicorn_conf.threads + 2,
        "workers_rss_mb": sum(workers),
        "workers": len(workers),
    }


@contextlib.contextmanager
def _server() -> Iterator[tuple[int, int]]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:sales_mgmt.runtime.gunicorn_conf"]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "sales_mgmt.wsgi"],
        cwd=BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        time.sleep(0.3)
    raise RuntimeError("the web server did not come up")


def _round(
    port: int, cookies: str, addresses: list[str], clients: int, seconds: int
) -> dict[str, Any]:
    statuses: Counter[str] = Counter()
    walls: list[float] = []
    until = time.monotonic() + seconds

    def visit() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        number = 0
        while time.monotonic() < until:
            begun = time.perf_counter()
            try:
                address = addresses[number % len(addresses)]
                line.request("GET", address, headers={"Cookie": cookies, "Host": "localhost"})
                response = line.getresponse()
                response.read()
                statuses[str(response.status)] += 1
            except (OSError, http.client.HTTPException) as failure:
                statuses[type(failure).__name__] += 1
                line.close()
            walls.append((time.perf_counter() - begun) * 1000)
            number += 1
        line.close()

    threads = [threading.Thread(target=visit) for _ in range(clients)]
    for thread in threads:
        thread.start()
    most = 0
    while any(thread.is_alive() for thread in threads):
        most = max(most, _connections())
        time.sleep(0.5)
    return {
        "statuses": dict(statuses),
        "per_second": len(walls) / seconds,
        "p50": percentile(walls, 0.5),
        "p95": percentile(walls, 0.95),
        "connections": most,
    }


def _connections() -> int:
    """Connections to this database but our own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as listing:
        return [int(child) for child in listing.read().split()]
