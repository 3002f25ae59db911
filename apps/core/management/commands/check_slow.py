"""Run what is too slow for every day: load, kill campaigns, scale."""

import sys
from typing import Any

from django.core.management import call_command, get_commands
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
        if "benchmark" in get_commands():
            call_command("benchmark")
        sys.exit(1 if totals.failed else 0)

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("run it as `python3 manage.py check_slow`")
