"""Start the whole product on this machine; Ctrl-C stops it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

# The runtime is no room: it starts the processes in which the rooms live.
from sales_mgmt.runtime.launch import Options, launch
from sales_mgmt.runtime.step import StepFailed


class Command(BaseCommand):
    help = "Set up and run the product: database, queue, worker, clock and web server."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="8000, or the next free one")
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 opens it to the network")
        parser.add_argument("--empty", action="store_true", help="no sample department")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            launch(Options(options["host"], options["port"], not options["empty"]))
        except StepFailed as failure:
            raise CommandError(str(failure)) from failure
