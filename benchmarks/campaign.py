"""A whole campaign: every suite at every size, one process after another."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import databases

SIZES = (10_000, 100_000, 1_000_000)
SUITES = ("night", "naive", "pages", "export", "distribution", "overload", "start")
# At the largest size only: one figure says enough.
LARGEST_ONLY = ("distribution", "overload", "start")
# With the settings of the product; the others keep their connection to the end.
AS_SERVED = ("overload", "start")
# The night's rebuild without a second process, among its figures.
BY_ONE = "whole, one process"

Results = dict[str, dict[int, dict[str, Any]]]


def run(
    suites: tuple[str, ...],
    bases: list[databases.Base],
    *,
    fresh: bool,
    say: Callable[[str], None],
) -> Results:
    """Answers of each suite by the number of deals."""
    results: Results = {suite: {} for suite in suites}
    largest = max(base.deals for base in bases)
    with tempfile.TemporaryDirectory() as directory:
        static = _collected(Path(directory), bases[0])
        for base in sorted(bases, key=lambda base: base.deals):
            begun = time.monotonic()
            databases.ensure(base, fresh=fresh)
            say(f"{base.deals:,} deals are there ({time.monotonic() - begun:.0f} s)")
            for suite in suites:
                if suite not in LARGEST_ONLY or base.deals == largest:
                    begun = time.monotonic()
                    results[suite][base.deals] = _answer(suite, base, static, Path(directory))
                    say(f"  {suite}: {time.monotonic() - begun:.0f} s")
    return results


def _collected(directory: Path, base: databases.Base) -> Path:
    """Static files as in production, so that pages name and weigh them rightly."""
    static = directory / "static"
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    environment = {**databases.environment(base), "STATIC_ROOT": str(static)}
    subprocess.run(command, env=environment, check=True, cwd=databases.BASE_DIR)
    return static


def _answer(suite: str, base: databases.Base, static: Path, directory: Path) -> dict[str, Any]:
    answer = directory / f"{suite}-{base.deals}.json"
    environment = {**databases.environment(base), "STATIC_ROOT": str(static)}
    if suite not in AS_SERVED:
        environment["DATABASE_CONN_MAX_AGE"] = "3600"  # one backend, whose CPU can be read
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks", suite, str(answer)]
    subprocess.run(command, env=environment, check=True, cwd=databases.BASE_DIR)
    return json.loads(answer.read_text())
