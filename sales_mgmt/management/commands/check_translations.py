"""Fail when a text of the product has no Russian translation, or a stale or wrong one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sales_mgmt.runtime.translation_check import findings


class Command(BaseCommand):
    help = "Check that the Russian catalogues are complete and right."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        found = findings()
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} findings in the translations")
        self.stdout.write("the translations are complete")
