"""Compile the translation catalogues without gettext's programs."""

from typing import Any

from django.core.management.base import BaseCommand

from sales_mgmt.runtime.translations import compile_stale


class Command(BaseCommand):
    help = "Compile the .po files that are newer than their .mo file."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{compile_stale()} catalogues compiled")
