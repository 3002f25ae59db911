"""Write one migration for all that a room has; the old ones stay."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from sales_mgmt.runtime.squashing import squash_room


class Command(BaseCommand):
    help = "Squash the migrations of rooms (all rooms that have some, without a name)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rooms", nargs="*", metavar="room")

    def handle(self, *args: Any, **options: Any) -> None:
        for label in options["rooms"] or _rooms_with_migrations():
            self.stdout.write(str(squash_room(label)))


def _rooms_with_migrations() -> list[str]:
    return [
        config.label
        for config in apps.get_app_configs()
        if config.name.startswith("apps.") and config.models_module and any(config.get_models())
    ]
