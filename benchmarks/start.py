"""`manage.py up` from nothing but the installed packages to a dashboard with figures."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from typing import Any

from benchmarks.databases import BASE_DIR
from sales_mgmt.runtime.port import free_port

GIVEN = ("DATABASE_URL", "REDIS_URL", "STATIC_ROOT", "DEBUG", "SECRET_KEY")
READY = "Ready:"
LIMIT_SECONDS = 600


def run() -> dict[str, Any]:
    """Seconds until it says that it is ready; by then a night has run and the page answers."""
    environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        command = [sys.executable, str(BASE_DIR / "manage.py"), "up", "--port", str(port)]
        begun = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env={**environment, "STATE_DIR": directory},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            said = _until_ready(process)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/log-in/", timeout=30) as page:
                assert page.status == 200
            seconds = time.monotonic() - begun
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
    return {"seconds": seconds, "said": said}


def _until_ready(process: subprocess.Popen) -> list[str]:
    """The lines of the steps, each with its time."""
    said: list[str] = []
    until = time.monotonic() + LIMIT_SECONDS
    for line in process.stdout or ():
        if READY in line:
            return said
        said.append(line.strip())
        if time.monotonic() > until:
            break
    raise RuntimeError("the product did not come up: " + " | ".join(said[-5:]))
