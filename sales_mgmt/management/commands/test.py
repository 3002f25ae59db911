"""Run everything that the build runs: gates, tests, totals."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sales_mgmt.runtime.step import StepFailed
from sales_mgmt.runtime.suite import run_suite


class Command(BaseCommand):
    help = "Run lint, types, contracts and all tests; arguments go to pytest."

    def run_from_argv(self, argv: list[str]) -> None:
        """Every argument is pytest's, so Django's own parser never sees them."""
        try:
            totals = run_suite(argv[2:])
        except StepFailed as failure:
            sys.exit(f"\n{failure}")
        sys.exit(1 if totals.failed else 0)

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("run it as `python3 manage.py test`")
