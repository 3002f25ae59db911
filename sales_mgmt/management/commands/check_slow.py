"""Run what is too slow for every day: load, kill campaigns, scale."""

import subprocess
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sales_mgmt.runtime.step import StepFailed
from sales_mgmt.runtime.suite import run_suite


class Command(BaseCommand):
    help = "Run the tests marked slow and the benchmarks; arguments go to pytest."

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            totals = run_suite(["-m", "slow", *argv[2:]])
        except StepFailed as failure:
            sys.exit(f"\n{failure}")
        # In a process of its own: this one read its settings before the servers were there.
        measured = subprocess.run([sys.executable, "manage.py", "benchmark"], check=False)
        sys.exit(1 if totals.failed or measured.returncode else 0)

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("run it as `python3 manage.py check_slow`")
