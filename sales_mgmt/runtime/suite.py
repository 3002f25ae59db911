"""`manage.py test` from the first step to the last line of totals."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from sales_mgmt.runtime import packages, translations
from sales_mgmt.runtime.browser import ensure_chromium
from sales_mgmt.runtime.gates import gates, pass_through
from sales_mgmt.runtime.state import BASE_DIR
from sales_mgmt.runtime.step import step
from sales_mgmt.runtime.throwaway import provide_servers

# More processes than this would wait for the one PostgreSQL.
MOST_PROCESSES = 4
# Tests that kill servers and wait for the recovery have the machine for themselves.
TOGETHER, ALONE = "not slow and not fault", "fault and not slow"


@dataclass
class Totals:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def run_suite(pytest_arguments: list[str]) -> Totals:
    """Set up what is missing, pass the gates, run the tests; arguments mean: only these tests."""
    begun, totals = time.monotonic(), Totals()
    prepare()
    if pytest_arguments:
        print("Only the tests asked for, without the gates:", flush=True)
    else:
        print("Gates:", flush=True)
        results = [pass_through(gate) for gate in gates()]
        totals.passed, totals.failed = results.count(True), results.count(False)
        print("Tests:", flush=True)
    run_pytest(pytest_arguments, totals)
    print(f"\nThe whole run took {time.monotonic() - begun:.0f} s.")
    print(totals, flush=True)
    return totals


def prepare() -> None:
    """Servers of our own, compiled texts, front-end packages and a browser."""
    print("Preparing the tests:", flush=True)
    os.environ.setdefault("SECRET_KEY", "only-for-tests")
    with step("Starting PostgreSQL and Redis for the tests"):
        provide_servers()
    with step("Compiling translations"):
        translations.compile_stale()
    if not packages.packages_are_current():
        with step("Bringing the front-end packages"):
            packages.install_packages(BASE_DIR / "var" / "cache" / "npm")
    with step("Looking for a browser") as note:
        os.environ["CHROMIUM_PATH"] = ensure_chromium()
        note.say(os.environ["CHROMIUM_PATH"])


def run_pytest(arguments: list[str], totals: Totals) -> None:
    """Run the tests asked for one by one, or all: side by side first, then those that need quiet."""
    if arguments:
        add_run(arguments, totals)
        return
    count = min(os.cpu_count() or 1, MOST_PROCESSES)
    # "load" keeps the order within a process: tests that empty tables, migrated rows among them,
    # come after those that need these rows.
    spread = ["-n", str(count), "--dist", "load"] if count > 1 else []
    add_run([*spread, "-m", TOGETHER], totals)
    add_run(["-m", ALONE], totals)


def add_run(arguments: list[str], totals: Totals) -> None:
    """Run pytest and add its counts; a run that ended without a report counts as a failure."""
    before = totals.failed
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.xml"
        command = ["-m", "pytest", "-q", "--durations=5", f"--junitxml={report}", *arguments]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sales_mgmt.settings_test"}
        done = subprocess.run(
            [sys.executable, *command], cwd=BASE_DIR, env=environment, check=False
        )
        counted = add_report(report, totals)
    if not counted or (done.returncode and totals.failed == before):
        totals.failed += 1


def add_report(report: Path, totals: Totals) -> bool:
    """Add the counts of a JUnit report; False when there is none."""
    try:
        suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest's own
    except (OSError, ElementTree.ParseError):
        return False
    for suite in suites:
        count = {
            name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
        }
        failed = count["failures"] + count["errors"]
        totals.failed += failed
        totals.skipped += count["skipped"]
        totals.passed += count["tests"] - failed - count["skipped"]
    return True
