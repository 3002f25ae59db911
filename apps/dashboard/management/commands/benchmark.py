"""Measures pages and the night on databases of its own; see benchmarks/README.md."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from benchmarks import aims, campaign, databases
from benchmarks.report import report

RESULTS = Path(databases.BASE_DIR) / "benchmarks" / "results.md"


class Command(BaseCommand):
    help = "Measure pages and the night at several sizes against naive ways of doing the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("suites", nargs="*", choices=[[], *campaign.SUITES], default=[])
        parser.add_argument("--sizes", default=",".join(map(str, campaign.SIZES)))
        parser.add_argument("--clients", type=int, default=databases.CLIENTS)
        parser.add_argument(
            "--activities",
            type=int,
            default=0,
            help="so many at every size, in databases of their own; 10000000 for the night only",
        )
        parser.add_argument("--fresh", action="store_true", help="make the databases anew")
        parser.add_argument("--drop", action="store_true", help="remove the databases afterwards")
        parser.add_argument("--save", action="store_true", help="write benchmarks/results.md")
        parser.add_argument("--strict", action="store_true", help="fail when an aim is missed")

    def handle(self, **options: Any) -> None:
        sizes, clients = options["sizes"].split(","), options["clients"]
        activities = options["activities"]
        bases = [databases.Base(int(size), clients, activities) for size in sizes]
        suites = tuple(options["suites"]) or campaign.SUITES
        results = campaign.run(suites, bases, fresh=options["fresh"], say=self.stdout.write)
        text = report(results)
        self.stdout.write(f"\n{text}")
        if options["save"]:
            RESULTS.write_text(f"# Benchmark results\n\n{text}")
        if options["drop"]:
            for base in bases:
                databases.drop(base)
        missed = [found for found in aims.verdicts(results) if not found.is_met]
        if missed and options["strict"]:
            raise CommandError(f"{len(missed)} aims are missed")
